"""Linear memory (spec section 4.2.8)."""

from micropython import const

_LARGEST = const(0x3FFFFFFF)  # addresses stay small ints, and the sum of two of them does not wrap


class Memory:
    """``minimum`` to ``maximum`` pages of 2 ** ``page`` bytes. ``cap``, in bytes, keeps the buffer shorter than
    the pages say; what lies beyond it is out of bounds. Raises MemoryError if the heap has no room.

    As a sequence of bytes: ``m[a]``, ``m[a:b]``, ``m[a:b] = data``, ``len(m)``. The other methods raise
    IndexError where a byte is out of bounds, also for a negative address.
    """

    def __init__(self, minimum, maximum=None, page=16, cap=None):
        self.maximum = maximum
        self.page = page
        self.cap = cap
        self.pages = minimum
        size = self._size(minimum)
        if size > _LARGEST:
            raise MemoryError(
                "memory of %d pages: no board has that; give a smaller one with memory=" % minimum
            )
        try:
            self.buffer = bytearray(size)
        except MemoryError:
            raise MemoryError("no room for %d bytes of linear memory; give less with memory=" % size)

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
        if size > _LARGEST or not self._lengthen(size):
            return -1
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
        return len(self.buffer)

    def __getitem__(self, index):
        return self.buffer[index]

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            start = index.start or 0
            if index.stop is not None and index.stop != start + len(value):
                raise ValueError("%d bytes do not fit the slice" % len(value))
            self.view(start, len(value))[:] = value
        else:
            self.buffer[index] = value

    def view(self, address, size):
        """The bytes themselves, as a memoryview that is good until the memory grows."""
        if address < 0 or size < 0 or address + size > len(self.buffer):
            raise IndexError("out of bounds memory access")
        return memoryview(self.buffer)[address : address + size]

    def read(self, address, size):
        """A copy of ``size`` bytes."""
        return bytes(self.view(address, size))

    def write(self, address, data):
        self.view(address, len(data))[:] = data

    def u32(self, address):
        return int.from_bytes(self.view(address, 4), "little")

    def set_u32(self, address, value):
        self.view(address, 4)[:] = (value & 0xFFFFFFFF).to_bytes(4, "little")

    def set_u64(self, address, value):
        self.view(address, 8)[:] = (value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")
