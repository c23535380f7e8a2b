"""What the compiler concludes of a program, and what it therefore leaves out: bounds, alignment, cuts to 32 bits.

A build for tests writes each conclusion into the code, where it is drawn: a number that contradicts one calls
``broken``, which raises AssertionError with the claim's words. Other builds contain nothing of that.
"""

from __future__ import annotations

from ..analysis.ranges import Range
from .values import Value, Words

_WORD = 1 << 32


class Claims:
    """Those of one module, here of an ordinary build, in which none is written. ``made`` has their words, which
    begin with the ``place`` in the module that is being written."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.made: list[str] = []
        self.place = ""

    def head(self) -> list[str]:
        """What the code's module begins with."""
        return []

    def within(self, value: Value, range_: Range) -> list[str]:
        """Lines that check a number against what is known of it."""
        return []

    def in_bounds(self, address: Value, end: int) -> list[str]:
        """Lines that check that the bytes from an address on, up to ``end`` behind it, are in bounds."""
        return []

    def aligned(self, address: Value, offset: int, unit: int) -> list[str]:
        """Lines that check that an address plus an offset is a multiple of ``unit``."""
        return []

    def clean(self, local: str) -> list[str]:
        """Lines that check that what is in a local is a number from 0 to 2**32 - 1."""
        return []


class Checked(Claims):
    """Those of a build for tests."""

    def head(self) -> list[str]:
        broken = ["def broken(claim):", "    raise AssertionError(_CLAIMS[claim])"]
        return ["_CLAIMS = %r" % (tuple(self.made),), *broken]

    def within(self, value: Value, range_: Range) -> list[str]:
        lines = []
        text = self.words.clean(value)
        if range_.high - range_.low < _WORD - 1:
            low, size = self._number(range_.low), self._number(range_.high - range_.low)
            away = "uint(%s - %s) > uint(%s)" if self.words.bits == 32 else "((%s - %s) & m) > %s"
            words = "%s is from %d to %d" % (text, range_.low, range_.high)
            lines += self._unless(away % (text, low, size), words)
        if range_.bits:
            mask, rest = self._number((1 << range_.bits) - 1), self._number(range_.rest)
            words = "%s is %d modulo %d" % (text, range_.rest, 1 << range_.bits)
            lines += self._unless("(%s ^ %s) & %s" % (text, rest, mask), words)
        return lines

    def in_bounds(self, address: Value, end: int) -> list[str]:
        text = self.words.clean(address)
        wide = "size < %d or %s > size - %d"
        narrow = "size < %d or uint(%s) > uint(size - %d)"
        beyond = (narrow if self.words.bits == 32 else wide) % (end, text, end)
        return self._unless(beyond, "%s + %d is in bounds" % (text, end))

    def aligned(self, address: Value, offset: int, unit: int) -> list[str]:
        text = self.words.clean(address)
        off = "(%s + %d) & %d" % (text, offset, unit - 1)
        return self._unless(off, "%s + %d is a multiple of %d" % (text, offset, unit))

    def clean(self, local: str) -> list[str]:
        if self.words.bits == 32:
            return []
        return self._unless("%s < 0 or %s > m" % (local, local), "%s has 32 bits" % local)

    def _number(self, number: int) -> str:
        return self.words.pooled(number % _WORD).text

    def _unless(self, wrong: str, words: str) -> list[str]:
        self.made.append("%s: %s" % (self.place, words))
        return ["if %s:" % wrong, "    broken(%d)" % (len(self.made) - 1)]
