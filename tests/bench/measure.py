"""Runs benchmarks somewhere and takes the time there; every result is checked."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import wasmc

from tests.bench.suite import HERE, PLAIN, Benchmark, Case
from tests.desk import micropython32, micropython64
from tests.spec.run import library

BOARD = HERE / "board.py"
HEAP = "190k"  # as boards have it: collections are part of plain MicroPython's time
TIMEOUT = 600  # seconds for a benchmark

# Runs board.py with a benchmark's name, image, argument and number of rounds; what it prints.
Place = Callable[[str, bytes, int, int], str]


class BenchError(Exception):
    """A benchmark that can't be run or gives a wrong result, in one line."""


@dataclass(frozen=True)
class Measurement:
    """The shortest times of one benchmark, in microseconds."""

    benchmark: Benchmark
    case: Case
    plain: int
    wasm: int

    @property
    def ratio(self) -> float:
        """How many times as fast as plain MicroPython the module is."""
        return self.plain / self.wasm

    @property
    def nanoseconds(self) -> float:
        """Time for a Wasm instruction."""
        return self.wasm * 1000 / self.case.instructions


@contextmanager
def desk(bits: int) -> Iterator[Place]:
    """MicroPython of 32 or 64 bits on this machine, a process for each benchmark."""
    command = micropython64() if bits == 64 else micropython32()
    if command is None:
        raise BenchError("no 32-bit MicroPython on this machine: measure with --bits 64")
    with tempfile.TemporaryDirectory() as name:
        runtime = library(Path(name, "lib"), "x64" if bits == 64 else "x86")

        def place(benchmark: str, image: bytes, argument: int, rounds: int) -> str:
            path = Path(name, f"{benchmark}.img")
            path.write_bytes(image)
            arguments = [str(BOARD), benchmark, str(path), str(argument), str(rounds)]
            try:
                done = subprocess.run(
                    [*command, "-X", f"heapsize={HEAP}", *arguments],
                    env={**os.environ, "MICROPYPATH": f"{PLAIN}:{runtime}"},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    timeout=TIMEOUT,
                )
            except subprocess.TimeoutExpired:
                raise BenchError(f"{benchmark}: no end after {TIMEOUT} s: try --arg-set small") from None
            if done.returncode:
                said = done.stdout.strip().splitlines()
                raise BenchError(f"{benchmark}: {said[-1] if said else f'ended with {done.returncode}'}")
            return done.stdout

        yield place


def measure(benchmark: Benchmark, case: Case, place: Place, rounds: int) -> Measurement:
    """One benchmark, in turn as plain MicroPython and as a module. Raises BenchError for a wrong result."""
    image = wasmc.compile(benchmark.module)
    best: dict[str, int] = {}
    for line in place(benchmark.name, image, case.argument, rounds).splitlines():
        label, result, time = line.split()
        if int(result) != case.result:
            call = f"{benchmark.name}({case.argument})"
            raise BenchError(f"{call} as {label} gives {result}, expected {case.result}")
        best[label] = min(int(time), best.get(label, int(time)))
    return Measurement(benchmark, case, max(best["plain"], 1), max(best["wasm"], 1))
