"""Measures native code on x86-64 against wasm3, the C interpreter, in one run.

    python -m tests.bench.desk_wasm3 [--rounds N] [NAME ...]

wasm3 is PyPI's pywasm3, which pip compiles with the machine's C compiler (``make bench`` tries to install it).
Rounds are run by both in turn, and the shortest counts; native code runs in the MicroPython of the desk.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import wasmc
from wasmdev.app.native import build

from tests.bench.places import TIMEOUT, BenchError
from tests.bench.suite import Benchmark, Case, load
from tests.desk import micropython64
from tests.spec.run import library

STACK = 65536  # bytes, for wasm3
TURNS = 3  # in which both run their rounds

SCRIPT = """
import sys, time, wasm
run = wasm.load(sys.argv[1])["run"]
for _ in range(int(sys.argv[3])):
    start = time.ticks_us()
    result = run(int(sys.argv[2]))
    print(result, time.ticks_diff(time.ticks_us(), start))
"""


def native(benchmark: Benchmark, case: Case, rounds: int, folder: Path) -> float:
    """Seconds that the native code takes at least; ``folder`` holds the runtime in ``lib``."""
    module = wasmc.decode(benchmark.module)
    wasmc.validate(module)
    code = build(module, "x64", everything=True)
    image, script = folder / f"{benchmark.name}.img", folder / "script.py"
    image.write_bytes(code.image)
    (folder / code.file).write_bytes(code.mpy)
    script.write_text(SCRIPT)
    done = subprocess.run(
        [*micropython64(), str(script), str(image), str(case.argument), str(rounds)],
        env={**os.environ, "MICROPYPATH": str(folder / "lib")},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    if done.returncode:
        raise BenchError(f"{benchmark.name}: {(done.stdout + done.stderr).strip().splitlines()[-1]}")
    lines = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    check(benchmark, case, "native code", {result for result, _ in lines})
    return max(min(elapsed for _, elapsed in lines), 1) / 1e6


def interpreted(benchmark: Benchmark, case: Case, rounds: int, function: Callable[[int], int]) -> float:
    """Seconds that wasm3 takes at least."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        result = function(case.argument)
        best = min(best, time.perf_counter() - start)
        check(benchmark, case, "wasm3", {result})
    return best


def check(benchmark: Benchmark, case: Case, who: str, results: set[int]) -> None:
    """Raises BenchError unless all results are the case's."""
    for result in results - {case.result}:
        raise BenchError(f"{benchmark.name}({case.argument}) as {who} gives {result}, expected {case.result}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.desk_wasm3",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    integer = {benchmark.name: benchmark for benchmark in load() if benchmark.is_integer}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(integer)}; by default all")
    parser.add_argument("--rounds", type=int, default=10, help="in each of three turns")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in integer]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}, there are: {', '.join(integer)}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    try:
        import wasm3
    except ImportError:
        print("not compared with wasm3: pip install pywasm3, which needs a C compiler")
        return 0
    ratios = []
    print("benchmark       argument    wasm3 us   native us     ratio")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library(folder / "lib", "x64")
        for benchmark in [integer[each] for each in options.names or integer]:
            case = benchmark.cases["large"]
            environment = wasm3.Environment()
            runtime = environment.new_runtime(STACK)
            runtime.load(environment.parse_module(benchmark.module))
            function = runtime.find_function("run")
            theirs = ours = float("inf")
            try:
                for _ in range(TURNS):
                    theirs = min(theirs, interpreted(benchmark, case, options.rounds, function))
                    ours = min(ours, native(benchmark, case, options.rounds, folder))
            except BenchError as error:
                print(error, file=sys.stderr)
                return 1
            ratios.append(theirs / ours)
            times = f"{theirs * 1e6:12,.0f}{ours * 1e6:12,.0f}{ratios[-1]:9.2f}x"
            print(f"{benchmark.name:12}{case.argument:>12}{times}", flush=True)
    print(f"geometric mean, native against wasm3 on x86-64: {statistics.geometric_mean(ratios):.1f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
