"""Tables of references (spec section 4.2.7)."""

from array import array

from micropython import const

from .core import point

_LARGEST = const(0xFFFFFF)


class Table:
    """``minimum`` to ``maximum`` references of the type ``"p"`` (functions) or ``"q"`` (host objects).

    ``letter`` is that as a number. ``cells[0]`` is the size and the references follow, 0 for null; ``place`` holds
    the address of these.
    """

    instance = None  # the first that has it

    def __init__(self, type, minimum, maximum=None):
        self.letter = ord(type)
        self.maximum = maximum
        if minimum > _LARGEST:
            raise MemoryError("no room for a table of %d references" % minimum)
        self.cells = array("I", bytes(4 * minimum + 4))
        self.cells[0] = minimum
        self.place = array("I", (0, 0))
        point(self.place, 0, self.cells)

    def __len__(self):
        return self.cells[0]

    def grow(self, count, reference):
        """Appends ``count`` times a reference; the size before, or -1 if there is no room (``table.grow``)."""
        before = self.cells[0]
        after = before + count
        if after > _LARGEST or (self.maximum is not None and after > self.maximum):
            return -1
        try:
            self.cells.extend(array("I", reference.to_bytes(4, "little") * count))
        except MemoryError:
            return -1
        finally:
            point(self.place, 0, self.cells)
        self.cells[0] = after
        return before
