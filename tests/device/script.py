"""How the scripts of this folder are run on the desk's MicroPythons, with the runtime that boards get."""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from pathlib import Path

import wasmc
from wasmdev.app.native import build

from tests.desk import micropython64, need_micropython32
from tests.spec.run import library
from tests.wat import wat

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUN_ONE = HERE / "run_one.py"

STOPPING = ("tasks",)  # guests that are compiled to native code that can stop, too
NATIVE = (*STOPPING, "calls")  # and those that are compiled to any

LACKS = 77  # the exit code of a MicroPython without the file system that is asked for

_HEAP_K = {32: 190, 64: 244}  # the objects of 64 bits are larger, linear memory is not
_DISK_K = 160  # what a disk in RAM takes: a board has it elsewhere


@functools.cache
def _library(arch: str) -> tuple[tempfile.TemporaryDirectory[str], Path]:
    folder = tempfile.TemporaryDirectory()
    return folder, library(Path(folder.name), arch)


@functools.cache
def _guests() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """The modules of guests/ as ``NAME.wasm`` and, where they are valid, ``NAME.img``; those that also run
    natively so in a folder for each architecture."""
    folder = tempfile.TemporaryDirectory()
    for text in (HERE / "guests").glob("*.wat"):
        binary = wat(text.read_text())
        target = Path(folder.name, text.stem)
        target.with_suffix(".wasm").write_bytes(binary)
        target.with_suffix(".img").write_bytes(wasmc.compile(binary))
        for arch in ("x64", "x86") if text.stem in NATIVE else ():
            _natively(binary, Path(folder.name, arch), text.stem, arch)
    return folder, Path(folder.name)


def _natively(binary: bytes, folder: Path, name: str, arch: str) -> None:
    module = wasmc.decode(binary)
    wasmc.validate(module)
    code = build(module, arch, everything=True, checked=True, stops=name in STOPPING)
    assert code.taken == len(module.bodies)
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.img").write_bytes(code.image)
    (folder / code.file).write_bytes(code.mpy)


def start(
    script: Path, *arguments: str, bits: int = 64, heap: str | None = None, disk: bool = False
) -> subprocess.Popen[bytes]:
    """Start a script on the MicroPython of 64 or 32 bits, with a board's heap and a ``machine`` that records.

    ``disk`` is whether it makes one in RAM (volume.py). Skips the test where there is no MicroPython of 32 bits.
    """
    command = micropython64() if bits == 64 else need_micropython32()
    _, runtime = _library("x64" if bits == 64 else "x86")
    _, guests = _guests()
    return subprocess.Popen(
        [*command, "-X", f"heapsize={heap or f'{_HEAP_K[bits] + disk * _DISK_K}k'}", str(script), *arguments],
        env={**os.environ, "MICROPYPATH": f"{HERE / 'fake'}:{HERE}:{runtime}:.frozen", "WASM_GUESTS": str(guests)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run(
    script: Path, *arguments: str, typed: str = "", bits: int = 64, heap: str | None = None, disk: bool = False
) -> tuple[int, str]:
    """Run a script to its end: its exit code, and what it printed."""
    with start(script, *arguments, bits=bits, heap=heap, disk=disk) as process:
        try:
            output, _ = process.communicate(typed.encode(), timeout=60)
        finally:
            process.kill()
    return process.returncode, output.decode()
