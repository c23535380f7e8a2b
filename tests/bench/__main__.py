"""Measures both tiers against the same algorithms in plain MicroPython, in viper by hand and in C.

    python -m tests.bench [--port desk|pico] [--bits 32|64] [--arg-set small|large] [--rounds N] [NAME ...]

The desk is MicroPython on this machine: times are the shortest of several rounds, compare within a row only. The
emulated Pico counts its cycles, and needs one round. Every result is checked; a ratio A/B says how many times as
fast as B A is. wasm3 is what was measured of micropython-wasm3 0.9.0 on an emulated Pico.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.bench import tables
from tests.bench.measure import measure
from tests.bench.peers import WASM3_CYCLES
from tests.bench.places import CYCLES_PER_US, BenchError, desk, pico
from tests.bench.suite import SETS, Benchmark, load
from tests.bench.versions import code_bytes, native

ARCHITECTURES = ("armv6m", "xtensawin")


def sizes(benchmarks: Sequence[Benchmark]) -> list[str]:
    """The table of the bytes of native code."""
    found = []
    for benchmark in benchmarks:
        made = {arch: native(benchmark, arch) for arch in ARCHITECTURES}
        mpys = {arch: len(code.mpy) for arch, code in made.items() if code.taken}
        found.append((benchmark.name, code_bytes(benchmark), mpys))
    return tables.sizes(found, ARCHITECTURES)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    benchmarks = {benchmark.name: benchmark for benchmark in load()}
    names = f"of {', '.join(benchmarks)}; by default all, on pico those of wasm3"
    parser.add_argument("names", nargs="*", metavar="NAME", help=names)
    parser.add_argument("--port", choices=("desk", "pico"), default="desk")
    parser.add_argument("--bits", type=int, choices=(32, 64), default=64, help="the desk's word size")
    parser.add_argument("--arg-set", choices=SETS, help="how much each has to do: small on pico, else large")
    parser.add_argument("--rounds", type=int, help="of which the shortest time counts: 1 on pico, else 10")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in benchmarks]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}, there are: {', '.join(benchmarks)}")
    on_pico = options.port == "pico"
    rounds = (1 if on_pico else 10) if options.rounds is None else options.rounds
    if rounds < 1:
        parser.error("--rounds must be at least 1")
    chosen = [benchmarks[name] for name in options.names or (WASM3_CYCLES if on_pico else benchmarks)]
    arg_set = options.arg_set or ("small" if on_pico else "large")
    scale = CYCLES_PER_US if on_pico else 1
    measured = []
    try:
        with pico(chosen) if on_pico else desk(options.bits) as place:
            for benchmark in chosen:
                print(f"{benchmark.name} ...", file=sys.stderr, flush=True)
                measured.append(measure(benchmark, benchmark.cases[arg_set], place, rounds))
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    where = "cycles of an emulated Pico" if on_pico else f"microseconds, {options.bits}-bit MicroPython"
    parts = {
        where: tables.times(measured, "cycles" if on_pico else "us", scale),
        "how many times as fast": tables.ratios(measured, scale),
    }
    if on_pico:
        parts["bytes of native code (.mpy) for those of the functions in Wasm"] = sizes(chosen)
    for title, lines in parts.items():
        print(f"{title}:", *lines, "", sep="\n")
    print("\n".join(tables.means(measured, scale)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
