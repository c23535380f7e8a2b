"""Measures the interpreter against the same algorithms written by hand in plain MicroPython.

    python -m tests.bench [--arg-set small|large] [--bits 32|64] [--rounds N] [NAME ...]

Times are the shortest of several rounds in one process; a ratio says how many times as fast the module is.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from tests.bench.measure import BenchError, Measurement, desk, measure
from tests.bench.suite import SETS, load

HEADINGS = ("benchmark", "argument", "Wasm instructions", "plain us", "ours us", "ratio", "ns/instruction")
WIDTHS = (12, 10, 19, 12, 12, 9, 16)


def row(cells: Sequence[str]) -> str:
    """A line of the table: the first cell to the left, the others to the right."""
    first, *rest = zip(cells, WIDTHS, strict=True)
    return "".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)])


def line(measured: Measurement) -> str:
    case = measured.case
    return row(
        (
            measured.benchmark.name,
            str(case.argument),
            f"{case.instructions:,}",
            f"{measured.plain:,}",
            f"{measured.wasm:,}",
            f"{measured.ratio:.2f}x",
            f"{measured.nanoseconds:.1f}",
        )
    )


def summary(measured: Sequence[Measurement]) -> list[str]:
    """The geometric means: of the benchmarks on integers, and of all."""
    groups = {
        "integer": [each for each in measured if each.benchmark.is_integer],
        "all": list(measured),
    }
    return [
        "geometric mean, interpreter against plain MicroPython, "
        f"{title} benchmarks: {statistics.geometric_mean(each.ratio for each in group):.1f}x"
        for title, group in groups.items()
        if group
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    benchmarks = {benchmark.name: benchmark for benchmark in load()}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(benchmarks)}; by default all")
    parser.add_argument("--arg-set", choices=SETS, default="large", help="how much each has to do")
    parser.add_argument("--bits", type=int, choices=(32, 64), default=64, help="MicroPython's word size")
    parser.add_argument("--rounds", type=int, default=10, help="of which the shortest time counts")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in benchmarks]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}, there are: {', '.join(benchmarks)}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    measured = []
    try:
        with desk(options.bits) as place:
            print(row(HEADINGS))
            for name in options.names or benchmarks:
                benchmark = benchmarks[name]
                measured.append(measure(benchmark, benchmark.cases[options.arg_set], place, options.rounds))
                print(line(measured[-1]), flush=True)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(summary(measured)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
