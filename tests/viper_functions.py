"""Random functions of viper like those that the interpreter, the kernels and the native tier are made of, and each
again in Python, as a model of what it comes to. A seed is a function; viper_machines.py runs them.

They have words and pointers to memory, few of them in registers, up to some 200 locals; indices that are constants
and others; shifts, comparisons with and without sign, trees of ``if``, loops that are left from within; calls of
viper, of Python and by what a list holds. Some are longer than short branches reach. They use no more than the
generators do: indices up to 255 elements and none below zero, literals of 30 bits, addresses that are aligned,
dividends that are positive (one near the lowest number overflows where MicroPython divides), and no ``~`` within
an expression.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

_FARTHEST = 255  # elements that a constant index is from a pointer
_LITERAL = 1 << 29
_KINDS = {"p8": 1, "p16": 2, "p32": 4}  # pointers to memory: bytes of an element
_RARE = 40  # one function in so many is long, and one has many locals

# What every module has. ``mix`` is called by name and as an object, ``note`` is Python.
_COMMON = '''\
import micropython
@micropython.viper
def mix(x: int, y: int) -> int:
    return (x ^ (y << 3)) + (y >> 2)
@micropython.viper
def bump(p: ptr8, x: int):
    if not x:
        return
    p[7] = p[7] + x
@micropython.viper
def keep(p: ptr8, call, memory, x: int) -> int:
    before = p[9]
    try:
        x = int(call(memory, x))
    finally:
        p[9] = before + 1
    return x
def note(memory, x):
    memory[5] = memory[5] ^ x & 255
    return memory[5] - 100
@micropython.viper
def digest(p: ptr8) -> int:
    """Of all that is in memory."""
    total = i = 0
    while i < 1024:
        total = (total * 31 + p[i]) & 0xFFFFFF
        i += 1
    return total
'''


@dataclass(frozen=True)
class Text:
    """An expression in viper, and in the model's Python where all values are words with a sign."""

    viper: str
    model: str


class Function:
    """One function as two texts, which grow line by line."""

    def __init__(self, seed: int) -> None:
        self.name = f"f{seed}"
        self.random = random.Random(seed)
        self.viper: list[str] = []
        self.model: list[str] = []
        self.loops = 0
        self.left = 0  # statements that it may have yet
        self.depth = 1
        self.words = ["a", "b"]
        self._write(seed)

    def _write(self, seed: int) -> None:
        chance = self.random
        many, long = seed % _RARE == 1, seed % _RARE == 2
        self.left = chance.randrange(300, 700) if long else chance.randrange(5, 40)
        locals_ = chance.randrange(120, 190) if many else chance.randrange(1, 14)
        kinds = {"a": "int", "b": "int", "p8": "ptr8", "p16": "ptr16", "p32": "ptr32"}
        parameters = chance.sample(sorted(kinds), 3)
        self.arguments = [name if name in ("a", "b") else "memory" for name in parameters]
        listed = ", ".join(f"{name}: {kinds[name]}" for name in parameters)
        self.viper += ["@micropython.viper", f"def {self.name}({listed}, ctx) -> int:"]
        self.model += [f"def {self.name}(a, b):", "    p8 = p16 = p32 = 0"]
        rest = [name for name in kinds if name not in parameters]
        chance.shuffle(rest)
        for name in rest:
            number = {"a": 3, "b": 4}.get(name, 0)
            self.line(f"{name} = {kinds[name]}(ctx[{number}])", "pass")
        names = [f"v{i}" for i in range(locals_)]
        self.both(" = ".join([*names[:5], str(chance.randrange(9))]))
        for name in names[5:]:
            self.both(f"{name} = {chance.randrange(-9, 9)}")
        self.words += names
        self.line("mixes = ctx[1]", "pass")
        while self.left > 0:
            self.block(chance.randrange(1, 4))
        total = Text("0", "0")
        for i, name in enumerate(self.words):
            total = Text(f"{total.viper} ^ {name} * {2 * i + 3}", f"{total.model} ^ w({name} * {2 * i + 3})")
        self.line(f"return {total.viper}", f"return w({total.model})")

    def line(self, viper: str, model: str) -> None:
        indent = "    " * self.depth
        self.viper.append(indent + viper)
        self.model.append(indent + model)

    def both(self, text: str) -> None:
        self.line(text, text)

    # statements

    def block(self, nested: int) -> None:
        """A few statements, with blocks in them that are nested so deeply at most."""
        chance = self.random
        for _ in range(chance.randrange(2, 6) if self.left > 0 else 1):
            self.left -= 1
            kinds = [self.assign, self.assign, self.assign, self.store, self.store, self.point, self.call]
            if nested and self.left > 0:
                kinds += [self.branch, self.branch, self.tree, self.loop, self.loop]
            chance.choice(kinds)(nested - 1)

    def within(self, nested: int) -> None:
        self.depth += 1
        self.block(nested)
        self.depth -= 1

    def assign(self, nested: int) -> None:
        chance = self.random
        name, value = chance.choice(self.words), self.word(chance.randrange(1, 5))
        how = chance.random()
        if how < 0.2:
            op = chance.choice("+-*&|^")
            self.line(f"{name} {op}= {value.viper}", f"{name} = w({name} {op} {value.model})")
        elif how < 0.3:
            other = chance.choice(self.words)
            self.line(f"{name} = {other} = {value.viper}", f"{name} = {other} = {value.model}")
        elif how < 0.4:
            # Nothing waits while it inverts: on Xtensa that would be lost.
            self.line(f"{name} = ~{value.viper}", f"{name} = ~{value.model}")
        else:
            self.line(f"{name} = {value.viper}", f"{name} = {value.model}")

    def store(self, nested: int) -> None:
        chance = self.random
        place, size, base, index = self.place()
        value = self.word(chance.randrange(1, 4))
        target = f"{size}, {base}, {index}"
        if chance.random() < 0.25:
            op = chance.choice("+-^|")
            self.line(f"{place} {op}= {value.viper}", f"store({target}, w(load({target}) {op} {value.model}))")
        else:
            self.line(f"{place} = {value.viper}", f"store({target}, {value.model})")

    def point(self, nested: int) -> None:
        """A local that is a pointer into memory, and a load by it."""
        size, base = self.random.choice((1, 2, 4)), self.random.choice(sorted(_KINDS))
        name, offset = f"q{size}", self.offset(size)
        self.line(f"{name} = ptr{8 * size}(int({base}) + {offset.viper})", f"{name} = {offset.model}")
        index, word = self.random.randrange(32), self.random.choice(self.words)
        self.line(f"{word} = {name}[{index}]", f"{word} = load({size}, {name}, {index})")

    def call(self, nested: int) -> None:
        chance = self.random
        x, y, name = self.word(1), self.word(2), chance.choice(self.words)
        match chance.randrange(5):
            case 0:
                self.line(f"{name} = int(mix({x.viper}, {y.viper}))", f"{name} = mix({x.model}, {y.model})")
            case 1:
                self.line(f"{name} = int(mixes({x.viper}, {y.viper}))", f"{name} = mix({x.model}, {y.model})")
            case 2:
                self.line(f"{name} = int(ctx[2](ctx[0], {x.viper}))", f"{name} = note(memory, {x.model})")
            case 3:
                self.line(f"bump(p8, {x.viper})", f"store(1, 0, 7, load(1, 0, 7) + {x.model})")
            case 4:
                value = f"{name} = int(keep(p8, ctx[2], ctx[0], {x.viper}))"
                self.line(value, f"{name} = note(memory, {x.model}); store(1, 0, 9, load(1, 0, 9) + 1)")

    def branch(self, nested: int) -> None:
        condition = self.condition()
        self.line(f"if {condition.viper}:", f"if {condition.model}:")
        self.within(nested)
        if self.random.random() < 0.3:
            other = self.condition()
            self.line(f"elif {other.viper}:", f"elif {other.model}:")
            self.within(nested)
        how = self.random.random()
        if how < 0.5:
            self.both("else:")
            self.within(nested)
        elif how < 0.6:
            self.both("else:")
            self.depth += 1
            self.both("pass")
            self.depth -= 1

    def tree(self, nested: int) -> None:
        """The interpreter's way to one of many cases, by the bits of a word."""
        name = self.random.choice(self.words)

        def node(bit: int) -> None:
            if not bit:
                self.assign(0)
                return
            self.both(f"if {name} & {bit}:")
            for last in (False, True):
                self.depth += 1
                node(bit >> 1)
                self.depth -= 1
                if not last:
                    self.both("else:")

        node(self.random.choice((2, 4, 8)))

    def loop(self, nested: int) -> None:
        chance = self.random
        count = f"n{self.loops}"
        self.loops += 1
        how = chance.random()
        if how < 0.3:
            times = chance.choice(("3", f"{chance.choice(self.words)} & 3"))
            self.both(f"for {count} in range({times}):")
            self.depth += 1
            self.both(f"{chance.choice(self.words)} ^= {count}")
        else:
            self.both(f"{count} = {chance.randrange(1, 5)}")
            self.both("while True:" if how < 0.6 else f"while {count}:")
            self.depth += 1
            if how < 0.6:
                self.only_if(Text(f"not {count}", f"not {count}"), "break")
            self.both(f"{count} -= 1")
        self.block(nested)
        if chance.random() < 0.5:
            self.only_if(self.condition(), chance.choice(("break", "continue")))
            self.block(0)
        self.depth -= 1
        if how > 0.6 and chance.random() < 0.3:
            self.both("else:")
            self.within(0)

    def only_if(self, condition: Text, what: str) -> None:
        self.line(f"if {condition.viper}:", f"if {condition.model}:")
        self.depth += 1
        self.both(what)
        self.depth -= 1

    # expressions

    def offset(self, size: int) -> Text:
        """Bytes into memory, a multiple of ``size``, and less than what is left for a near index behind them."""
        name = self.random.choice(self.words)
        shift = size.bit_length() - 1
        text = f"(({name} & 127) << {shift})" if shift else f"({name} & 127)"
        return Text(text, text)

    def place(self) -> tuple[str, int, str, str]:
        """What lies in memory, and for the model: the bytes of it, its pointer's offset, and its index."""
        chance = self.random
        kind = chance.choice(sorted(_KINDS))
        size = _KINDS[kind]
        how = chance.random()
        if how < 0.4:
            index = chance.choice((chance.randrange(4), chance.randrange(40), chance.randrange(_FARTHEST + 1)))
            return f"{kind}[{index}]", size, "0", str(index)
        if how < 0.7:
            name = chance.choice(self.words)
            index_text = chance.choice((f"{name} & 127", f"({name} & 63) + 9", f"({name} >> 5) & 127"))
            return f"{kind}[{index_text}]", size, "0", index_text
        base, offset, near = chance.choice(sorted(_KINDS)), self.offset(size), chance.randrange(32)
        return f"ptr{8 * size}(int({base}) + {offset.viper})[{near}]", size, offset.model, str(near)

    def leaf(self) -> Text:
        """A word that is no literal: mpy-cross would calculate with those, and might come to large ones."""
        chance = self.random
        if chance.random() < 0.2:
            place, size, base, index = self.place()
            return Text(place, f"load({size}, {base}, {index})")
        name = chance.choice(self.words)
        return Text(name, name)

    def literal(self) -> Text:
        most = self.random.choice((40, 3000, 70_000, _LITERAL))
        number = self.random.randrange(-most, most)
        text = f"({number})" if number < 0 else str(number)
        return Text(text, text)

    def word(self, depth: int) -> Text:
        """An expression of words that is made of others so many times at most."""
        chance = self.random
        if depth <= 0 or chance.random() < 0.15:
            return self.leaf()
        x = self.word(depth - 1)
        y = self.literal() if chance.random() < 0.3 else self.word(depth - 2)
        by = str(chance.randrange(32)) if chance.random() < 0.6 else f"({chance.choice(self.words)} & 31)"
        match chance.randrange(14):
            case 0 | 1 | 2 | 3 | 4 | 5:
                op = chance.choice("++--*&|^")
                return Text(f"({x.viper} {op} {y.viper})", f"w({x.model} {op} {y.model})")
            case 6:
                return Text(f"({x.viper} << {by})", f"w({x.model} << {by})")
            case 7:
                return Text(f"({x.viper} >> {by})", f"({x.model} >> {by})")
            case 8:
                return Text(f"int(uint({x.viper}) >> {by})", f"w(u({x.model}) >> {by})")
            case 9:
                condition = self.comparison(x, y)
                return Text(f"int({condition.viper})", f"int({condition.model})")
            case 10:
                op, by = chance.choice(("//", "%")), str(chance.randrange(1, 1000))
                return Text(f"(int(uint({x.viper}) >> 1) {op} {by})", f"((u({x.model}) >> 1) {op} {by})")
            case 11:
                sign = chance.choice((0x80, 0x8000))
                text = f"((({{}} & {2 * sign - 1}) ^ {sign}) - {sign})"
                return Text(text.format(x.viper), text.format(x.model))
            case 12:
                return Text(f"(-{x.viper})", f"w(-{x.model})")
            case _:
                condition, other = self.comparison(self.leaf(), self.literal()), self.leaf()
                return Text(f"({x.viper} if {condition.viper} else {other.viper})",
                            f"({x.model} if {condition.model} else {other.model})")

    def comparison(self, x: Text, y: Text) -> Text:
        op = self.random.choice(("<", "<=", ">", ">=", "==", "!="))
        if self.random.random() < 0.4:
            return Text(f"uint({x.viper}) {op} uint({y.viper})", f"u({x.model}) {op} u({y.model})")
        return Text(f"{x.viper} {op} {y.viper}", f"{x.model} {op} {y.model}")

    def condition(self) -> Text:
        chance = self.random
        x, y = self.word(2), self.literal() if chance.random() < 0.4 else self.word(1)
        match chance.randrange(6):
            case 0:
                return Text(x.viper, x.model)
            case 1:
                return Text(f"not ({x.viper} ^ {y.viper})", f"not ({x.model} ^ {y.model})")
            case 2:
                every = [self.comparison(x, y)]
                every += [self.comparison(self.leaf(), self.word(1)) for _ in range(chance.randrange(1, 4))]
                op = chance.choice((" and ", " or "))
                return Text(op.join(one.viper for one in every), op.join(one.model for one in every))
        return self.comparison(x, y)


def source(seeds: Sequence[int]) -> str:
    """A module of functions; ``every`` has their names and how to call them."""
    functions = [Function(seed) for seed in seeds]
    lines = [line for function in functions for line in function.viper]
    every = [f"    ({one.name!r}, lambda memory, a, b, ctx: {one.name}({', '.join(one.arguments)}, ctx)),"
             for one in functions]
    return "\n".join([_COMMON, *lines, "every = (", *every, ")"]) + "\n"
