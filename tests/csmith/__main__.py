"""Many programs by csmith, in every tier and shape of memory, on both word sizes, against wasmtime.

    python -m tests.csmith [--first SEED] [--count PROGRAMS] [--levels LEVELS] [--tiers NAME,NAME]
    python -m tests.csmith --reduce "SEED LEVEL TIER"

A program is compiled at all levels, or at so many, the next one at others. What differs is told with its seed, and
the rest goes on. To reduce such a program takes creduce.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.csmith.programs import LEVELS, compiled, modules, source
from tests.unit.oracle import TIERS, Tally, compare

NAMED = {tier.name: tier for tier in TIERS}
CHUNK = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.csmith", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--first", type=int, default=1001)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--levels", type=int, default=len(LEVELS))
    parser.add_argument("--tiers", default=",".join(NAMED))
    parser.add_argument("--reduce", metavar="CASE")
    parser.add_argument("--differs", nargs=3, metavar=("FILE", "LEVEL", "TIER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.differs:
        path, level, tier = given.differs
        sys.exit(not differs(Path(path).read_text(), level, tier))
    if given.reduce:
        reduce(*given.reduce.split())
        return
    sys.exit(soak(given.first, given.count, given.levels, given.tiers.split(",")))


def soak(first: int, count: int, levels: int, tiers: list[str]) -> int:
    """Compares programs, each at so many levels; how many modules differ."""
    wrong = programs = compared = 0
    total = Tally()
    for start in range(first, first + count, CHUNK):
        seeds = range(start, min(start + CHUNK, first + count))
        made = {}
        for seed in seeds:
            made |= modules([seed], [LEVELS[(seed + i) % len(LEVELS)] for i in range(levels)])
        programs += len(seeds)
        compared += len(made)
        for tier in tiers:
            try:
                tally = compare(made, NAMED[tier])
                total.native += tally.native
                total.interpreted += tally.interpreted
                total.claims += tally.claims
            except AssertionError as error:
                wrong += 1
                print(f"{tier}: {str(error)[:300]}", flush=True)
        if start % (10 * CHUNK) < CHUNK:
            print(f"{programs} programs, {compared} modules, {wrong} differ: {total}", flush=True)
    print(f"{programs} programs, {compared} modules, {wrong} differ: {total}")
    return wrong


def differs(text: str, level: str, tier: str) -> bool:
    """Whether a program differs in a tier, and is one that compiles."""
    try:
        binary = compiled(text, level)
        compare({"program": binary}, NAMED[tier])
    except AssertionError as error:
        return "program" in str(error)
    return False


def reduce(seed: str, level: str, tier: str) -> None:
    """Prints the smallest program that creduce finds to differ."""
    with tempfile.TemporaryDirectory() as folder:
        program, test = Path(folder, "program.c"), Path(folder, "differs.sh")
        program.write_text(source(int(seed)))
        root = Path(__file__).parents[2]
        command = f"cd {root} && {sys.executable} -m tests.csmith --differs $OLDPWD/program.c {level} {tier}"
        test.write_text(f"#!/bin/sh\n{command}\n")
        test.chmod(0o755)
        subprocess.run(["creduce", "--n", "2", str(test), str(program)], cwd=folder, check=True)
        print(program.read_text())


if __name__ == "__main__":
    main()
