"""Runs the modules of all cases on the emulated Pico and writes what came of it to docs/modules.md.

    python -m tests.thirdparty [PACKAGE ...]

With names, or parts of names, only those are run and nothing is written.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.thirdparty import fetch, pico
from tests.thirdparty.cases import CASES

PAGE = Path(__file__).parents[2] / "docs" / "modules.md"
_HEAD = """# Modules from npm on a Pico

Written by `make modules`, which runs them on the emulated Pico with the runtime in its firmware: {passed} of {all}
modules, out of {packages} packages, load and give right answers. What is right say references in Python, published
test vectors and known answers (`tests/thirdparty`); wasmtime agrees. The modules are as their packages have them,
and `wasm.load` got no options: memory takes the shape that is chosen by default.

*Pages* are those of 64 KiB that a module declares, *image* is in bytes, *taken* what is gone of the heap's 234,000
bytes after the calls, *load* and *calls* are milliseconds of the board. A module without them needs more than a
Pico has, and the last column says what.

| package | module | what it does | pages | image | taken | load | calls | |
|---|---|---|---:|---:|---:|---:|---:|---|
"""


def page(results: list[pico.Result]) -> str:
    """The whole of docs/modules.md."""
    modules = {(result.case.package, result.case.file) for result in results}
    passed = {(result.case.package, result.case.file) for result in results if not result.why}
    packages = len({package for package, _ in modules})
    lines = [f"| {' | '.join(_cells(result))} |\n" for result in sorted(results, key=lambda r: str(r.case))]
    return _HEAD.format(passed=len(passed), all=len(modules), packages=packages) + "".join(lines)


def _cells(result: pico.Result) -> list[str]:
    case = result.case
    figures = [f"{result.taken:,}", f"{result.load_ms:.0f}", f"{result.calls_ms:.0f}"]
    sizes = [str(result.pages), f"{result.image:,}"]
    return [case.package, case.module, case.what, *sizes, *(["", "", ""] if result.why else figures), result.why]


def main() -> int:
    names = sys.argv[1:]
    chosen = [case for case in CASES if not names or any(name in str(case) for name in names)]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for result in pico.run(chosen, Path(folder, "flash.bin")):
                print(" | ".join(_cells(result)), flush=True)
                results.append(result)
        except fetch.Missing as why:
            print(why, file=sys.stderr)
            return 1
    if not names:
        PAGE.write_text(page(results))
    surprises = [result for result in results if result.why and result.case.fits]
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
