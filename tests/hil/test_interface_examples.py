"""The examples of the pages about the interfaces: with something on the pins they do the same in each language."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from wasmdev.board.link import Link
from wasmdev.cli import main
from wasmdev.source import building
from wasmdev_sim import SimBoard
from wasmdev_sim.chips import Registers

from docs.generator.pages import EXAMPLES
from tests import compilers
from tests.hil.conftest import Done

pytestmark = pytest.mark.ports("sim")

LANGUAGES = ("c", "zig", "rs", "ts")


class Memory:
    """An SPI memory that tells who it is."""

    def __init__(self) -> None:
        self.answers = iter(())  # type: Iterator[int]

    def transfer(self, value: int) -> int:
        if value == 0x9F:
            self.answers = iter((0xEF, 0x40, 0x18))
            return 0
        return next(self.answers, 0)


@dataclass(frozen=True)
class Workbench:
    """A board with something on its pins, and commands for it."""

    board: SimBoard
    files: Path  # the board's
    wasmdev: Callable[..., Done]


@pytest.fixture(scope="module")
def equipped(tmp_path_factory: pytest.TempPathFactory, port: str) -> Iterator[tuple[SimBoard, Path]]:
    folder = tmp_path_factory.mktemp("board")
    with SimBoard(folder) as board:
        board.attach_i2c(0, 0x50, Registers({3: 77}))
        board.attach_spi(0, Memory())
        yield board, folder


@pytest.fixture
def workbench(equipped: tuple[SimBoard, Path], capfd: pytest.CaptureFixture[str]) -> Workbench:
    board, folder = equipped

    def run(name: str, *arguments: str | Path) -> Done:
        capfd.readouterr()
        return command(capfd, name, "--port", board.port, *arguments)

    return Workbench(board, folder, run)


def command(capfd: pytest.CaptureFixture[str], *words: str | Path) -> Done:
    """Run wasmdev; compilers print to the file descriptors themselves."""
    with pytest.raises(SystemExit) as end:
        main([*map(str, words)])
    assert isinstance(end.value.code, int)
    return Done(end.value.code, *capfd.readouterr())


def built(name: str, language: str, folder: Path) -> Path:
    """An example's module, with its grants beside it."""
    source = Path(shutil.copy(EXAMPLES / f"{name}.{language}", folder))
    if (EXAMPLES / f"{name}.toml").exists():
        shutil.copy(EXAMPLES / f"{name}.toml", folder)
    compilers.require(source)
    return building.build(source)


def called(bench: Workbench, module: Path, *arguments: str) -> str:
    """What a call of a function of a module prints, once it is on the board."""
    done = bench.wasmdev("flash", module)
    assert done.code == 0, done.err
    done = bench.wasmdev("call", module.stem, *arguments)
    assert done.code == 0, done.err
    return re.sub(r"^ +\d+\.\d+ s .*\n", "", done.out, flags=re.MULTILINE)  # changes of pins


def test_each_is_in_each_language() -> None:
    names = {path.stem for path in EXAMPLES.glob("*.toml")} | {"words"}
    files = {path.name for path in EXAMPLES.iterdir() if path.suffix in {f".{each}" for each in LANGUAGES}}
    assert files == {f"{name}.{language}" for name in names for language in LANGUAGES}
    assert names == {*CALLS, "gpio", "words"}


CALLS = {
    "adc": (["millivolts"], "1650\n"),
    "pwm": (["run_at", "50"], "32767\n"),
    "i2c": (["byte_at", "3"], "77\n"),
    "spi": (["id"], f"{0xEF4018}\n"),
    "uart": (["ask"], "4\n"),
    "sensor": (["milli", "0"], "24001\n"),
    "preview1": (["note"], "noted\n5\n"),
}
"""What is called, and what comes."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CALLS)
def test_calls(name: str, language: str, workbench: Workbench, tmp_path: Path) -> None:
    board = workbench.board
    module = built(name, language, tmp_path)
    board.set_adc("GP26", 32768)
    board.uart_read(0)
    board.uart_write(0, b"OK\r\n" if name == "uart" else b"")
    (workbench.files / "data" / "log.txt").unlink(missing_ok=True)
    arguments, came = CALLS[name]
    assert called(workbench, module, *arguments) == came
    if name == "uart":
        assert board.uart_read(0) == b"AT\r\n"
    if name == "adc":
        module.with_suffix(".toml").unlink()
        assert called(workbench, module, *arguments).splitlines()[-1] == "-76"


@pytest.mark.parametrize("language", LANGUAGES)
def test_gpio(language: str, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    module = built("gpio", language, tmp_path)
    capfd.readouterr()
    done = command(capfd, "run", module, "--port", "sim", "--press", "button@0.2")
    assert done.code == 0, done.err
    assert re.findall(r"GP25 LED +([01])$", done.out, re.MULTILINE) == ["1", "0"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words(language: str, workbench: Workbench, tmp_path: Path) -> None:
    done = workbench.wasmdev("flash", built("words", language, tmp_path), "--imports-by-host")
    assert done.code == 0, done.err
    with Link(workbench.board.port, patience=10) as link:
        link.exec("import wasm\napp = wasm.load('words', imports={'env': {'note': print}})\nat = app.buffer()")
        for text, came in ((b"a b", b"A B!"), (b"", b"!"), (b"x" * 64, b"X" * 63 + b"!")):
            link.exec(f"app.memory[at : at + {len(text)}] = {text!r}")
            assert link.exec(f"n = app.shout({len(text)})") == b"%d\r\n" % sum(each >= 97 for each in text[:63])
            assert link.eval("bytes(app.memory[at : at + n])") == came
        link.reset()
