"""Linear memory in blocks of 1 KiB that appear when something but zeros is written to them.

The interpreter reaches a block through the directory, an array of machine words: the size of memory in bytes, then
for each 64 KiB the address of a table, in which each word is the address of a block, or 0 where there is none yet.
Loads from there give zeros, which the interpreter does by itself; what it can't do comes to ``access``.
"""

from array import array

from micropython import const

from .core import FP, INSTANCE, PC, place
from .life import busy

_BLOCK = const(1024)
_BLOCK_BITS = const(10)
_TABLE_BITS = const(16)
_TABLE_MASK = const(63)

_ZEROS = bytes(128)

# The table of a page that nothing was written to; never written itself.
_NO_BLOCKS = array("L", [0] * 64)


class Blocks:
    """``size`` bytes of zeros. What is given to the methods is in bounds."""

    def __init__(self, size):
        self.directory = array("L", (0,))
        self._tables = []  # they and the blocks are held here, since an address alone does not hold them
        self._blocks = {}
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

    def _block(self, number):
        """The block, made if it is not there."""
        block = self._blocks.get(number)
        if block is None:
            try:
                block = self._make(number)
            except MemoryError:
                self._shed()
                try:
                    block = self._make(number)
                except MemoryError:
                    raise MemoryError(
                        "no room for another block of linear memory: it has %d" % len(self._blocks)
                    )
        return block

    def _make(self, number):
        block = bytearray(_BLOCK)
        table = self._tables[number >> 6]
        if table is _NO_BLOCKS:
            table = self._tables[number >> 6] = _NO_BLOCKS[:]
            place(self.directory, 1 + (number >> 6), table)
        self._blocks[number] = block
        place(table, number & _TABLE_MASK, block)
        return block

    def _shed(self):
        """Gives back the blocks of zeros, which guests make that clear what they allocate."""
        blocks = self._blocks
        for page, table in enumerate(self._tables):
            if table is not _NO_BLOCKS:
                for slot in range(64):
                    number = page << 6 | slot
                    if number in blocks and not any(blocks[number]):
                        table[slot] = 0
                        del blocks[number]

    def _parts(self, address, size):
        """Yields ``(block number, start in it, bytes)``."""
        while size:
            start = address & _BLOCK - 1
            count = min(size, _BLOCK - start)
            yield address >> _BLOCK_BITS, start, count
            address += count
            size -= count

    def read(self, address, size):
        """A copy of bytes, as a bytearray."""
        out = bytearray(size)
        at = 0
        for number, start, count in self._parts(address, size):
            block = self._blocks.get(number)
            if block:
                out[at : at + count] = memoryview(block)[start : start + count]
            at += count
        return out

    def write(self, address, data):
        start = address & _BLOCK - 1
        if start + len(data) > _BLOCK:
            self._write_parts(address, memoryview(data))
            return
        block = self._blocks.get(address >> _BLOCK_BITS)
        if block is None and any(data):
            block = self._block(address >> _BLOCK_BITS)
        if block is not None:
            block[start : start + len(data)] = data

    def _write_parts(self, address, data):
        at = 0
        for _, _, count in self._parts(address, len(data)):
            self.write(address + at, data[at : at + count])
            at += count

    def clear(self, address, size):
        """Sets bytes to zero."""
        for number, start, count in self._parts(address, size):
            block = self._blocks.get(number)
            if block:
                for at in range(start, start + count, len(_ZEROS)):  # a full heap has no room for so many at once
                    piece = min(len(_ZEROS), start + count - at)
                    block[at : at + piece] = _ZEROS[:piece]

    def copy(self, to, source, size):
        """Moves bytes; in pieces, from the end where the places overlap that way."""
        done = 0
        while done < size:
            count = min(_BLOCK, size - done)
            at = done if to <= source else size - done - count
            self.write(to + at, self.read(source + at, count))
            done += count

    def access(self, context):
        """Does the load or store that the interpreter stopped at: a store to no block, or one that is in two."""
        busy(self._access, context[INSTANCE])

    def _access(self, instance):
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
            found = self.read(address, width)
            cells[value] = int.from_bytes(found[:4], "little")
            if op & 3 == 1:
                cells[value] = cells[value] - ((cells[value] & 0x8000) << 1) & 0xFFFFFFFF
            elif width == 8:
                cells[value + 1] = int.from_bytes(found[4:], "little")
        else:
            data = cells[value].to_bytes(4, "little")
            if width == 8:
                data += cells[value + 1].to_bytes(4, "little")
            for i in range(width):  # also where it is zeros: what is stored to once will be again
                self._block(address + i >> _BLOCK_BITS)[address + i & _BLOCK - 1] = data[i]
        state[PC] = pc + 8
