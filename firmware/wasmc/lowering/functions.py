"""The functions of a module that are lowered: kept so that those of a large module fit a board's heap."""

from array import array

from .frames import deepest
from .pieces import Pieces
from .stops import Stops


class Functions:
    """``code``, ``map`` and ``stops`` are those of an image, ``offsets`` has where the code of each function
    begins."""

    def __init__(self, imported):
        self.code = Pieces()
        self.map = Pieces()
        self.stops = Stops()
        self.offsets = array("I", bytes(4 * imported))
        self._frames = array("H", bytes(2 * imported))
        # Of each call: who calls and who is called; where in the code that is told; the callee's first cell.
        self._callers = array("H")
        self._callees = array("H")
        self._places = array("I")
        self._begins = array("H")

    def add(self, emit, header, calls):
        """Adds the newest function in an emitter, by the offset of its header, and its calls."""
        code = emit.code
        base = emit.base
        for place, callee in calls:
            self._callers.append(len(self.offsets))
            self._callees.append(callee)
            self._places.append(place)
            self._begins.append(_half(code, place - base - 2))
        self._frames.append(_half(code, header - base))
        self.offsets.append(header)
        self.stops.add(header, emit.stops, emit.stubs)

    def collect(self, emit):
        """Takes what is in an emitter out of it."""
        self.code.append(emit.code)
        self.map.append(emit.map)
        emit.base += len(emit.code)
        emit.code = bytearray()
        emit.map = bytearray()
        emit.forget()

    def join(self):
        """Tells each call where its callee is, when all of them are here."""
        for i in range(len(self._places)):
            self.code.patch(self._places[i], self.offsets[self._callees[i]])

    def deepest(self):
        """Bytes that the deepest chain of calls takes for frames (frames.py)."""
        return deepest(self._frames, self._callers, self._callees, self._begins)


def _half(code, at):
    return code[at] | code[at + 1] << 8
