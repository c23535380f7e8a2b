"""What is known of the numbers in cells: between which two they lie, and their low bits.

A :class:`Range` is a set of 32-bit words: those of an interval of integers, taken modulo 2**32, that are ``rest``
modulo ``2 ** bits``. So -1 to 3 is a range of five words, and neither signed nor unsigned.
"""

from __future__ import annotations

from dataclasses import dataclass

_WORD = 1 << 32
_HALF = 1 << 31


@dataclass(frozen=True)
class Range:
    """The integers ``low`` to ``high``, fewer than 2**32 of them, from -2**31 <= low < 2**31."""

    low: int
    high: int
    bits: int = 0
    rest: int = 0

    @property
    def number(self) -> int | None:
        """The word from 0 to 2**32 - 1, where there is only one."""
        return self.low % _WORD if self.low == self.high else None

    @property
    def unsigned(self) -> tuple[int, int]:
        """The least and the greatest, as numbers without a sign."""
        if self.low >= 0:
            return (self.low, self.high) if self.high < _WORD else (0, _WORD - 1)
        return (self.low + _WORD, self.high + _WORD) if self.high < 0 else (0, _WORD - 1)

    @property
    def signed(self) -> tuple[int, int]:
        return (self.low, self.high) if self.high < _HALF else (-_HALF, _HALF - 1)

    def plus(self, other: Range) -> Range:
        bits = min(self.bits, other.bits)
        return made(self.low + other.low, self.high + other.high, bits, self.rest + other.rest)

    def minus(self, other: Range) -> Range:
        bits = min(self.bits, other.bits)
        return made(self.low - other.high, self.high - other.low, bits, self.rest - other.rest)

    def shifted(self, by: int) -> Range:
        return made(self.low << by, self.high << by, min(self.bits + by, 32), self.rest << by)

    def times(self, other: Range) -> Range:
        for one, factor in ((self, other.number), (other, self.number)):
            if factor is not None:
                zeros = (factor & -factor).bit_length() - 1 if factor else 32
                low, high = one.unsigned
                return made(low * factor, high * factor, min(one.bits + zeros, 32), one.rest * factor)
        bits = min(self.bits, other.bits)
        high = self.unsigned[1] * other.unsigned[1]
        return made(self.unsigned[0] * other.unsigned[0], high, bits, self.rest * other.rest)

    def join(self, other: Range) -> Range:
        """A range that holds all of both."""
        differ = (self.rest ^ other.rest) & (_WORD - 1)
        bits = min(self.bits, other.bits, (differ & -differ).bit_length() - 1 if differ else 32)
        return made(min(self.low, other.low), max(self.high, other.high), bits, self.rest)

    def within(self, low: int, high: int, signed: bool) -> Range:
        """What is from ``low`` to ``high`` as a number with or without a sign; all of it if nothing is."""
        mine = self.signed if signed else self.unsigned
        low, high = max(low, mine[0]), min(high, mine[1])
        return made(low, high, self.bits, self.rest) if low <= high else self

    def without(self, number: int) -> Range:
        """The same but for one word, which can be left out at an end."""
        step = 1 << self.bits
        if (self.low - number) % _WORD == 0 and self.low < self.high:
            return made(self.low + step, self.high, self.bits, self.rest)
        if (self.high - number) % _WORD == 0 and self.low < self.high:
            return made(self.low, self.high - step, self.bits, self.rest)
        return self


ANY = Range(-_HALF, _HALF - 1)
TRUTH = Range(0, 1)


def made(low: int, high: int, bits: int, rest: int) -> Range:
    """The range of the words of an interval of any integers."""
    step = 1 << bits
    rest %= step
    low += (rest - low) % step
    high -= (high - rest) % step
    if high - low >= _WORD or high < low:
        low, high = -_HALF, _HALF - 1
        low += (rest - low) % step
        high -= (high - rest) % step
    turn = (low + _HALF) // _WORD * _WORD
    return Range(low - turn, high - turn, bits, rest)


def exactly(number: int) -> Range:
    return made(number, number, 32, number)


def computed(name: str, x: Range, y: Range) -> Range:
    """The result of an instruction ``i32.`` + ``name`` on any of ``x`` and of ``y``."""
    by = y.number
    if name == "add":
        return x.plus(y)
    if name == "sub":
        return x.minus(y)
    if name == "mul":
        return x.times(y)
    if name == "and":
        zeros = max(_zeros(x), _zeros(y))
        return made(0, min(x.unsigned[1], y.unsigned[1]), zeros, 0)
    if name in ("or", "xor"):
        top = (1 << max(x.unsigned[1], y.unsigned[1]).bit_length()) - 1
        bits = min(x.bits, y.bits)
        rest = x.rest | y.rest if name == "or" else x.rest ^ y.rest
        return made(max(x.unsigned[0], y.unsigned[0]) if name == "or" else 0, top, bits, rest)
    if name == "shl" and by is not None:
        return x.shifted(by & 31)
    if name == "shr_u" and by is not None:
        return made(x.unsigned[0] >> (by & 31), x.unsigned[1] >> (by & 31), 0, 0)
    if name == "shr_s" and by is not None:
        return made(x.signed[0] >> (by & 31), x.signed[1] >> (by & 31), 0, 0)
    if name == "div_u" and by:
        return made(x.unsigned[0] // by, x.unsigned[1] // by, 0, 0)
    if name == "rem_u" and by:
        return made(0, min(by - 1, x.unsigned[1]), 0, 0)
    if name in _COMPARISONS:
        return TRUTH
    return ANY


def is_exact(name: str, x: Range, y: Range, negative: bool) -> bool:
    """Whether the result on numbers without a sign needs no cutting to 32 bits. ``negative`` is whether ``y`` is
    written with a sign."""
    if name == "add" and negative:
        return x.unsigned[0] >= _WORD - y.unsigned[0]
    if name == "add":
        return x.unsigned[1] + y.unsigned[1] < _WORD
    if name == "sub":
        return x.unsigned[0] >= y.unsigned[1]
    if name == "mul":
        return x.unsigned[1] * y.unsigned[1] < _WORD
    return name == "shl" and y.number is not None and x.unsigned[1] << (y.number & 31) < _WORD


def is_positive(x: Range, y: Range) -> bool:
    """Whether both are the same numbers with a sign and without."""
    return x.unsigned[1] < _HALF and y.unsigned[1] < _HALF


def holds(name: str, x: Range, y: Range) -> Range:
    """Those of ``x`` for which a comparison with one of ``y`` may hold."""
    low, high = y.signed if name[-1] == "s" else y.unsigned
    signed = name[-1] == "s"
    if name == "eq":
        return x.within(*y.signed, True) if y.number is not None and y.low < 0 else x.within(low, high, False)
    if name == "ne":
        return x.without(y.number) if y.number is not None else x
    if name[:2] == "lt":
        return x.within(-_HALF if signed else 0, high - 1, signed)
    return x.within(low, _HALF - 1 if signed else _WORD - 1, signed)


def _zeros(one: Range) -> int:
    """How many of the low bits are known to be zero."""
    if not one.rest:
        return one.bits
    return (one.rest & -one.rest).bit_length() - 1


_COMPARISONS = ("eq", "ne", "lt_s", "ge_s", "lt_u", "ge_u")
OPPOSITE = {"eq": "ne", "ne": "eq", "lt_s": "ge_s", "ge_s": "lt_s", "lt_u": "ge_u", "ge_u": "lt_u"}
