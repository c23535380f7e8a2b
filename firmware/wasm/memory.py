"""Linear memory (spec section 4.2.8), in one of three shapes that give the same results.

Flat is one buffer; capped is one that is shorter than the pages say, and what lies beyond it is out of bounds;
sparse is blocks that appear when they are written to (sparse.py), so that a module pays for what it touches and
not for what its toolchain declared.
"""

import gc
import sys
from array import array

from micropython import const

from .core import BUFFER, DIRECTORY, SIZE, point

_LARGEST = const(0x3FFFFFFF)  # addresses stay small ints, and the sum of two of them does not wrap

# Bytes that are flat unasked. Looked up once: on a small board it takes as long as all the rest of a load.
_FLAT = gc.mem_free() >> 3

NO_DIRECTORY = array("I", (0, 0))  # of 0 bytes
_NOTHING = bytearray(0)
NO_MEMORY = array("I", bytes(20))  # what the interpreter knows of one (core's PLACES)
point(NO_MEMORY, DIRECTORY, NO_DIRECTORY)


class Memory:
    """``minimum`` to ``maximum`` pages of 2 ** ``page`` bytes.

    ``cap`` asks for a shape: a number of bytes for one buffer of at most that, ``"flat"`` and ``"sparse"`` for
    these; None is flat where that takes little of the heap, else sparse. Raises MemoryError if the heap has no
    room.

    As a sequence of bytes: ``m[a]``, ``m[a:b]``, ``m[a:b] = data``, ``len(m)``. The other methods raise
    IndexError where a byte is out of bounds, also for a negative address.
    """

    cap = sparse = None
    buffer = _NOTHING

    def __init__(self, minimum, maximum=None, page=16, cap=None):
        self.maximum = maximum
        self.page = page
        self.pages = minimum
        if isinstance(cap, int):
            self.cap = cap
        size = self._size(minimum)
        if size > _LARGEST:
            raise MemoryError(
                "memory of %d pages: no board has that; give a smaller one with memory=" % minimum
            )
        if cap != "sparse" and (cap is not None or size <= _FLAT):
            try:
                self.buffer = bytearray(size)
            except MemoryError:
                if cap is not None:
                    raise MemoryError(
                        "no room for %d bytes of linear memory; give less with memory=" % size
                    )
        if self.buffer is _NOTHING:
            if "wasm.sparse" not in sys.modules:
                from . import sparse as sparse  # which to import takes a while even where it is there
            self.sparse = sys.modules["wasm.sparse"].Blocks(size)
        self.place = NO_MEMORY[:]
        self._moved()

    def _moved(self):
        """Tells where memory is: all instances that have it look there (core's PLACES)."""
        if self.sparse is not None:
            point(self.place, DIRECTORY, self.sparse.directory)
        elif len(self.buffer):
            point(self.place, BUFFER, self.buffer)
            self.place[SIZE] = len(self.buffer)

    def _size(self, pages):
        size = pages << self.page
        return size if self.cap is None or size < self.cap else self.cap

    def grow(self, pages):
        """Adds pages of zeros; the number of pages before, or -1 if there is no room (as ``memory.grow``)."""
        before = self.pages
        after = before + pages
        if after > (1 << 32 - self.page) or (self.maximum is not None and after > self.maximum):
            return -1
        size = self._size(after)
        if size > _LARGEST:
            return -1
        try:
            if not (self.sparse.lengthen(size) if self.sparse else self._lengthen(size)):
                return -1
        finally:
            self._moved()  # where there was no room, too
        self.pages = after
        return before

    def _lengthen(self, size):
        """Appends zeros in pieces, which the heap can often do in place; False if it has no room."""
        buffer = self.buffer
        before = len(buffer)
        try:
            piece = bytes(max(1024, (size - before) >> 4))
            while len(buffer) < size:
                left = size - len(buffer)
                buffer.extend(piece if left >= len(piece) else piece[:left])
        except MemoryError:
            buffer[before:] = b""
            return False
        return True

    def __len__(self):
        return len(self.buffer) if self.sparse is None else self.sparse.directory[0]

    def __getitem__(self, index):
        if self.sparse is None:
            return self.buffer[index]
        if not isinstance(index, slice):
            return self.read(self._index(index), 1)[0]
        start, stop = self._range(index)
        return self.sparse.read(start, max(0, stop - start))

    def __setitem__(self, index, value):
        if not isinstance(index, slice):
            self.write(self._index(index), bytes((value,)))
            return
        start = self._range(index)[0]
        if index.stop is not None and self._range(index)[1] != start + len(value):
            raise ValueError("%d bytes do not fit the slice" % len(value))
        self.write(start, value)

    def _index(self, index):
        return index + len(self) if index < 0 else index

    def _range(self, part):
        """Start and stop of a slice of all bytes, as Python reads them."""
        if part.step not in (None, 1):
            raise ValueError("memory has no slices with steps")
        size = len(self)
        stop = size if part.stop is None else self._index(part.stop)
        return max(0, self._index(part.start or 0)), min(stop, size)

    def check(self, address, size):
        """Raises IndexError unless all these bytes are in bounds."""
        if address < 0 or size < 0 or address + size > len(self):
            raise IndexError("out of bounds memory access")

    def read(self, address, size):
        """A copy of ``size`` bytes."""
        self.check(address, size)
        if self.sparse is not None:
            return bytes(self.sparse.read(address, size))
        return bytes(memoryview(self.buffer)[address : address + size])

    def write(self, address, data):
        self.check(address, len(data))
        self.store(address, data)

    def store(self, address, data):
        """The same of bytes that are known to be in bounds."""
        if self.sparse is not None:
            self.sparse.write(address, data)
        else:
            memoryview(self.buffer)[address : address + len(data)] = data

    def copy(self, to, source, size):
        """Moves bytes as ``memory.copy`` does: the two places may overlap."""
        self.check(source, size)
        self.check(to, size)
        if self.sparse is not None:
            self.sparse.copy(to, source, size)
        else:
            view = memoryview(self.buffer)
            view[to : to + size] = view[source : source + size]

    def fill(self, address, value, size):
        """Sets bytes to one value, as ``memory.fill``."""
        self.check(address, size)
        if self.sparse is not None and not value:
            self.sparse.clear(address, size)
            return
        block = bytes((value,)) * min(size, 256)
        while size:
            count = min(256, size)
            self.write(address, block if count == len(block) else block[:count])
            address += count
            size -= count

    def u32(self, address):
        return int.from_bytes(self.read(address, 4), "little")

    def set_u32(self, address, value):
        self.write(address, (value & 0xFFFFFFFF).to_bytes(4, "little"))

    def set_u64(self, address, value):
        self.write(address, (value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little"))
