"""What is written of a function's straight code so far, and what each cell holds there.

A value that is read once, in the block that makes it, has no local: its expression waits (``pending``) and is
written where it is read, unless something that it depends on changes before.
"""

from __future__ import annotations

from ...interpreter.weave import indent
from ..analysis.bounds import known_at
from ..analysis.code import Instr, each
from ..analysis.ranges import Range
from ..analysis.spans import Spans
from .claims import Claims
from .contents import Contents
from .limits import Limits
from .values import Value, Words

_LONGEST = 160  # characters of an expression that is still passed on


def refuel(function, head: int) -> list[str]:
    """Asks for more fuel at the head of a loop; without any the call stops there, with what it needs to go on, if
    it may, in its frame."""
    one = function.code[function.flow.blocks[head].start]
    spilled = ["f[%d] = %s" % (cell, function.names[cell]) for cell in each(function.cells.stops.get(head, 0))]
    ask = ["s[PC] = %d" % one.meter, "refuel(ctx)", "fuel = s[FUEL]"]
    return [*ask, "if not fuel:", *indent([*spilled, "return"])]


class Writer:
    """The lines of one block at a time; ``at`` is the instruction that is written, ``end`` where its block ends.

    ``names`` maps cells to locals.
    """

    def __init__(self, function, words: Words, limits: Limits, unaligned: bool, claims: Claims) -> None:
        self.claims = claims
        self.function = function
        self.flow = function.flow
        self.cells = function.cells
        self.words = words
        self.limits = limits
        self.unaligned = unaligned
        self.names = function.names
        self.known = known_at(self.flow)
        self.spans = Spans(self.flow)

    def begin(self, block: int) -> None:
        """What comes belongs to a block."""
        self.checked = dict(self.known[block])
        self.lines: list[str] = []
        self.contents = Contents(self.names, self.words, self.claims, self.lines)
        for cell, value in self.function.shared.items():
            self.contents.constants[cell] = self.words.constant(value)
        self.use = self.contents.use
        self.named = self.contents.named

    # operands and results

    def local(self, cell: int) -> str:
        return self.names[cell]

    def define(self, cell: int, value: Value) -> None:
        """The instruction gives a cell this value."""
        once = value.number is None and len(value.text) < _LONGEST and self.read_once(cell)
        self.contents.define(cell, value, once, self.lives_on(cell))

    def assign_if_read(self, cell: int, text: str) -> None:
        """The instruction gives a cell, which nobody may read, a number that the lines so far have made."""
        if self.cells.after[self.at] >> cell & 1:
            self.contents.assign(cell, Value(text))
        else:
            self.contents.overwrite(cell)

    def place(self, one: Instr) -> None:
        self.claims.place = "function %d at 0x%x" % (self.function.index, one.origin)

    def claim_operands(self, one: Instr) -> None:
        pair = (one.a, one.b) if one.targets else (one.b, one.c)
        for cell, known in zip(pair[: 1 + (one.value is None)], self.spans.operands[self.at]):
            if one.reads >> cell & 1:
                self.claim(cell, known)

    def claim(self, cell: int, known: Range) -> None:
        self.lines += self.claims.within(self.contents.seen(cell), known)

    def lives_on(self, cell: int) -> bool:
        """Whether the local of a cell that is defined here is read behind its block."""
        for at in range(self.at + 1, self.end):
            if self.flow.code[at].writes >> cell & 1:
                return False
        return bool(self.cells.after[self.end - 1] >> cell & 1)

    def read_once(self, cell: int) -> bool:
        """Whether the value that a cell gets here is read by one instruction of this block and no other."""
        for at in range(self.at + 1, self.end):
            one = self.flow.code[at]
            if self.cells.needless(at):
                continue
            if self.cells.local_reads(one) >> cell & 1:
                return not self.cells.after[at] >> cell & 1 or bool(one.writes >> cell & 1)
            if one.writes >> cell & 1:
                return False
        return False

    # leaving

    def leave(self, stub: int) -> list[str]:
        return ["s[PC] = %d" % stub, "s[FUEL] = fuel", "return"]

    def beyond(self, one: Instr) -> list[str]:
        """Ends the native code at an access that is not in the piece of memory that it knows: with a trap, or,
        where there may be more memory, in the interpreter, which does it and all that follows in the function."""
        if not self.function.module.keeps:
            return ["s[PC] = %d" % one.stub, "return"]
        exits = each(self.cells.exits[self.at])
        return ["f[%d] = %s" % (cell, self.contents.seen(cell).text) for cell in exits] + self.leave(one.at)

    def spill(self, one: Instr) -> None:
        for cell in each(one.spilled):
            self.lines.append("f[%d] = %s" % (cell, self.use(cell).text))
