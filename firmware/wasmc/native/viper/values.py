"""Expressions of viper for what image instructions compute, for words of 32 and of 64 bits.

Cells are kept in locals as numbers from 0 to 2**32 - 1 where words have 64 bits; an expression may come to
more, of which the low 32 bits count, until :meth:`Words.clean` cuts it. Words of 32 bits hold nothing else.
``m`` is the mask of the low 32 bits, ``sign`` their highest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...interpreter.weave import expand

HALF = "h"  # the local with 16, the bits of a part of a constant

def _signed(x: int) -> int:
    return x - (x >> 31 << 32)


_FOLD: dict[str, Callable[[int, int], int]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "and": lambda x, y: x & y,
    "or": lambda x, y: x | y,
    "xor": lambda x, y: x ^ y,
    "shl": lambda x, y: x << (y & 31),
    "shr_u": lambda x, y: x >> (y & 31),
    "shr_s": lambda x, y: _signed(x) >> (y & 31),
    "rotl": lambda x, y: x << (y & 31) | x >> (-y & 31),
    "rotr": lambda x, y: x >> (y & 31) | x << (-y & 31),
}


@dataclass
class Value:
    """An expression. ``reads`` is the set of cells whose locals it names."""

    text: str
    reads: int = 0
    clean: bool = True
    memory: bool = False  # whether it reads linear memory, and so can't move behind a store
    variables: bool = False  # whether it reads globals
    number: int | None = None  # where it is a constant
    simple: bool = False  # whether to write it twice costs no more than a local

    def with_text(self, text: str, clean: bool = False) -> Value:
        return Value(text, self.reads, clean, self.memory, self.variables)


def joined(text: str, clean: bool, *parts: Value) -> Value:
    """An expression that is made of others."""
    reads = 0
    for part in parts:
        reads |= part.reads
    return Value(text, reads, clean, any(p.memory for p in parts), any(p.variables for p in parts))


def parts(number: int) -> list[int]:
    """The halves of 16 bits of a number without a sign, the highest first."""
    return [number >> at & 0xFFFF for at in range(max(number.bit_length() - 1, 0) // 16 * 16, -1, -16)]


class Words:
    """Makes expressions for one width of words. Large constants come from ``pool``: value -> name.

    There is ``room`` for so many of them, more are put together where they are used (``beyond_pool``).
    """

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.pool: dict[int, str] = {}
        self.room = 0
        self.beyond_pool = False

    def constant(self, value: int) -> Value:
        value &= 0xFFFFFFFF
        signed = value - (value >> 31 << 32)
        if -(1 << 30) <= signed < 1 << 30:  # what viper has literals for
            text = str(signed) if signed >= 0 else "(%d)" % signed
            return Value(text, clean=signed >= 0 or self.bits == 32, number=value, simple=True)
        return self.pooled(value)

    def pooled(self, value: int) -> Value:
        """A constant that is no literal: what the compiler would fold might be too large for it."""
        if value in self.pool or len(self.pool) < self.room:
            return Value(self.pool.setdefault(value, "k%d" % len(self.pool)), number=value, simple=True)
        self.beyond_pool = True
        text, *others = map(str, parts(value))
        for part in others:
            text = "(%s << %s | %s)" % (text, HALF, part)
        return Value(text, number=value, simple=True)

    def clean(self, value: Value) -> str:
        """The text of a number from 0 to 2**32 - 1."""
        if self.bits == 32 or value.clean:
            return value.text
        if value.number is not None:
            return "(%s & m)" % value.text
        return "(%s & m)" % value.text

    def unsigned(self, value: Value) -> str:
        """The text of something that compares, divides and shifts as an unsigned number."""
        return "uint(%s)" % value.text if self.bits == 32 else self.clean(value)

    def signed(self, value: Value) -> str:
        """The text of the number that the 32 bits are with a sign."""
        if self.bits == 32:
            return value.text
        if value.number is not None:
            return self.constant(value.number).text if value.number < 1 << 30 or not value.clean else (
                "((%s ^ sign) - sign)" % value.text
            )
        return "((%s ^ sign) - sign)" % self.clean(value)

    def is_negative(self, value: Value) -> bool:
        """Whether a constant is added by subtracting its opposite."""
        return value.number is not None and value.number > 0xC0000000

    def binary(self, name: str, x: Value, y: Value, exact: bool) -> Value:
        """``i32.`` add, sub, mul, and, or, xor and shifts. ``exact``: of clean operands the result is clean."""
        narrow = self.bits == 32
        whole = narrow or (exact and x.clean and y.clean)
        if x.number is not None and y.number is not None:
            return self.constant(_FOLD[name](x.number, y.number))
        if name in ("add", "sub", "mul"):
            if name == "add" and self.is_negative(y):
                whole = narrow or (exact and x.clean)
                return joined("(%s - %d)" % (x.text, (1 << 32) - (y.number or 0)), whole, x)
            sign = {"add": "+", "sub": "-", "mul": "*"}[name]
            return joined("(%s %s %s)" % (x.text, sign, y.text), whole, x, y)
        if name == "and":
            return joined("(%s & %s)" % (x.text, y.text), narrow or x.clean or y.clean, x, y)
        if name in ("or", "xor"):
            text = "(%s %s %s)" % (x.text, "|" if name == "or" else "^", y.text)
            return joined(text, narrow or (x.clean and y.clean), x, y)
        by = str(y.number & 31) if y.number is not None else "(%s & 31)" % y.text
        if name == "shl":
            return joined("(%s << %s)" % (x.text, by), whole, x, y)
        if name == "shr_s":
            return joined("(%s >> %s)" % (self.signed(x), by), narrow, x, y)
        if name == "shr_u":
            text = "int(%s >> %s)" if narrow else "(%s >> %s)"
            return joined(text % (self.unsigned(x), by), True, x, y)
        assert x.simple, "a rotation names its operand twice"
        back = str(-y.number & 31) if y.number is not None else "(0 - %s & 31)" % y.text
        left, right = (by, back) if name == "rotl" else (back, by)
        text = "((%s << %s) | int(%s >> %s))" if narrow else "((%s << %s) | (%s >> %s))"
        return joined(text % (x.text, left, self.unsigned(x), right), narrow, x, y)

    def extended(self, x: Value, width: int) -> Value:
        """The low bits of ``x``, so many, with their sign."""
        sign = 1 << width - 1
        mask = 2 * sign - 1
        if x.number is not None:
            return self.constant(((x.number & mask) ^ sign) - sign)
        return x.with_text("(((%s & %d) ^ %d) - %d)" % (x.text, mask, sign, sign), self.bits == 32)

    def condition(self, name: str, x: Value, y: Value, positive: bool = False) -> str:
        """A text that is true where the comparison holds. ``positive``: no operand has its highest bit set."""
        if name in ("eq", "ne"):
            if y.number == 0:
                return ("not " if name == "eq" else "") + self.clean(x)
            if self.bits == 32 or y.number is None or y.clean:
                return ("not " if name == "eq" else "") + "(%s ^ %s)" % (self.clean(x), self.clean(y))
            return "%s %s %s" % (self.clean(x), "==" if name == "eq" else "!=", self.clean(y))
        sign = {"lt": "<", "ge": ">="}[name[:2]]
        if name[-1] == "u":
            return "%s %s %s" % (self.unsigned(x), sign, self.unsigned(y))
        if self.bits == 64 and positive:
            return "%s %s %s" % (self.clean(x), sign, self.clean(y))
        if self.bits == 64 and x.number is None and y.number is None:
            return "(%s ^ sign) %s (%s ^ sign)" % (self.clean(x), sign, self.clean(y))
        return "%s %s %s" % (self.signed(x), sign, self.signed(y))

    def compare(self, name: str, x: Value, y: Value, positive: bool = False) -> Value:
        """A comparison's result, 0 or 1."""
        if name == "eq":
            text = "int(%s == %s)" % (self.clean(x), self.clean(y))
        elif name == "ne":
            text = "int(%s != %s)" % (self.clean(x), self.clean(y))
        else:
            text = "int(%s)" % self.condition(name, x, y, positive)
        return joined(text, True, x, y)

    def expand(self, lines: str | list[str]) -> list[str]:
        """A template of interpreter/semantics.py for this width."""
        return expand(lines, self.bits)
