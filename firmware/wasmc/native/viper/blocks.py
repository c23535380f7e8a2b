"""Writes the straight code of a function's blocks as viper, one instruction after another."""

from __future__ import annotations

from ...image import isa
from ...interpreter import semantics
from ...interpreter.weave import indent
from ..analysis.bounds import step
from ..analysis.code import Instr, Unfit, each
from ..analysis.ranges import ANY, OPPOSITE, is_exact, is_positive
from .accesses import access
from .i64 import INLINE
from .values import Value, joined
from .writer import Writer, refuel

_SHIFTS = ("rotl", "rotr")
_COMPARISONS = ("eq", "ne", "lt_s", "ge_s", "lt_u", "ge_u")


class Blocks(Writer):
    """The code of the blocks of one function."""

    def write(self, number: int) -> tuple[list[str], str, str]:
        """A block's lines, and for one that branches its condition and the opposite (or its index, twice)."""
        block = self.flow.blocks[number]
        self.begin(number)
        ends = ("", "")
        first = self.flow.code[block.start]
        apart = number not in self.flow.loops  # structure.py meters loops
        if first.back and apart and self.function.module.metered:
            self.lines += ["if not fuel:", *indent(refuel(self.function, number)), "fuel -= 1"]
        self.place(first)
        for cell in each(self.cells.live[number]):
            self.claim(cell, self.spans.begins[number].get(cell, ANY))
        for at in range(block.start, block.end):
            self.at, self.end = at, block.end
            one = self.flow.code[at]
            self.place(one)
            if at in self.spans.operands and not self.cells.needless(at):
                self.claim_operands(one)
            if one.targets:
                ends = self.branch(one)
            elif not self.cells.needless(at):
                self.instruction(one)
                self.contents.step()
                step(one, self.checked)
        return self.lines, *ends

    def instruction(self, one: Instr) -> None:
        name = one.name
        if one.accesses:
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
        if name[:6] == "extend":
            self.define(one.a, words.extended(self.use(one.b), 8 if name == "extend8_s" else 16))
            return
        if "i32." + name in semantics.UNARY:
            self.statements(one, semantics.UNARY["i32." + name], self.use(one.b), None)
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
        if x.number is not None and y.number is not None:
            number = x.number // y.number if name == "div_u" else x.number % y.number
            self.define(one.a, self.words.constant(number))
            return
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
        self.contents.assign(one.a, Value("r"))

    def statements(self, one: Instr, body: str | list[str], x: Value, y: Value | None) -> None:
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
        self.contents.assign(one.a, Value("r", clean=False))

    def move(self, one: Instr) -> None:
        self.define(one.a, self.use(one.b))

    def move2(self, one: Instr) -> None:
        if one.a == one.b + 1:  # the halves overlap
            self.define(one.a + 1, self.use(one.b + 1))
            self.define(one.a, self.use(one.b))
            return
        for i in range(2):
            self.define(one.a + i, self.use(one.b + i))

    def keep(self, one: Instr) -> None:
        self.lines.append("f[%d] = %s" % (one.a, self.words.constant(one.value or 0).text))

    def constant(self, one: Instr) -> None:
        for i, _ in enumerate(each(one.writes)):
            self.define(one.a + i, self.words.constant((one.value or 0) >> 32 * i))

    def select(self, one: Instr) -> None:
        x, y, c = self.named(one.b), self.named(one.c), self.named(one.value or 0)
        self.lines.append("x = %s" % self.words.clean(y))
        self.lines += ["if %s:" % self.words.clean(c), "    x = %s" % self.words.clean(x)]
        self.contents.assign(one.a, Value("x"))

    def global_get(self, one: Instr) -> None:
        self.define(one.a, Value("g[%d]" % one.value, variables=True))

    def global_set(self, one: Instr) -> None:
        value = self.use(one.a)
        self.contents.write_globals()
        self.lines.append("g[%d] = %s" % (one.value, value.text))

    def kernel(self, one: Instr) -> None:
        if one.leaves:
            self.out(one)
            return
        self.spill(one)
        if one.is_bulk:
            self.contents.write_loads()
        self.function.kernels.add(one.group)
        call = "q%d(token, 0, ctx)" % one.group
        self.lines += ["s[PC] = %d" % one.stub, "s[ARG] = 0", call, "if s[ARG]:", "    return"]
        for cell in each(one.writes):
            self.assign_if_read(cell, "f[%d]" % cell)

    def inline64(self, one: Instr) -> None:
        lines, results = INLINE[one.name](self, one)
        self.lines += lines
        for i, text in enumerate(results):
            self.assign_if_read(one.a + i, text)

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
    "keep": Blocks.keep,
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
