"""Random tests take a part of their cases each day, so that each comes round; ``make soak`` takes all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

T = TypeVar("T")


def day() -> int:
    """The number of the day, which chooses the cases; ``WASM_DAY`` says another one."""
    return int(os.environ.get("WASM_DAY") or date.today().toordinal())


def of_the_day(cases: int, wanted: int) -> range:
    """``wanted`` of the numbers below ``cases``, or a few more, other ones each day until all were taken."""
    parts = max(cases // wanted, 1)
    part = day() % parts
    return range(cases * part // parts, cases * (part + 1) // parts)


def by_turns(choices: Sequence[T], at: int, wanted: int = 1) -> list[T]:
    """So many of the choices for the case of number ``at``; the next case, and the next day, begin one further."""
    return [choices[(day() + at + i) % len(choices)] for i in range(min(wanted, len(choices)))]
