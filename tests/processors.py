"""Runs the runtime on each processor that it is for, and prints a table of what was right there.

    python -m tests.processors [--whole] [ARCH ...]

Kernels are the numeric instructions, each with operands at its boundaries, against wasmtime; benchmarks are those
of ``make bench``, in both tiers; assertions are those of the official test suite (its folder is in ``WASM_SPEC``),
a sample of each file, or with ``--whole`` all of them. It needs what ``make qemu`` makes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import wasmc
from wasmdev.board.link import Link
from wasmdev.runtime.runtime import Runtime

from tests.bench.suite import Benchmark, load
from tests.desk import micropython32, micropython64
from tests.qemu.machine import machine, put
from tests.qemu.test_machines import CASES, NAMES, Board, native
from tests.spec import on_machine
from tests.spec.convert import suite
from tests.spec.run import library, run_all
from tests.spec.script import Outcome
from tests.unit import kernels

ASSERTIONS = 16  # of each file, where it is a sample
_NATIVE = "app._instance.image.native is not None"  # in MicroPython
HEADER = "| architecture | where | kernels | benchmarks | natively | assertions | natively | runtime, bytes |"


@dataclass(frozen=True)
class Processor:
    """What runs the code of an architecture: a machine of qemu's, or MicroPython of so many bits on the desk."""

    arch: str
    where: str
    machine: str = ""
    bits: int = 0


PROCESSORS = (
    Processor("armv6m", "its code on Cortex-M3, qemu", "cortex-m3"),
    Processor("armv7m", "Cortex-M3, qemu", "cortex-m3"),
    Processor("armv7emsp", "Cortex-M7, qemu", "cortex-m"),
    Processor("rv32imc", "RV32IMAC, qemu", "riscv"),
    Processor("xtensawin", "Xtensa LX6 (de212), qemu", "xtensa"),
    Processor("x64", "desk", bits=64),
    Processor("x86", "desk", bits=32),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archs", nargs="*", metavar="ARCH", help="such as xtensawin; all where none is given")
    parser.add_argument("--whole", action="store_true", help="the official suite as a whole")
    options = parser.parse_args()
    print(HEADER)
    print("|" + " --- |" * (HEADER.count("|") - 1))
    for each in PROCESSORS:
        if not options.archs or each.arch in options.archs:
            print(f"| {' | '.join(row(each, options.whole))} |", flush=True)


def row(each: Processor, whole: bool) -> list[str]:
    """The cells of a processor."""
    found = on_desk(each, whole) if each.bits else in_qemu(each, whole)
    size = sum(map(len, Runtime(each.arch).files().values()))
    return [each.arch, each.where, *found, f"{size:,}"]


def in_qemu(each: Processor, whole: bool) -> list[str]:
    """How many kernels and benchmarks were right, and how many assertions held, on a machine of qemu's."""
    with machine(each.machine, arch=each.arch) as link:
        put(link, {"/kernels.img": wasmc.compile(kernels.module(NAMES))})
        link.reset()
        cells = [_kernels(Board(link)), _benchmarks(link, each.arch, False), _benchmarks(link, each.arch, True)]
    for tier in ("", each.arch):
        with on_machine.board(each.machine, each.arch) as board:
            wanted = None if whole else ASSERTIONS
            cells.append(_assertions([on_machine.run(board, path, tier, wanted) for path in suite()]))
    return cells


def on_desk(each: Processor, whole: bool) -> list[str]:
    """The same on the desk, where the suite is always a whole."""
    with kernels.board(each.bits, NAMES) as board:
        cells = [_kernels(board)]
    cells += [_desk_benchmarks(each, natively) for natively in (False, True)]
    return cells + [_assertions(run_all([*suite()], each.bits, native=tier)) for tier in (False, True)]


def _kernels(board: Board | kernels.Board) -> str:
    oracle = kernels.Oracle(NAMES)
    right = sum(not kernels.differences(board, oracle, kernels.boundary_cases(name, CASES)) for name in NAMES)
    return f"{right} of {len(NAMES)}"


def _benchmarks(link: Link, arch: str, natively: bool) -> str:
    right = 0
    for benchmark in load():
        case = benchmark.cases["small"]
        put(link, _files(benchmark, arch, natively))
        link.reset()
        link.exec("import wasm; app = wasm.load('/guest.img')")
        really = link.eval(_NATIVE)
        result = int(link.exec(f"print(app['run']({case.argument}))", timeout=60))
        right += really == natively and result == case.result
    return f"{right} of {len(load())}"


def _desk_benchmarks(each: Processor, natively: bool) -> str:
    command = micropython64() if each.bits == 64 else micropython32()
    assert command, "no 32-bit MicroPython on this machine"
    right = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MICROPYPATH": str(library(Path(folder, "lib"), each.arch))}
        for benchmark in load():
            case = benchmark.cases["small"]
            for name, content in _files(benchmark, each.arch, natively).items():
                Path(folder, name[1:]).write_bytes(content)
            script = f"import wasm; app = wasm.load('guest.img'); print(app['run']({case.argument}), {_NATIVE})"
            ran = subprocess.run([*command, "-c", script], cwd=folder, env=environment, stdout=subprocess.PIPE)
            right += ran.stdout.decode().split() == [str(case.result), str(natively)]
    return f"{right} of {len(load())}"


def _files(benchmark: Benchmark, arch: str, natively: bool) -> dict[str, bytes]:
    return native(benchmark.module, arch) if natively else {"/guest.img": wasmc.compile(benchmark.module)}


def _assertions(outcomes: Sequence[Outcome]) -> str:
    failed = sum(len(outcome.failures) for outcome in outcomes)
    passed = sum(outcome.passed for outcome in outcomes)
    return f"{passed:,}" + (f", {failed} not" if failed else "")


if __name__ == "__main__":
    main()
