"""The times of the versions of a benchmark somewhere; every result is checked."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.places import BenchError, Place
from tests.bench.suite import Benchmark, Case

_NEAR = 1e-3  # of a result that boards compute in single precision


@dataclass(frozen=True)
class Measurement:
    """The shortest times of the versions of one benchmark by label, in microseconds."""

    benchmark: Benchmark
    case: Case
    times: dict[str, int]

    def ratio(self, slow: str, fast: str) -> float | None:
        """How many times as fast as one version another one is, None where one of them is missing."""
        if slow not in self.times or fast not in self.times:
            return None
        return self.times[slow] / self.times[fast]


def measure(benchmark: Benchmark, case: Case, place: Place, rounds: int) -> Measurement:
    """One benchmark in all its versions. Raises BenchError for a wrong result."""
    best: dict[str, int] = {}
    for label, result, time in place(benchmark, case, rounds):
        # MicroPython's own floats have single precision on boards.
        slack = abs(case.result) * _NEAR if label == "bytecode" and not benchmark.is_integer else 0
        if abs(result - case.result) > slack:
            call = f"{benchmark.name}({case.argument})"
            raise BenchError(f"{call} as {label} gives {result}, expected {case.result}")
        best[label] = max(min(time, best.get(label, time)), 1)
    return Measurement(benchmark, case, best)
