"""Where benchmarks run: MicroPython on this machine, in a process for each, and an emulated Pico."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wasmdev.board.link import Link
from wasmdev.errors import LinkError
from wasmdev.runtime.runtime import cross_compile
from wasmdev_pico import NS_PER_CYCLE, PicoBoard

from tests.bench import c, pico_flash
from tests.bench.suite import HERE, Benchmark, Case
from tests.bench.versions import versions
from tests.desk import micropython32, micropython64
from tests.spec.run import library

BOARD = HERE / "board.py"
FIRMWARE = HERE.parents[1] / "build" / "firmware" / "pico.uf2"
HEAP = "190k"  # as boards have it: collections are part of plain MicroPython's time
TIMEOUT = 600  # seconds for a benchmark
CYCLES_PER_US = 1000 // NS_PER_CYCLE
FOLDER = "/bench"

Line = tuple[str, int, int]
"""The label of a version, a result, microseconds."""

Place = Callable[[Benchmark, Case, int], list[Line]]
"""Runs all versions of a benchmark that it has, so many rounds of each."""


class BenchError(Exception):
    """A benchmark that can't be run or gives a wrong result, in one line."""


@contextmanager
def desk(bits: int) -> Iterator[Place]:
    """MicroPython of 32 or 64 bits on this machine; C is compiled for 64 bits."""
    command = micropython64() if bits == 64 else micropython32()
    if command is None:
        raise BenchError("no 32-bit MicroPython on this machine: measure with --bits 64")
    arch = "x64" if bits == 64 else "x86"
    with tempfile.TemporaryDirectory() as name:
        runtime = library(Path(name, "lib"), arch)

        def place(benchmark: Benchmark, case: Case, rounds: int) -> list[Line]:
            made = versions(benchmark, arch)
            folder = Path(name, benchmark.name)
            folder.mkdir(exist_ok=True)
            for file, content in made.files.items():
                (folder / file).write_bytes(content)
            arguments = [str(BOARD), *_arguments(str(folder), case, rounds, made.sources)]
            try:
                done = subprocess.run(
                    [*command, "-X", f"heapsize={HEAP}", *arguments],
                    env={**os.environ, "MICROPYPATH": str(runtime)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    timeout=TIMEOUT,
                )
            except subprocess.TimeoutExpired:
                raise BenchError(f"{benchmark.name}: no end after {TIMEOUT} s: try --arg-set small") from None
            if done.returncode:
                said = done.stdout.strip().splitlines()
                raise BenchError(f"{benchmark.name}: {said[-1] if said else f'ended with {done.returncode}'}")
            lines = _parsed(done.stdout)
            if bits == 64 and c.is_available(c.DESK) and benchmark.has_c:
                lines += [("c", *each) for each in c.desk(benchmark, case, rounds)]
            return lines

        yield place


@contextmanager
def pico(benchmarks: list[Benchmark]) -> Iterator[Place]:
    """An emulated Pico with stock firmware, which is started once and reset for each of these benchmarks."""
    made = {benchmark.name: versions(benchmark, pico_flash.ARCH) for benchmark in benchmarks}
    files = {f"{FOLDER}/{name}": content for each in made.values() for name, content in each.files.items()}
    files[f"{FOLDER}/caller.mpy"] = _compiled("caller.py", c.CALLER)
    with emulated(files) as port:

        def place(benchmark: Benchmark, case: Case, rounds: int) -> list[Line]:
            arguments = ["", *_arguments(FOLDER, case, rounds, made[benchmark.name].sources)]
            script = f"import sys\nsys.argv[:] = {arguments!r}\n{BOARD.read_text()}"
            try:
                with Link(port, soft_reset=True, patience=30) as link:
                    lines = _parsed(link.exec(script, timeout=None).decode())
                if c.is_available(c.PICO) and benchmark.has_c:
                    with Link(port, soft_reset=True, patience=30) as link:
                        lines += [_c_on_pico(link, benchmark, case)] * rounds
            except LinkError as error:
                raise BenchError(f"{benchmark.name}: {error}") from None
            return lines

        yield place


@contextmanager
def emulated(files: Mapping[str, bytes]) -> Iterator[str]:
    """The port of an emulated Pico with stock firmware, the runtime and these files by path."""
    if not FIRMWARE.exists():
        raise BenchError("no firmware for the emulated Pico: make firmware")
    with tempfile.TemporaryDirectory() as folder:
        flash = Path(folder, "flash.bin")
        flash.write_bytes(pico_flash.image(pico_flash.runtime() | files))
        with PicoBoard(flash, FIRMWARE, realtime=False) as board:
            yield board.port


def _c_on_pico(link: Link, benchmark: Benchmark, case: Case) -> Line:
    """Runs C's machine code in a piece of the board's heap, for whose address it is linked."""
    size = len(c.cortex_m0(benchmark, 0x20000000))
    link.exec(f"import sys,uctypes\nsys.path.append({FOLDER!r})\ncode=bytearray({size})")
    address = int(link.eval("uctypes.addressof(code)"))
    content = c.cortex_m0(benchmark, address).rstrip(b"\0")
    link.exec(f"code[:{len(content)}]={content!r}")
    return _parsed(link.exec(c.SCRIPT.format(argument=case.argument), timeout=None).decode())[0]


def _compiled(name: str, text: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return cross_compile(pico_flash.ARCH, name, text, Path(folder, "module"))


def _arguments(folder: str, case: Case, rounds: int, sources: Mapping[str, str]) -> list[str]:
    return [folder, str(case.argument), str(rounds), *(f"{label}={name}" for label, name in sources.items())]


def _parsed(output: str) -> list[Line]:
    lines = []
    for line in output.splitlines():
        label, result, time = line.split()
        lines.append((label, int(result), int(time)))
    return lines
