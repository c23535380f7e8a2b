"""Programs on the standard libraries of their languages, built with no flags, do in every way what wasmtime does.

They allocate, grow their memory, use files and arguments. Each is run as ``flash`` puts it on a board by itself,
with ``--native``, with ``--portable``, and as a file: by itself every day, and in one of the others by turns.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from wasmdev import folders as folders_of_user

from tests import compilers
from tests.hil.conftest import Wasmdev
from tests.sampling import by_turns

HERE = Path(__file__).parent
ARGUMENTS = ["one", "two words", "Zürich"]  # as in the TOML files

# The smaller of two boards that sim stands for on which each program fits: objects have 64 bits there, and the
# standard libraries of Rust and Zig alone take half of a Pico's heap.
PROGRAMS = {
    "heap.c": "pico",
    "files.c": "pico2",  # its last file takes the last 3 KB of a Pico's heap there
    "containers.cpp": "pico",
    "strings.ts": "pico",
    "collections.rs": "pico2",
    "folders.rs": "pico2",
    "lists.zig": "pico2",
}
WAYS = {"by default": (), "native": ("--native",), "portable": ("--portable",), "as a file": None}
QUICK = [("heap.c", "by default"), ("files.c", "as a file")]  # minutes for each of the others on the emulated Pico
# Not on a Pico: flash refuses the code of the one, and the other is left no heap for what it sorts.
TOO_LARGE = [("files.c", "native"), ("lists.zig", "native")]
EVERY = [(source, way) for source in PROGRAMS for way in WAYS]


@dataclass(frozen=True)
class Result:
    """How a program ended: its exit code and what it printed."""

    code: int
    out: str


@functools.cache
def built(source: str) -> Path:
    """The module of a program, in a folder of its own, with its settings beside it."""
    folder = Path(tempfile.mkdtemp(prefix="programs-"))
    for path in HERE.glob(f"{source.partition('.')[0]}.*"):
        shutil.copy(path, folder)
    compilers.require(folder / source)
    build = [sys.executable, "-m", "wasmdev", "build", str(folder / source)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    return folder / f"{Path(source).stem}.wasm"


@functools.cache
def wanted(source: str) -> Result:
    """What wasmtime makes of the same file."""
    module = built(source)
    folder = module.parent / "data"
    folder.mkdir()
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv = [module.stem, *ARGUMENTS]
    wasi.stdout_file = str(module.parent / "out")
    wasi.preopen_dir(str(folder), "data")
    store.set_wasi(wasi)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    exports = linker.instantiate(store, wasmtime.Module.from_file(engine, str(module))).exports(store)
    code = 0
    try:
        exports["_start"](store)
    except wasmtime.ExitTrap as end:
        code = end.code
    return Result(code, (module.parent / "out").read_text())


@pytest.fixture
def check(
    wasmdev: Wasmdev, port: str, monkeypatch: pytest.MonkeyPatch, tell: Callable[..., None]
) -> Callable[[str, str], None]:
    """Runs a program in a way and compares."""

    def run(source: str, way: str) -> None:
        module = built(source)
        if port == "sim":  # whatever the program before left behind
            shutil.rmtree(folders_of_user.sim() / "data", ignore_errors=True)
        # All that can be native takes more of a heap than what flash chooses.
        board = PROGRAMS[source] if port == "sim" and way != "native" else "pico2" if port == "sim" else "pico"
        monkeypatch.setenv("WASMDEV_BOARD", board)
        options = WAYS[way]
        ran = str(module)
        if options is not None:
            flashed = wasmdev("flash", module, *options)
            assert flashed.code == 0, flashed.err
            ran = module.stem
        done = wasmdev("run", ran)
        result = Result(done.code, done.out)
        tell(source, f"{port}, {board}", way, "the same" if result == wanted(source) else f"exit code {done.code}")
        assert result == wanted(source), done.err

    return run


def ways_of_the_day() -> list[Any]:
    """Programs and ways; those that ``make soak`` takes besides are marked."""
    given, *others = WAYS
    params = []
    for i, source in enumerate(PROGRAMS):
        today = given, *by_turns(others, i)
        params += [pytest.param(source, way, marks=[] if way in today else [pytest.mark.soak]) for way in WAYS]
    return params


@pytest.mark.ports("sim")
@pytest.mark.parametrize(("source", "way"), ways_of_the_day())
def test_the_same_as_in_wasmtime(check: Callable[[str, str], None], source: str, way: str) -> None:
    check(source, way)


@pytest.mark.ports("pico")
@pytest.mark.parametrize(("source", "way"), QUICK)
def test_the_same_on_a_pico(check: Callable[[str, str], None], source: str, way: str) -> None:
    check(source, way)


@pytest.mark.soak
@pytest.mark.ports("pico")
@pytest.mark.parametrize(("source", "way"), [each for each in EVERY if each not in QUICK + TOO_LARGE])
def test_the_same_on_a_pico_in_every_way(check: Callable[[str, str], None], source: str, way: str) -> None:
    check(source, way)
