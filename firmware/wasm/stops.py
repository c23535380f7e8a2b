"""Where a call stands in a function, by a number that the portable and the native image of a module share
(wasmc/lowering/stops.py)."""

import struct

from micropython import const

from .errors import ImageError
from .image import leb128

_HASH = const(8)  # bytes of the module's hash, with which it begins; then come the index and the lists
_CODE = const(8)  # where the code of a function begins, behind its header


class Stops:
    """What an image tells of it, read again from its file. Raises OSError where that is gone. ``module`` is the
    beginning of the SHA-256 of the module."""

    def __init__(self, image, imported):
        self._image = image
        self._imported = imported
        self._count = image.needs()[0] - imported
        self._file, self._size = image.part()
        self._begin = self._file.tell()
        self.module = bytes(self._file.read(_HASH))

    def close(self):
        self._file.close()

    def number(self, index, pc, loop):
        """The number of the place at ``pc`` in a function, whether it is the head of a loop, which is meant where
        ``loop`` says so, and whether it is in a stub of native code."""
        found = None
        for number, there, turns, stub in self._of(index):
            if there == pc:
                found = number, bool(turns), stub
                if turns == loop:
                    break
        if found is None and pc == self._image.offset(index) + _CODE:
            return 0, False, False
        if found is None:
            raise RuntimeError("no call can go on where this one stands: 0x%x" % pc)
        return found

    def place(self, index, number, loop):
        """Where a call goes on, and whether that is in a stub of native code, which is chosen where there is one.
        Raises ImageError where it can't be there."""
        self._check(index)
        if number == 0:
            return self._image.offset(index) + _CODE, False
        found = None
        for each, there, turns, stub in self._of(index):
            if each == number and there is not None and turns == loop:
                found = there, stub
        if found is None:
            raise ImageError("no place of that number in function %d" % index)
        return found

    def _check(self, index):
        """The number of a function among the module's own. Raises ImageError where there is none."""
        own = index - self._imported
        if not 0 <= own < self._count:
            raise ImageError("no function %d" % index)
        return own

    def _of(self, index):
        """Yields number, offset or None, whether it is a loop's, whether it is of a stub."""
        own = self._check(index)
        file = self._file
        lists = _HASH + 4 * self._count
        file.seek(self._begin + _HASH + 4 * own)
        begin = struct.unpack("<I", file.read(4))[0]
        end = self._size - lists if own == self._count - 1 else struct.unpack("<I", file.read(4))[0]
        file.seek(self._begin + lists + begin)
        numbers = leb128(file.read(end - begin))
        count = next(numbers)
        for stub in range(1 + (count & 1)):
            at = self._image.offset(index)
            for number in range(1, 1 + (count >> 1)):
                told = next(numbers)
                step = told >> 1
                if step:
                    step -= 1
                    at += 4 * (-(step + 1 >> 1) if step & 1 else step >> 1)
                    yield number, at, told & 1, bool(stub)
                else:
                    yield number, None, told & 1, bool(stub)
