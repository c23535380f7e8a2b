"""Runs the official test suite in MicroPython and prints a table of its files.

    python -m tests.spec.run [--bits 32] [--raw | --native] [--memory SHAPE] [FILE ...]
    python -m tests.spec.run --port xtensa [--native] [FILE ...]

The suite's folder is in the environment variable ``WASM_SPEC``; files are named as in the table
(``wg-2.0/i32``). Modules are lowered here and run there, or with ``--raw`` all is done there, or with
``--native`` they are compiled to native code, all functions that can be. What the suite has as malformed is
rejected there in any case. With ``--port`` it is a machine that qemu emulates which runs them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wasmdev.runtime.runtime import Runtime
from wasmdev_qemu import MACHINES

from tests.desk import micropython32, micropython64
from tests.spec import on_machine
from tests.spec.convert import suite
from tests.spec.script import Outcome, Script

BOARD = Path(__file__).with_name("board.py")
HEAP = "160M"  # one module grows to 803 pages, and the modules of a file live together
SMALLER = "8M"  # where calls stop: to look for room beside much garbage takes long in a large heap
STACK = 16384  # bytes
TIMEOUT = 300  # seconds for a file


def run(
    path: Path, micropython: list[str], library: Path, raw: bool, native: str, memory: str, turns: int
) -> Outcome:
    """Runs one file of the suite; ``memory`` is "flat", "sparse" or bytes, ``turns`` as for board.py."""
    with tempfile.TemporaryDirectory() as images:
        script = Script(path, Path(images), raw, native, stops=turns > 0)
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in script.lines())
        heap = f"heapsize={SMALLER if turns else HEAP}"
        done = subprocess.run(
            [*micropython, "-X", heap, str(BOARD), str(STACK), memory, str(turns)],
            env={**os.environ, "MICROPYPATH": str(library)},
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT,
        )
    if done.returncode:
        script.outcome.failures.append(f"{path}: MicroPython ended with {done.returncode}: {done.stdout[-300:]}")
    else:
        script.judge(done.stdout)
        script.outcome.stops = int(done.stderr.split()[-1])
    return script.finish()


def library(folder: Path, arch: str) -> Path:
    """The runtime for an architecture, unpacked for MicroPython on this machine."""
    for name, content in Runtime(arch).files().items():
        target = folder / Path(name).relative_to(Runtime(arch).folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def run_all(
    paths: list[Path], bits: int, raw: bool = False, memory: str = "flat", native: bool = False, turns: int = 0
) -> list[Outcome]:
    """Runs files of the suite on the MicroPython of 64 or 32 bits, with that shape of memory, and with calls that
    stop after so many turns where that is not 0.

    Raises LookupError if there is none."""
    arch = "x64" if bits == 64 else "x86"
    micropython = micropython64() if bits == 64 else micropython32()
    if micropython is None:
        raise LookupError("no 32-bit MicroPython on this machine")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        runtime = library(Path(folder), arch)
        how = (raw, arch if native else "", memory, turns)
        return list(pool.map(lambda path: run(path, micropython, runtime, *how), paths))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="such as wg-2.0/i32; all where none is given")
    parser.add_argument("--bits", type=int, choices=(32, 64), default=64, help="MicroPython's word size")
    parser.add_argument("--raw", action="store_true", help="let MicroPython compile the modules too")
    parser.add_argument("--native", action="store_true", help="compile the modules to native code")
    parser.add_argument("--memory", default="flat", metavar="SHAPE", help="flat, sparse, or bytes to have at most")
    parser.add_argument("--turns", type=int, default=0, help="let calls stop after so many turns, and go on then")
    parser.add_argument("--show", type=int, default=20, help="how many failures to print")
    parser.add_argument("--port", choices=MACHINES, help="run them on a machine that qemu emulates")
    options = parser.parse_args()
    paths = [p for p in suite() if not options.files or f"{p.parent.name}/{p.stem}" in options.files]
    if not paths:
        print("error: no such files; set WASM_SPEC to the folder of the test suite", file=sys.stderr)
        return 2
    try:
        if options.port:
            outcomes = [*on_machine.run_all(options.port, paths, options.native)]
        else:
            outcomes = run_all(paths, options.bits, options.raw, options.memory, options.native, options.turns)
    except LookupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    for failure in failures[: options.show]:
        print(failure)
    for outcome in outcomes:
        skipped = ", ".join(f"{count} {reason}" for reason, count in outcome.skipped.items())
        skips = sum(outcome.skipped.values())
        counts = f"{outcome.passed:>6} passed {len(outcome.failures):>5} failed {skips:>5} skipped"
        print(f"{outcome.name:<40}{counts}  {skipped}".rstrip())
    skips = sum(sum(outcome.skipped.values()) for outcome in outcomes)
    if options.turns:
        print(f"calls stood still {sum(o.stops for o in outcomes)} times")
    print(f"{sum(o.passed for o in outcomes)} passed, {len(failures)} failed, {skips} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
