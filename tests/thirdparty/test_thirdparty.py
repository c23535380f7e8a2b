"""Modules out of the package registries give the right answers: in wasmtime, in MicroPython, on the board sim."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wasmc
from wasmc.native import TOO_MUCH
from wasmdev.app import apps, deploy
from wasmdev.app.native import build
from wasmdev.board.board import Board
from wasmdev.board.link import Link
from wasmdev.grants.settings import Settings
from wasmdev_sim import SimBoard

from tests.desk import micropython64, need_micropython32
from tests.sampling import by_turns
from tests.spec.run import library
from tests.thirdparty import fetch, guests
from tests.thirdparty.__main__ import PAGE
from tests.thirdparty.case import PICO, Case
from tests.thirdparty.cases import CASES

LARGEST = 100_000  # bytes of a binary that MicroPython compiles here
COMPILER = 8_000_000  # bytes of heap for that
ROOM = 256_000_000  # bytes of heap for native code and all of memory in one piece
SHAPES = ((64, None), (32, 4096), (64, 4096), (32, None))
"""Bits of words, and bytes of memory in one piece."""
WANTED = int(os.environ.get("WASM_THIRDPARTY", 1))
"""How many of these a module takes each day, the next one another."""
UNFIT = {"too many cells", "too long", "too deeply nested", TOO_MUCH}  # why a function stays interpreted


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    """A case whose module can be had here."""
    chosen: Case = request.param
    need(chosen)
    return chosen


def need(case: Case) -> None:
    try:
        fetch.module(case.package, case.file)
    except fetch.Missing as why:
        pytest.skip(f"no {case.package}: {why}")


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The runtime for MicroPythons of this machine."""
    return {arch: library(tmp_path_factory.mktemp(arch), arch) for arch in ("x64", "x86")}


@pytest.fixture(scope="session")
def sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimBoard]:
    """A simulated Pico with the runtime installed."""
    with SimBoard(tmp_path_factory.mktemp("sim"), "pico") as board:
        with Link(board.port) as link:
            deploy.ensure_runtime(Board(link), show=lambda *_: None)
        yield board


def test_wasmtime(case: Case) -> None:
    """What a case expects is right."""
    assert case.answers(guests.Wasmtime(fetch.module(case.package, case.file), case)) == case.expected


@pytest.mark.parametrize("bits", [64, 32])
def test_image(case: Case, bits: int, libraries: dict[str, Path], tmp_path: Path) -> None:
    """The host's image runs in MicroPython."""
    image = tmp_path / "module.img"
    image.write_bytes(wasmc.compile(fetch.module(case.package, case.file)))
    assert in_micropython(case, image, bits, libraries, case.heap) == case.expected


def words_of_the_day() -> list[Any]:
    """A module takes words of one size each day, the next one those of the other."""
    return [pytest.param(case, bits, id=f"{case}-{bits}") for i, case in enumerate(CASES)
            for bits in by_turns((64, 32), i, WANTED)]  # fmt: skip


@pytest.mark.parametrize(("case", "bits"), words_of_the_day())
def test_binary(case: Case, bits: int, libraries: dict[str, Path], tmp_path: Path) -> None:
    """MicroPython compiles the module by itself."""
    need(case)
    binary = fetch.module(case.package, case.file)
    if len(binary) > LARGEST:
        pytest.skip(f"{len(binary)} bytes take too long")
    path = tmp_path / "module.wasm"
    path.write_bytes(binary)
    assert in_micropython(case, path, bits, libraries, COMPILER) == case.expected


def shapes_of_the_day() -> list[Any]:
    return [pytest.param(case, *shape, id=f"{case}-{at}") for i, case in enumerate(CASES)
            for at, shape in enumerate(by_turns(SHAPES, i, WANTED))]  # fmt: skip


@pytest.mark.parametrize(("case", "bits", "piece"), shapes_of_the_day())
def test_native(case: Case, bits: int, piece: int | None, libraries: dict[str, Path], tmp_path: Path) -> None:
    """All functions as native code that asserts what the compiler concluded, but for those that can't be."""
    need(case)
    command, arch = (micropython64(), "x64") if bits == 64 else (need_micropython32(), "x86")
    module = wasmc.decode(fetch.module(case.package, case.file))
    wasmc.validate(module)
    code = build(module, arch, everything=True, checked=True, piece=piece)
    assert code.taken
    assert set(code.refused.values()) <= UNFIT
    (tmp_path / "module.img").write_bytes(code.image)
    (tmp_path / code.file).write_bytes(code.mpy)
    with guests.micropython(command, libraries[arch], ROOM) as guest:
        guest.load(str(tmp_path / "module.img"), case)
        assert guest.is_native()
        assert case.answers(guest) == case.expected


def in_micropython(case: Case, path: Path, bits: int, libraries: dict[str, Path], heap: int) -> Any:
    """The answers of a module, an image or a binary, in a MicroPython of this machine."""
    command, arch = (micropython64(), "x64") if bits == 64 else (need_micropython32(), "x86")
    with guests.micropython(command, libraries[arch], heap) as guest:
        guest.load(str(path), case)
        return case.answers(guest)


def test_sim(case: Case, sim: SimBoard) -> None:
    if case.heap > PICO:
        pytest.skip(f"needs {case.heap} bytes of heap")
    binary = fetch.module(case.package, case.file)
    with Link(sim.port, soft_reset=True) as link:
        made = apps.App("module", wasmc.strip(binary), wasmc.compile(binary), Settings())
        apps.push(Board(link), made)
    with Link(sim.port, soft_reset=True) as link:
        guest = guests.behind(link)
        guest.load("module", case)
        assert case.answers(guest) == case.expected


def test_the_page_of_the_docs_has_all_modules() -> None:
    """``make modules`` has run since a case was added."""
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in PAGE.read_text().splitlines()]
    listed = [row for row in rows if len(row) == 3 and "@" in row[0]]
    assert sorted(listed) == sorted([case.package, case.module, case.what] for case in CASES)
