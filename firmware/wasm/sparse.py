"""Linear memory in blocks of 1 KiB that appear when something but zeros is written to them.

The interpreter reaches a block through the directory, an array of machine words: the size of memory in bytes, then
for each 64 KiB the address of a table, in which each word is the address of a block, or 0 where there is none yet.
Loads from there give zeros, which the interpreter does by itself; what it can't do comes to ``access``.
"""

from array import array

from micropython import const

from .core import FP, INSTANCE, PC, place

_BLOCK = const(1024)
_BLOCK_BITS = const(10)
_TABLE_BITS = const(16)
_TABLE_MASK = const(63)

# The table of a page that nothing was written to; never written itself.
_NO_BLOCKS = array("L", [0] * 64)


class Blocks:
    """``size`` bytes of zeros, of which those at the beginning are in ``flat``, a whole number of blocks. What is
    given to the methods is in bounds; ``made`` are the blocks by number."""

    def __init__(self, size, flat):
        self.directory = array("L", (0,))
        self._flat = flat
        self._tables = []  # they and the blocks are held here, since an address alone does not hold them
        self.made = {}
        if not self.lengthen(size):
            raise MemoryError("no room for the directory of %d bytes of linear memory" % size)

    def lengthen(self, size):
        """Appends zeros; False if the heap has no room for what leads to them."""
        directory = self.directory
        tables = self._tables
        pages = size + 65535 >> _TABLE_BITS
        try:
            while len(tables) < pages:
                tables.append(_NO_BLOCKS)
            while len(directory) <= pages:
                directory.append(0)
                place(directory, len(directory) - 1, _NO_BLOCKS)
        except MemoryError:
            return False
        directory[0] = size
        return True

    def give_way(self, flat):
        """What is in ``flat`` now, a longer one than before, is in blocks no more."""
        self._flat = flat
        for number in list(self.made):
            if number < len(flat) >> _BLOCK_BITS:
                self._drop(number)

    def make(self, number):
        """The block of that number, made if it is not there. Raises MemoryError."""
        if number not in self.made:
            try:
                self._make(number)
            except MemoryError:
                self._shed()
                try:
                    self._make(number)
                except MemoryError:
                    raise MemoryError(
                        "no room for another block of linear memory: it has %d" % len(self.made)
                    )
        return self.made[number]

    def _make(self, number):
        block = bytearray(_BLOCK)
        table = self._tables[number >> 6]
        if table is _NO_BLOCKS:
            table = self._tables[number >> 6] = _NO_BLOCKS[:]
            place(self.directory, 1 + (number >> 6), table)
        self.made[number] = block
        place(table, number & _TABLE_MASK, block)

    def _drop(self, number):
        self._tables[number >> 6][number & _TABLE_MASK] = 0
        del self.made[number]

    def drop(self):
        """Gives up all blocks, and allocates nothing for it. An address in a table would hold its block."""
        for table in self._tables:
            if table is not _NO_BLOCKS:
                for slot in range(64):
                    table[slot] = 0
        self.made.clear()

    def _shed(self):
        """Gives back the blocks of zeros, which guests make that clear what they allocate."""
        for page, table in enumerate(self._tables):
            if table is not _NO_BLOCKS:
                for slot in range(64):
                    number = page << 6 | slot
                    if number in self.made and not any(self.made[number]):
                        self._drop(number)

    def _parts(self, address, size):
        """Yields ``(block number, start in it, place among these bytes, bytes)``."""
        at = 0
        while at < size:
            start = address & _BLOCK - 1
            count = min(size - at, _BLOCK - start)
            yield address >> _BLOCK_BITS, start, at, count
            address += count
            at += count

    def _view(self, number):
        """What is at that number, None where nothing is."""
        if number < len(self._flat) >> _BLOCK_BITS:
            return memoryview(self._flat)[number << _BLOCK_BITS :]
        return self.made.get(number)

    def read(self, address, size):
        """A copy of bytes."""
        start = address & _BLOCK - 1
        if start + size <= _BLOCK:
            view = self._view(address >> _BLOCK_BITS)
            return view[start : start + size] if view else bytes(size)
        out = bytearray(size)
        for number, start, at, count in self._parts(address, size):
            view = self._view(number)
            if view:
                out[at : at + count] = memoryview(view)[start : start + count]
        return out

    def write(self, address, data):
        start = address & _BLOCK - 1
        if start + len(data) <= _BLOCK:
            view = self._view(address >> _BLOCK_BITS)
            if view is None and any(data):
                view = self.make(address >> _BLOCK_BITS)
            if view is not None:
                view[start : start + len(data)] = data
            return
        data = memoryview(data)
        for number, start, at, count in self._parts(address, len(data)):
            part = data[at : at + count]
            view = self._view(number)
            if view is None and any(part):
                view = self.make(number)
            if view is not None:
                view[start : start + count] = part


def access(memory, context):
    """Does the load or store at PC of an instance: a store to no block, or one whose bytes are not in one."""
    instance = context[INSTANCE]
    state = instance.state
    code = instance.image.code
    cells = instance.cells
    pc = state[PC]
    frame = state[FP] >> 2
    op = code[pc]
    width = 4 if op & 8 else (1, 2, 2, 8)[op & 3]
    value = frame + code[pc + 1]
    address = cells[frame + code[pc + 2]] - width
    for i in range(4):
        address += code[pc + 4 + i] << 8 * i
    if op & 0x10:
        found = memory.read(address, width)
        cells[value] = int.from_bytes(found[:4], "little")
        if op & 3 == 1:
            cells[value] = cells[value] - ((cells[value] & 0x8000) << 1) & 0xFFFFFFFF
        elif width == 8:
            cells[value + 1] = int.from_bytes(found[4:], "little")
    else:
        data = cells[value].to_bytes(4, "little")
        if width == 8:
            data += cells[value + 1].to_bytes(4, "little")
        # Also where it is zeros: what is stored to once will be again.
        memory.blocks.make(address + width - 1 >> _BLOCK_BITS)
        memory.store(address, data[:width])
    state[PC] = pc + 8
