"""The board that these tests run on: sim, or what ``--port`` names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from wasmdev.board import Board
from wasmdev.cli import main
from wasmdev.ports import open_board


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--port", default="sim", help="the board to test on, as wasmdev's --port")


@pytest.fixture(scope="session")
def port(request: pytest.FixtureRequest) -> str:
    """The port under test."""
    chosen: str = request.config.getoption("--port", default="sim")
    return chosen


@pytest.fixture(scope="session", autouse=True)
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's own folders, and the simulated board's files in them, out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("WASMDEV_SIM", "WASMDEV_CACHE", "WASMDEV_DATA"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        patch.delenv("WASMDEV_PORT", raising=False)
        patch.delenv("WASMDEV_BOARD", raising=False)
        yield


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


@pytest.fixture
def wasmdev(port: str, capsys: pytest.CaptureFixture[str]) -> Wasmdev:
    """Runs a wasmdev command on the board under test."""

    def run(command: str, *arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main([command, "--port", port, *map(str, arguments)])
        assert isinstance(end.value.code, int)
        return Done(end.value.code, *capsys.readouterr())

    return run
