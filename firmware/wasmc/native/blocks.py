"""Writes the straight code of a function's blocks as viper.

A value that is read once, in the block that makes it, has no local: its expression waits (``pending``) and is
written where it is read, unless something that it depends on changes before.
"""

from __future__ import annotations

import re

from .. import isa
from ..viper import semantics
from ..viper.weave import indent
from .accesses import access
from .bounds import known_at, step
from .code import Instr, Unfit, each
from .i64 import INLINE
from .ranges import OPPOSITE, is_exact, is_positive
from .spans import Spans
from .values import Value, Words, joined

_LONGEST = 160  # characters of an expression that is still passed on
_MOST_ENDS = 8  # that have a local each; more share some
_SHORT = 64
_SHIFTS = ("rotl", "rotr")
_COMPARISONS = ("eq", "ne", "lt_s", "ge_s", "lt_u", "ge_u")


class Limits:
    """The locals that hold how far an address may reach: ``l4`` is the first address at which four bytes do not
    fit. ``floor`` is how much memory must be there for what is not checked."""

    def __init__(self, least: int) -> None:
        self.least = least
        self.floor = 0
        self.ends: set[int] = set()

    def name(self, end: int) -> tuple[str, bool]:
        """The local for an access that ends there, and whether it is not that of a longer one: each has its price
        whenever native code is entered."""
        if end not in self.ends and len(self.ends) >= _MOST_ENDS:
            longer = max(1 << (end - 1).bit_length(), _SHORT)
            self.ends.add(longer)
            return "l%d" % longer, longer == end
        self.ends.add(end)
        return "l%d" % end, True

    def covers(self, end: int) -> bool:
        """Whether the bytes up to ``end`` are in bounds in any case."""
        if end > self.least:
            return False
        self.floor = max(self.floor, end)
        return True


def refuel(one: Instr) -> list[str]:
    """Asks for more fuel before an instruction, where a branch goes back to; without any that is the end."""
    return ["s[PC] = %d" % one.meter, "refuel(ctx)", "fuel = s[FUEL]", "if not fuel:", "    return"]


class Blocks:
    """The code of the blocks of one function. ``names`` maps cells to locals."""

    def __init__(self, function, words: Words, limits: Limits, unaligned: bool) -> None:
        self.function = function
        self.flow = function.flow
        self.cells = function.cells
        self.words = words
        self.limits = limits
        self.unaligned = unaligned
        self.names = function.names
        self.known = known_at(self.flow)
        self.spans = Spans(self.flow)
        self.lines: list[str] = []
        self.pending: dict[int, Value] = {}
        self.constants: dict[int, Value] = {}

    def write(self, number: int) -> tuple[list[str], str, str]:
        """A block's lines, and for one that branches its condition and the opposite (or its index, twice)."""
        block = self.flow.blocks[number]
        self.lines = []
        self.pending = {}
        self.constants = {}
        self.done = []
        self.checked = dict(self.known[number])
        ends = ("", "")
        first = self.flow.code[block.start]
        apart = number not in self.flow.loops  # structure.py meters loops
        if first.back and apart and self.function.module.metered:
            self.lines += ["if not fuel:", *indent(refuel(first)), "fuel -= 1"]
        for at in range(block.start, block.end):
            self.at, self.end = at, block.end
            one = self.flow.code[at]
            if one.targets:
                ends = self.branch(one)
            elif not self.cells.needless(at):
                self.done: list[int] = []
                self.instruction(one)
                for cell in self.done:
                    if self.pending.get(cell) and not one.writes >> cell & 1:
                        del self.pending[cell]
                step(one, self.checked)
        for cell in list(self.pending):
            self.flush(cell)
        return self.lines, *ends

    # operands and results

    def local(self, cell: int) -> str:
        return self.names[cell]

    def use(self, cell: int) -> Value:
        """The value of a cell; where it was pending it is no more."""
        if cell in self.pending:
            return self.pending.pop(cell)
        if cell in self.constants:
            return self.constants[cell]
        return Value(self.local(cell), 1 << cell, simple=True)

    def named(self, cell: int) -> Value:
        """The same, as something that can be written several times, and asked for again by this instruction."""
        if cell in self.pending:
            if self.pending[cell].simple:
                self.done.append(cell)
                return self.pending[cell]
            self.flush(cell)
        return self.use(cell)

    def flush(self, cell: int) -> None:
        value = self.pending.pop(cell)
        self.displace(cell)
        self.lines.append("%s = %s" % (self.local(cell), self.words.clean(value)))

    def displace(self, cell: int) -> None:
        """The local of a cell is about to change: what waits and reads it is written before."""
        for other in [c for c, value in self.pending.items() if value.reads >> cell & 1]:
            if other in self.pending:
                self.flush(other)

    def flush_if(self, memory: bool = False, variables: bool = False) -> None:
        for cell in [c for c, v in self.pending.items() if (memory and v.memory) or (variables and v.variables)]:
            if cell in self.pending:
                self.flush(cell)

    def define(self, cell: int, value: Value) -> None:
        """The instruction gives a cell this value."""
        self.constants.pop(cell, None)
        if value.number is not None:
            self.displace(cell)
            self.constants[cell] = value
            if self.lives_on(cell):
                self.lines.append("%s = %s" % (self.local(cell), self.words.clean(value)))
            return
        if self.read_once(cell) and len(value.text) < _LONGEST:
            self.displace(cell)
            self.pending[cell] = value
            return
        self.displace(cell)
        text = self.words.clean(value)
        if text != self.local(cell):
            self.lines.append("%s = %s" % (self.local(cell), text))

    def assigned(self, cell: int) -> None:
        """Lines that are to follow give a cell its value."""
        self.constants.pop(cell, None)
        self.displace(cell)

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

    def trap(self, one: Instr, condition: str) -> None:
        self.lines += ["if %s:" % condition, "    s[PC] = %d" % one.stub, "    return"]

    def spill(self, one: Instr) -> None:
        for cell in each(one.spilled):
            if cell in self.pending or cell in self.constants:
                self.lines.append("f[%d] = %s" % (cell, self.use(cell).text))
            else:
                self.lines.append("f[%d] = %s" % (cell, self.local(cell)))

    # instructions

    def instruction(self, one: Instr) -> None:
        name = one.name
        if name[:4] == "i32." and name[4:].startswith(("load", "store")) or name in ("i64.load", "i64.store"):
            access(self, one)
        elif name in INLINE:
            self.inline64(one)
        elif name[:4] == "i32.":
            self.numeric(one, name[4:])
        elif name in _PLAIN:
            _PLAIN[name](self, one)
        else:
            raise Unfit(name)

    def right(self, one: Instr, named: bool = False) -> Value:
        if one.value is not None:
            return self.words.constant(one.value)
        return self.named(one.c) if named else self.use(one.c)

    def numeric(self, one: Instr, name: str) -> None:
        words = self.words
        if "i32." + name in semantics.UNARY:
            body = semantics.UNARY["i32." + name]
            x = self.use(one.b)
            if isinstance(body, str):  # sign extensions
                text = re.sub(r"\bx\b", lambda _: x.text, body[4:])
                self.define(one.a, x.with_text("(%s)" % text, words.bits == 32))
                return
            self.statements(one, body, x, None)
            return
        if name[:3] in ("div", "rem"):
            y = self.right(one)
            if name[-1] == "u" and y.number and y.number < 1 << 31:
                self.divide(one, name, self.use(one.b), y)
            else:
                self.statements(one, semantics.ALU["i32." + name], self.use(one.b), y)
            return
        same = one.value is None and one.b == one.c
        x = self.named(one.b) if same or name in _SHIFTS else self.use(one.b)
        y = self.right(one, same or name in _SHIFTS)
        ranges = self.spans.operands[self.at]
        if name in _COMPARISONS:
            self.define(one.a, words.compare(name, x, y, is_positive(*ranges)))
        else:
            self.define(one.a, words.binary(name, x, y, is_exact(name, *ranges, words.is_negative(y))))

    def divide(self, one: Instr, name: str, x: Value, y: Value) -> None:
        """Unsigned division by a constant that has no highest bit."""
        if self.words.bits == 64 or is_positive(*self.spans.operands[self.at]):
            sign = "//" if name == "div_u" else "%"
            text = "(%s %s %s)" % (self.words.clean(x), sign, y.text)
            self.define(one.a, joined(text, True, x))
            return
        # Halved, the dividend is positive; the quotient is then right or one too small.
        self.lines += ["x = %s" % x.text, "r = (int(uint(x) >> 1) // %s) << 1" % y.text]
        self.lines += ["if uint(x - r * %s) >= uint(%s):" % (y.text, y.text), "    r += 1"]
        if name == "rem_u":
            self.lines.append("r = x - r * %s" % y.text)
        self.assigned(one.a)
        self.lines.append("%s = r" % self.local(one.a))

    def statements(self, one: Instr, body: list[str], x: Value, y: Value | None) -> None:
        """A template of semantics.py, whose operands are ``x`` and ``y``."""
        self.lines.append("x = %s" % self.words.clean(x))
        if y is not None:
            self.lines.append("y = %s" % self.words.clean(y))
        for line in self.words.expand(body):
            text = line.lstrip()
            if text.startswith("trap("):
                space = line[: len(line) - len(text)]
                kind = isa.TRAPS.index(text[5:-1])
                self.lines += [space + "s[PC] = %d" % (one.stub + 4 * (kind == 3)), space + "return"]
            else:
                self.lines.append(line)
        self.assigned(one.a)
        self.lines.append("%s = %s" % (self.local(one.a), self.words.clean(Value("r", clean=False))))

    def move(self, one: Instr) -> None:
        self.define(one.a, self.use(one.b))

    def move2(self, one: Instr) -> None:
        if one.a == one.b + 1:  # the halves overlap
            self.define(one.a + 1, self.use(one.b + 1))
            self.define(one.a, self.use(one.b))
            return
        for i in range(2):
            self.define(one.a + i, self.use(one.b + i))

    def constant(self, one: Instr) -> None:
        for i, _ in enumerate(each(one.writes)):
            self.define(one.a + i, self.words.constant((one.value or 0) >> 32 * i))

    def select(self, one: Instr) -> None:
        x, y, c = self.named(one.b), self.named(one.c), self.named(one.value or 0)
        target = self.local(one.a)
        self.lines.append("x = %s" % self.words.clean(y))
        self.lines += ["if %s:" % self.words.clean(c), "    x = %s" % self.words.clean(x)]
        self.assigned(one.a)
        self.lines.append("%s = x" % target)

    def global_get(self, one: Instr) -> None:
        self.define(one.a, Value("g[%d]" % one.value, variables=True))

    def global_set(self, one: Instr) -> None:
        value = self.use(one.a)
        self.flush_if(variables=True)
        self.lines.append("g[%d] = %s" % (one.value, value.text))

    def kernel(self, one: Instr) -> None:
        if one.leaves:
            self.out(one)
            return
        self.spill(one)
        self.function.kernels.add(one.group)
        call = "q%d(token, 0, ctx)" % one.group
        self.lines += ["s[PC] = %d" % one.stub, "s[ARG] = 0", call, "if s[ARG]:", "    return"]
        for cell in each(one.writes):
            self.assigned(cell)
            if self.cells.after[self.at] >> cell & 1:
                self.lines.append("%s = f[%d]" % (self.local(cell), cell))

    def inline64(self, one: Instr) -> None:
        lines, results = INLINE[one.name](self, one)
        self.lines += lines
        for i, text in enumerate(results):
            self.assigned(one.a + i)
            if self.cells.after[self.at] >> (one.a + i) & 1:
                self.lines.append("%s = %s" % (self.local(one.a + i), text))

    def out(self, one: Instr) -> None:
        """Leaves it to the interpreter; the native code goes on behind it."""
        self.spill(one)
        self.lines += self.leave(one.stub)

    def result(self, one: Instr) -> None:
        if one.name == "return1":
            self.lines.append("f[0] = %s" % self.use(one.a).text)
        self.spill(one)
        self.lines.append("y = f[%d]" % one.value)

    def unreachable(self, one: Instr) -> None:
        self.lines += ["s[PC] = %d" % one.stub, "return"]

    def call(self, one: Instr) -> None:
        callee = self.function.module.taken.get(one.callee)
        if callee is None:
            self.out(one)
            return
        self.spill(one)
        step = 4 * one.value
        self.lines.append("x = int(f) + %d" % step)
        text = "uint(x + %d) > uint(limit)" if self.words.bits == 32 else "x + %d > limit"
        full = text % (4 * callee.size)
        metered = self.function.module.metered
        self.lines += ["if %s%s:" % ("not fuel or " if metered else "", full), *indent(self.leave(one.stub))]
        self.lines += [
            "f = ptr32(x)",
            "f[%d] = %d" % (callee.link, one.stub),
            "s[FP] += %d" % step,
            *(["fuel -= 1"] if metered else []),
            "st = %d" % callee.state,
        ]

    def indirect(self, one: Instr) -> None:
        index = self.named(one.a)
        self.spill(one)
        self.lines += ["x = %s" % self.words.clean(index), "y = %d" % one.stub, "st = 1"]

    def branch(self, one: Instr) -> tuple[str, str]:
        """The condition of a branch and its opposite."""
        if one.name == "br":
            return "", ""
        if one.name == "br_table":
            x = self.named(one.a)
            return self.words.clean(x), self.words.unsigned(x)
        if one.name in ("br_if", "br_if zero"):
            text = self.words.clean(self.use(one.a))
            return (text, "not " + text) if one.name == "br_if" else ("not " + text, text)
        name = one.name[6:]
        x = self.use(one.a)
        y = self.words.constant(one.value) if one.value is not None else self.use(one.b)
        positive = is_positive(*self.spans.operands[self.at])
        condition = self.words.condition
        return condition(name, x, y, positive), condition(OPPOSITE[name], x, y, positive)


_PLAIN = {
    "copy": Blocks.move,
    "copy2": Blocks.move2,
    "const": Blocks.constant,
    "const2": Blocks.constant,
    "select": Blocks.select,
    "global.get": Blocks.global_get,
    "global.set": Blocks.global_set,
    "kernel": Blocks.kernel,
    "call": Blocks.call,
    "call_import": Blocks.out,
    "call_indirect": Blocks.indirect,
    "return_call": Blocks.out,
    "return_call_indirect": Blocks.out,
    "return": Blocks.result,
    "return1": Blocks.result,
    "trap": Blocks.unreachable,
}
