"""How far an access may reach: the locals that tell it, and what is in bounds in any case."""

from __future__ import annotations

_MOST_ENDS = 8  # that have a local each; more share some
_SHORT = 64


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
