"""The operand stack of a function that is being lowered.

Every place of the stack has a cell of the frame, its *home*. An operand that a ``local.get`` or a constant put
there is not copied home until something needs it: the stack remembers where it is, and the instruction that
takes it reads it from there. Two rules keep this right:

- before a local changes, operands that are still in it are brought home (``save``);
- at the start of a block nothing is left in a local, and what a branch takes along is at home (``settle``).
"""

from ..error import WasmError
from ..opcodes import F64, I64

MOST_CELLS = 60000
_MANY = 64  # operands that may be in locals, beyond which all are brought home: they are looked through each time


def is_wide(valtype):
    return valtype == I64 or valtype == F64


def cells_of(types):
    """How many cells values of these types take."""
    return sum(2 if is_wide(t) else 1 for t in types)


class Entry:
    """An operand: in ``cell``, or the constant ``value`` where that is below zero; ``home`` is its own cell."""

    def __init__(self, home, wide):
        self.home = self.cell = home
        self.wide = wide
        self.value = 0

    @property
    def is_const(self):
        return self.cell < 0


class Operands:
    """The stack, with the ``emit`` that its copies go to. ``top`` is the cell above it, ``most`` the highest
    that ``top`` has been."""

    def __init__(self, emit, top):
        self.emit = emit
        self.stack = []
        self.settled = 0  # so many operands, from the bottom, are in no local
        self.top = self.most = top

    def push(self, wide):
        """A new operand, at home."""
        entry = Entry(self.top, wide)
        self.stack.append(entry)
        self.top += 1 + wide
        if self.top > self.most:
            self.most = self.top
            if self.most > MOST_CELLS:
                raise WasmError(
                    "unsupported", "function needs %d cells" % self.most, 0, "a frame that fits a board"
                )
        return entry

    def push_const(self, value, wide):
        entry = self.push(wide)
        entry.cell = -1
        entry.value = value

    def push_view(self, entry, wide):
        """An operand that is, or begins, another one."""
        view = self.push(wide)
        view.cell = entry.cell
        view.value = entry.value & 0xFFFFFFFF
        if entry.cell == entry.home:
            view.cell = view.home

    def push_all(self, types):
        for valtype in types:
            self.push(is_wide(valtype))

    def pop(self):
        entry = self.stack.pop()
        self.top = entry.home
        if self.settled > len(self.stack):
            self.settled = len(self.stack)
        return entry

    def cell(self, entry):
        """The cell to read an operand from; a constant is put into its home."""
        if entry.cell < 0:
            entry.cell = entry.home
            self.emit.const(entry.home, entry.value, entry.wide)
        return entry.cell

    def result(self, wide):
        """The home of a new operand, which the next instruction writes."""
        return self.push(wide).home

    def bring_home(self, entry):
        if entry.cell < 0:
            self.cell(entry)
        elif entry.cell != entry.home:
            self.emit.copy(entry.home, entry.cell, entry.wide)
            entry.cell = entry.home

    def save(self, cell, wide):
        """Brings home what is still in the local at ``cell``, which is about to change."""
        stack = self.stack
        if len(stack) - self.settled > _MANY:
            self.settle(0)
        for i in range(self.settled, len(stack)):
            entry = stack[i]
            if entry.cell != entry.home and cell <= entry.cell <= cell + wide:
                self.bring_home(entry)

    def settle(self, parameters):
        """At the start of a block: its parameters go home, and nothing stays in a local."""
        stack = self.stack
        first = len(stack) - parameters
        for i in range(min(self.settled, first), len(stack)):
            if i >= first or stack[i].cell >= 0:
                self.bring_home(stack[i])
        self.settled = len(stack)
