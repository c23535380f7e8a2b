"""The benchmarks: modules in guests/, the same algorithms as plain MicroPython in plain/ and, where that is
natural, by hand in viper/; what they must give.

``manifest.json`` tells for each the type it computes with and two cases: the argument of its function ``run``,
the result, and how many Wasm instructions that takes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
GUESTS = HERE / "guests"
PLAIN = HERE / "plain"
VIPER = HERE / "viper"

SETS = ("small", "large")


@dataclass(frozen=True)
class Case:
    """What ``run`` is called with, and what it must give: both i32. ``instructions`` are Wasm's."""

    argument: int
    result: int
    instructions: int


@dataclass(frozen=True)
class Benchmark:
    """``numbers`` is the Wasm type that it computes with; ``cases`` are by the names in SETS."""

    name: str
    numbers: str
    cases: dict[str, Case]

    @property
    def module(self) -> bytes:
        """The binary module, which exports ``run``."""
        return (GUESTS / f"{self.name}.wasm").read_bytes()

    @property
    def has_c(self) -> bool:
        """Whether its source is C."""
        return (GUESTS / f"{self.name}.c").exists()

    @property
    def is_integer(self) -> bool:
        return self.numbers[0] == "i"


def load() -> list[Benchmark]:
    """All benchmarks, by name."""
    entries = json.loads((GUESTS / "manifest.json").read_text())
    return [
        Benchmark(name, entry["numbers"], {size: Case(**entry[size]) for size in SETS})
        for name, entry in sorted(entries.items())
    ]
