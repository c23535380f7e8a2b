"""Linear memory (spec section 4.2.8): one piece at its beginning, and blocks behind it.

How much of it is in one piece is chosen where it is made, and nobody can tell but by its speed. All of it is where
that takes little of the heap, or is asked for; nothing is where it would take much, so that a module pays for what
it touches and not for what its toolchain declared. Growth goes to blocks (sparse.py) unless the piece can be made
longer at little cost. The piece stays where it is while a guest runs that would not look again (life.py).
"""

import gc
import sys
from array import array

from micropython import const

from .core import BUFFER, DIRECTORY, HOLDING, RUNNING, SIZE, point
from .life import held, life
from .parts import part

_LARGEST = const(0x3FFFFFFF)  # addresses stay small ints, and the sum of two of them does not wrap
_BLOCK = const(1024)  # what comes behind the piece are whole blocks
_SPARE = const(8192)  # bytes of free heap without which no page is given away

# Bytes that are in one piece unasked. Looked up once: on a small board it takes as long as all the rest of a load.
_FLAT = gc.mem_free() >> 3

NO_DIRECTORY = array("I", (0, 0))  # of 0 bytes
_NOTHING = bytearray(0)
NO_MEMORY = array("I", bytes(20))  # what the interpreter knows of one (core's PLACES)
point(NO_MEMORY, DIRECTORY, NO_DIRECTORY)


class Memory:
    """``minimum`` to ``maximum`` pages of 2 ** ``page`` bytes.

    ``cap`` is how many bytes it has at most, those in one piece, and what is declared beyond is out of bounds; or
    asks for all that it has at first in one piece (``"flat"``), or in blocks (``"sparse"``). None is the former
    where that takes little of the heap, or where ``flat`` bytes are wanted in one piece, which may be more than it
    has at first. Raises MemoryError if the heap has no room.

    As a sequence of bytes: ``m[a]``, ``m[a:b]``, ``m[a:b] = data``, ``len(m)``. The other methods raise
    IndexError where a byte is out of bounds, also for a negative address.
    """

    blocks = None
    buffer = _NOTHING
    cap = _LARGEST
    whole = False  # whether native code of it takes it for one piece, so that it may have no blocks

    def __init__(self, minimum, maximum=None, page=16, cap=None, flat=0):
        self.maximum = maximum
        self.page = page
        self.pages = minimum
        size = minimum << page
        if isinstance(cap, int):
            self.cap = cap
            size = min(size, cap)
        if size > _LARGEST:
            raise MemoryError(
                "memory of %d pages: no board has that; give a smaller one with memory=" % minimum
            )
        self.size = size
        self.place = NO_MEMORY[:]
        if cap == "sparse":
            flat = 0
        elif cap is not None:
            flat = max(size, min(flat, self.cap))
        elif not flat and size <= _FLAT:
            flat = size
        if flat:
            if minimum != maximum and minimum + 1 << page <= self.cap:
                flat = _in_blocks(flat)
            try:
                self.buffer = bytearray(flat)
            except MemoryError:
                if cap is not None or flat > _FLAT:
                    raise MemoryError("no room for %d bytes of linear memory; give less with memory=" % flat)
        if size > len(self.buffer) or cap == "sparse":
            self._add_blocks(size)
        self._tell()

    def _tell(self):
        """Tells where memory is: all instances that have it look there (core's PLACES)."""
        if self.blocks:
            point(self.place, DIRECTORY, self.blocks.directory)
        buffer = self.buffer
        if len(buffer):
            point(self.place, BUFFER, buffer)
            self.place[SIZE] = min(self.size, len(buffer))

    def _add_blocks(self, size):
        self.blocks = part("wasm.sparse").Blocks(size, self.buffer)

    def grow(self, pages):
        """Adds pages of zeros; the number of pages before, or -1 if there is no room (as ``memory.grow``)."""
        before = self.pages
        if pages:
            after = before + pages
            size = after << self.page
            most = 1 << 32 - self.page if self.maximum is None else self.maximum
            if after > most or size > self.cap:
                return -1
            try:
                if size > len(self.buffer) and not self._lengthen(size):
                    return -1
            finally:
                self._tell()  # where there was no room, too
            self.pages = after
            self.size = size
            self._tell()
        return before

    def _lengthen(self, size):
        """Makes room for so many bytes: in one piece where that takes little of the heap, else for blocks behind
        it; False where the heap has none."""
        before = len(self.buffer)
        free = gc.mem_free()
        if not self.blocks and not life[HOLDING] and (self.whole or size - before <= free >> 2):
            if self._stretch(_in_blocks(size)):
                return True
        if free < _SPARE:
            gc.collect()
            free = gc.mem_free()
        if self.whole or free < _SPARE:
            return False
        try:
            if self.blocks:
                return self.blocks.lengthen(size)
            self._add_blocks(size)
        except MemoryError:
            return False
        return True

    def _stretch(self, size):
        """Appends zeros to the piece, a part at a time, which the heap can often do in place."""
        if self.buffer is _NOTHING:
            self.buffer = bytearray(0)
        buffer = self.buffer
        before = len(buffer)
        try:
            part = bytes(max(1024, (size - before) >> 4))
            while len(buffer) < size:
                left = size - len(buffer)
                buffer.extend(part if left >= len(part) else part[:left])
        except MemoryError:
            buffer[before:] = b""
            return False
        return True

    def flatten(self, size):
        """Brings the first bytes into one piece, at least so many, for native code.

        Raises MemoryError where the heap has no room, or a guest runs.
        """
        if size > len(self.buffer):
            if life[RUNNING] or size > self.size:
                raise MemoryError("memory can't be brought into one piece now")
            buffer = bytearray(_in_blocks(size))
            for at in range(0, size, _BLOCK):
                end = min(at + _BLOCK, self.size)
                buffer[at:end] = self.read(at, end - at)
            self.buffer = buffer
            if self.blocks:
                self.blocks.give_way(buffer)
            self._tell()

    def drop(self):
        """Gives up what it holds of the heap: nothing may use it any more."""
        if self.blocks:
            self.blocks.drop()
        self.buffer = b""

    def access(self, context):
        """Does the load or store that the interpreter stopped at: a store to no block, or one that is in two."""
        held(sys.modules["wasm.sparse"].access, self, context)

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        if not isinstance(index, slice):
            return self.read(self._index(index), 1)[0]
        start, stop = self._range(index)
        return bytearray(self.read(start, max(0, stop - start)))

    def __setitem__(self, index, value):
        if not isinstance(index, slice):
            self.write(self._index(index), bytes((value,)))
            return
        start = self._range(index)[0]
        if index.stop is not None and self._range(index)[1] != start + len(value):
            raise ValueError("%d bytes do not fit the slice" % len(value))
        self.write(start, value)

    def _index(self, index):
        return index + self.size if index < 0 else index

    def _range(self, part):
        """Start and stop of a slice of all bytes, as Python reads them."""
        if part.step not in (None, 1):
            raise ValueError("memory has no slices with steps")
        stop = self.size if part.stop is None else self._index(part.stop)
        return max(0, self._index(part.start or 0)), min(stop, self.size)

    def check(self, address, size):
        """Raises IndexError unless all these bytes are in bounds."""
        if address < 0 or size < 0 or address + size > self.size:
            raise IndexError("out of bounds memory access")

    def read(self, address, size):
        """A copy of ``size`` bytes."""
        self.check(address, size)
        if address + size <= len(self.buffer):
            return bytes(memoryview(self.buffer)[address : address + size])
        return bytes(self.blocks.read(address, size))

    def write(self, address, data):
        self.check(address, len(data))
        self.store(address, data)

    def store(self, address, data):
        """The same of bytes that are known to be in bounds."""
        end = address + len(data)
        if end <= len(self.buffer):
            memoryview(self.buffer)[address:end] = data
        else:
            self.blocks.write(address, data)

    def u32(self, address):
        return int.from_bytes(self.read(address, 4), "little")

    def set_u32(self, address, value):
        self.write(address, (value & 0xFFFFFFFF).to_bytes(4, "little"))

    def set_u64(self, address, value):
        self.write(address, (value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little"))


def _in_blocks(size):
    """A number of bytes, made a whole number of blocks."""
    return size + _BLOCK - 1 & -_BLOCK
