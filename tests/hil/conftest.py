"""The board that these tests run on: sim and pico, or what ``--port`` names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from wasmdev import folders as folders_of_user
from wasmdev.board.board import Board
from wasmdev.board.link import Link
from wasmdev.board.ports import EMULATORS, open_board
from wasmdev.board.qemu import open_machine
from wasmdev.cli import main
from wasmdev_pico import PicoBoard
from wasmdev_qemu import MACHINES
from wasmdev_qemu.board import QemuBoard
from wasmdev_sim import SimBoard

from tests.qemu import prepared
from tests.spec.run import library

if TYPE_CHECKING:
    from wasmdev.board.board import Emulated

tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

EMULATED = ("sim", "pico", *MACHINES)
DAILY = ("sim", "pico")  # on which all of these tests run, others only those that name them
FIRMWARE = Path(__file__).parents[2] / "build" / "firmware"
GUEST = Path(__file__).parents[1] / "device" / "guest.py"
_CLEAN = """
import gc, sys, wasi
for name in ("g", "h"):
    if name in globals():
        globals().pop(name).table.close()
for file in list(getattr(sys.modules.get("wasi.files"), "_open", ())):
    file.close()
sys.modules["wasi.claims"]._held.clear()
wasi.denied.clear()
"""
_ROOM = 110_000  # bytes of heap
NO_FIRMWARE = "no firmware for the emulated Pico: make firmware"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--port", help="the board to test on, as wasmdev's --port; sim and pico, if not given")
    parser.addoption("--wiring", type=Path, help="a TOML file with a real board's wires: loopback = [[2, 3]]")
    parser.addoption("--soak", action="store_true", help="the long form of the tests that have one")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ports(name, ...): the ports that a test is for, others than real boards")
    config.addinivalue_line("markers", "soak: takes half an hour, only with --soak")
    config.addinivalue_line("markers", "long_on(name, ...): ports where it takes long: with --soak or --port only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only ``--soak`` asks for."""
    if not config.getoption("--soak", default=False):
        left_out = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test here runs on each of its ports: those of its mark, or ``--port``, or all without hardware."""
    if "port" not in metafunc.fixturenames:
        return
    marks = list(metafunc.definition.iter_markers("ports"))
    own = marks[0].args if marks else ()
    chosen = metafunc.config.getoption("--port", default=None)
    ports = (chosen,) if chosen else own or DAILY
    long = [name for mark in metafunc.definition.iter_markers("long_on") for name in mark.args if not chosen]
    params = []
    for port in ports:
        skips = [pytest.mark.soak] if port in long else []
        if own and port not in own:
            skips.append(pytest.mark.skip(reason=f"is for {' and '.join(own)}"))
        elif port == "pico" and not (FIRMWARE / "pico.uf2").exists():
            skips.append(pytest.mark.skip(reason=NO_FIRMWARE))
        params.append(pytest.param(port, marks=skips))
    metafunc.parametrize("port", params, scope="session")


@pytest.fixture(scope="session", autouse=True)
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's own folders, and the simulated board's files in them, out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("WASMDEV_SIM", "WASMDEV_CACHE", "WASMDEV_DATA"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        for variable in ("WASMDEV_PORT", "WASMDEV_BOARD"):
            patch.delenv(variable, raising=False)
        yield


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    """A board that is a process waits for its turn on a busy machine: that is no fault of what is tested."""
    if port in EMULATED:
        monkeypatch.setenv("WASMDEV_PATIENCE", "10")


@pytest.fixture(autouse=True)
def owners_programs(port: str) -> Iterator[None]:
    """No test leaves a program to the next one, which might have no heap for anything else."""
    yield
    if port == "sim":
        for name in ("boot.py", "main.py"):
            (folders_of_user.sim() / name).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def own_flash(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    """Every test has an emulated board of its own, which has the runtime already: installing takes its time."""
    if port == "pico":
        monkeypatch.setenv("WASMDEV_PICO", str(tmp_path_factory.mktemp("pico")))
        monkeypatch.setenv("WASMDEV_PICO_FIRMWARE", str(FIRMWARE / "pico-wasm.uf2"))
    elif port in MACHINES:
        folder = tmp_path_factory.mktemp(port)
        prepared.flash(port, folder / f"{port}.bin")
        monkeypatch.setenv("WASMDEV_QEMU", str(folder))
        monkeypatch.setenv("WASMDEV_QEMU_FIRMWARE", str(FIRMWARE))
        monkeypatch.setenv("WASMDEV_BOARD", "pico")  # whose pins and heap these tests are about
        monkeypatch.setitem(EMULATORS, port, lambda name=None: open_machine(port, name or "pico"))


@pytest.fixture
def board(port: str) -> Iterator[Board]:
    """The board under test."""
    with open_board(port) as opened:
        yield opened


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Wasmdev = Callable[..., Done]


@dataclass(frozen=True)
class Bench:
    """A board that stays under power for a whole test: its ``port``, and what stands for its hardware."""

    port: str
    emulated: Emulated | None
    wasmdev: Wasmdev


@pytest.fixture
def bench(port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Bench]:
    """The board under test, for looking at its pins while commands use it."""
    if port not in EMULATED:
        yield Bench(port, None, _commands(port, capsys))
        return
    monkeypatch.setenv("WASMDEV_BOARD", "pico")
    with EMULATORS[port]() as emulated:
        yield Bench(emulated.port, emulated, _commands(emulated.port, capsys))


@pytest.fixture
def loopback(request: pytest.FixtureRequest, bench: Bench) -> tuple[int, int]:
    """Two pins that a wire joins: the first drives the second."""
    wiring = request.config.getoption("--wiring")
    if bench.emulated:
        bench.emulated.wire(2, 3)
        return 2, 3
    if not wiring:
        pytest.skip("which pins are joined is told with --wiring")
    pairs = tomllib.loads(wiring.read_text())["loopback"]
    return int(pairs[0][0]), int(pairs[0][1])


@pytest.fixture
def wasmdev(port: str, capsys: pytest.CaptureFixture[str]) -> Wasmdev:
    """Runs a wasmdev command on the board under test."""
    return _commands(port, capsys)


def _commands(port: str, capsys: pytest.CaptureFixture[str]) -> Wasmdev:
    def run(command: str, *arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main([command, "--port", port, *map(str, arguments)])
        assert isinstance(end.value.code, int)
        return Done(end.value.code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def running_board(port: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    """A board with the runtime and, as ``guest``, what stands for a module: no longer than tests need it.

    An emulated Pico takes most of a processor of this computer also where it has nothing to do.
    """
    folder = tmp_path_factory.mktemp("board")
    if port == "sim":
        library(folder / "lib", "x64")
        (folder / "lib" / "guest.py").write_text(GUEST.read_text())
        with SimBoard(folder) as sim:
            yield sim
    elif port in MACHINES:
        flash = prepared.flash(port, folder / "flash.bin")
        with QemuBoard(port, flash, prepared.firmware(port), board="pico") as machine:
            with Link(machine.port, patience=10) as link:
                link.exec(f"f = open('guest.py', 'w')\nf.write({GUEST.read_text()!r})\nf.close()")
                link.exec("f = open('boot.py', 'w')\nf.write('import wasm')\nf.close()")  # where the runtime is
                link.reset()
            yield machine
    else:
        with PicoBoard(folder / "flash.bin", FIRMWARE / "pico-wasm.uf2") as pico:
            with Link(pico.port, patience=10) as link:
                link.exec(f"f = open('guest.py', 'w')\nf.write({GUEST.read_text()!r})\nf.close()")
            yield pico


@pytest.fixture
def guest_board(running_board: Emulated) -> Emulated:
    """The same, on which no module holds anything, and with most of a heap."""
    with Link(running_board.port) as link:
        link.exec(_CLEAN)
        if link.eval("gc.collect() or gc.mem_free()") < _ROOM:  # the tests before it left modules and names there
            link.reset()
    return running_board
