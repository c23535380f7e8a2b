"""Writes image instructions: encoding, labels, and cells that a byte can't name.

Three bytes of an instruction name cells. Where a frame has more cells than that, cells 248 to 255 are kept
as scratch, and what lies beyond travels through them (``copy.far``). ``FarCell`` tells that a function needs
this and is to be lowered again; so ordinary functions pay nothing for it.
"""

from ..image.isa import GROUP_SIZE, IMMEDIATE, OPS, kernel

SCRATCH = 248
NEAR = 256

# Numbers of the comparisons, without the bit of the immediate, and what they compare by.
COMPARISONS = {OPS["i32." + name][0]: name for name in ("eq", "ne", "lt_s", "ge_s", "lt_u", "ge_u")}


class FarCell(Exception):
    """A frame turned out to need cells beyond those that an instruction can name."""


class Label:
    """A place to branch to: an offset once it is bound, before that the words that wait for it."""

    def __init__(self):
        self.offset = None
        self.waiting = []


class Emitter:
    """The code of an image as it grows, with the map from its instructions back to the module's bytes.

    ``code`` begins at the offset ``base`` of the image's code.
    """

    def __init__(self):
        self.base = 0
        self.code = bytearray()
        self.map = bytearray()  # where instructions that can trap come from, see mark()
        self.marked = (0, 0)
        self.stops = []  # of the function that is written, see Stops.add()
        self.stubs = None
        self.shared = {}  # of the same function: cell -> the constant that it has from the beginning to the end
        self.groups = 0  # bit mask of the kernel groups in use
        self.far = False
        self.newest = (-1, -1)  # offsets of the one or two instructions that define the newest value
        self.newest_end = -1
        self.newest_wide = 0

    def word(self, value):
        self.code += (value & 0xFFFFFFFF).to_bytes(4, "little")

    def halves(self, low, high):
        self.word(low | high << 16)

    def mark(self, position):
        """Remembers which byte of the module the next instruction comes from.

        The map is pairs of LEB128 numbers: words of code and bytes of the module since the entry before. The
        latter may go back: of a step n below zero the number is -2 * n - 1, else 2 * n.
        """
        here = (self.base + len(self.code)) >> 2
        moved = position - self.marked[1]
        for step in (here - self.marked[0], 2 * moved if moved >= 0 else -2 * moved - 1):
            while step >= 0x80:
                self.map.append(step & 0x7F | 0x80)
                step >>= 7
            self.map.append(step)
        self.marked = (here, position)

    def stop(self, loop):
        """A call can stand still here: at the head of a loop, or where another function is called."""
        self.stops.append((self.base + len(self.code), loop))

    def label(self):
        return Label()

    def bind(self, label):
        """The label's place is here."""
        here = self.base + len(self.code)
        label.offset = here
        for place in label.waiting:
            self.code[place : place + 4] = here.to_bytes(4, "little")
        label.waiting = []
        self.newest_end = -1

    def target(self, label):
        """The word that leads to a label; the lowest bit marks a way back."""
        if label.offset is None:
            label.waiting.append(len(self.code))
            self.word(0)
        else:
            self.word(label.offset | 1)

    def first(self, name, a=0, b=0, c=0, flag=0):
        """The first word of an instruction whose bytes are no cells that could be far."""
        self.code += bytes((OPS[name][0] | flag, a, b, c))

    def plain(self, name, low=0, a=0):
        """A first word with a byte and a 16-bit number."""
        self.code += bytes((OPS[name][0], a, low & 0xFF, low >> 8))

    def near(self, cell, wide, slot):
        """The cell itself, or the scratch cell that its value was brought to. ``slot`` is 0, 1 or 2."""
        if cell + wide < (SCRATCH if self.far else NEAR) or (SCRATCH <= cell < NEAR and self.far):
            return cell
        if not self.far:
            raise FarCell
        scratch = SCRATCH + 2 * slot
        self.copy_far(scratch, cell, wide)
        return scratch

    def result(self, cell, wide):
        """The cell to let an instruction write; ``settle`` then takes the value to where it belongs."""
        if cell + wide < (SCRATCH if self.far else NEAR):
            return cell
        if not self.far:
            raise FarCell
        return SCRATCH + 6

    def settle(self, cell, written, wide):
        self.newest_end = len(self.code)
        self.newest_wide = wide
        if written != cell:
            self.copy_far(cell, written, wide)

    def copy_far(self, to, cell, wide):
        for i in range(wide + 1):
            self.first("copy.far")
            self.halves(to + i, cell + i)

    def value(self, name, to, wide, b=0, c=0, wide_b=0, wide_c=0, words=(), flag=0):
        """An instruction with a result: cells ``b`` and ``c`` in, ``to`` out, words after it."""
        b = self.near(b, wide_b, 0)
        c = self.near(c, wide_c, 1)
        written = self.result(to, wide)
        start = len(self.code)
        self.first(name, written, b, c, flag)
        for word in words:
            self.word(word)
        self.newest = (start, -1)
        self.settle(to, written, wide)

    def kernel(self, name):
        """The number of a kernel that is about to be called; its group is then needed at load."""
        number = kernel(name)
        self.groups |= 1 << number // GROUP_SIZE
        return number

    def joined(self, low):
        """The newest value is a wide one: ``low`` is the offset of the instruction that wrote its low cell,
        the newest instruction wrote its high cell."""
        if self.newest_end == len(self.code):
            self.newest = (low, self.newest[0])
            self.newest_wide = 1

    def defined(self, start, cell, written):
        """The instruction at ``start``, whose first byte after its number is a cell, wrote ``written``."""
        self.newest = (start, -1)
        self.settle(cell, written, 0)

    def forget(self):
        """The newest value was made in more steps than ``retarget`` can follow."""
        self.newest_end = -1

    def retarget(self, cell, to, wide):
        """Let the newest value, which was to go to ``cell``, go to ``to`` instead; False if it can't be done.

        It can't where only the low half of the newest value is meant, which is written with its other half.
        """
        low, high = self.newest
        code = self.code
        if (
            self.newest_end != len(code)
            or self.newest_wide != wide
            or code[low + 1] != cell
            or to + wide >= (SCRATCH if self.far else NEAR)
        ):
            return False
        code[low + 1] = to
        if high >= 0:
            code[high + 1] = to + 1
        self.newest_end = -1
        return True

    def take_condition(self, cell):
        """If the newest value is a comparison's and in ``cell``, takes it back and returns it as a condition
        ``[name, left cell, right cell or None, immediate]``, else None."""
        start = self.newest[0]
        code = self.code
        if self.newest_end != len(code) or self.newest[1] >= 0 or code[start + 1] != cell:
            return None
        name = COMPARISONS.get(code[start] & ~IMMEDIATE)
        if name is None:
            return None
        if code[start] & IMMEDIATE:
            condition = [name, code[start + 2], None, int.from_bytes(code[start + 4 : start + 8], "little")]
        else:
            condition = [name, code[start + 2], code[start + 3], None]
        code[start:] = b""
        self.newest_end = -1
        return condition

    def copy(self, to, cell, wide):
        if to == cell:
            return
        self.value("copy2" if wide else "copy", to, wide, cell, wide_b=wide)

    def const(self, to, value, wide):
        if wide:
            self.value("const2", to, 1, words=(value & 0xFFFFFFFF, value >> 32 & 0xFFFFFFFF))
        else:
            self.value("const", to, 0, words=(value,))

    def alu(self, name, to, left, right):
        self.value(name, to, 0, left, right)

    def alu_immediate(self, name, to, left, value):
        self.value(name, to, 0, left, words=(value,), flag=IMMEDIATE)

    def effect(self, name, a, b=0, wide_a=0, words=()):
        """An instruction without a result that reads cells ``a`` and ``b``."""
        a = self.near(a, wide_a, 0)
        b = self.near(b, 0, 1)
        self.first(name, a, b)
        for word in words:
            self.word(word)

    def triple(self, cells, words):
        """A kernel that reads three cells and has no result."""
        a, b, c = [self.near(cell, 0, slot) for slot, cell in enumerate(cells)]
        self.first("kernel", a, b, c)
        for word in words:
            self.word(word)

    def branch(self, label):
        self.first("br")
        self.target(label)

    def branch_if(self, condition, label):
        """Branches on a condition as ``take_condition`` gives it."""
        name, left, right, value = condition
        left = self.near(left, 0, 0)
        if right is not None:
            self.first("br_if " + name, left, self.near(right, 0, 1))
        elif value == 0 and name in ("eq", "ne"):
            self.first("br_if" if name == "ne" else "br_if zero", left)
        else:
            self.first("br_if " + name, left, flag=IMMEDIATE)
            self.word(value)
        self.target(label)
