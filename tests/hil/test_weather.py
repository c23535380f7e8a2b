"""The weather station: a sensor on a bus, PWM, a watched button, a file, through the commands that users have."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wasmdev.board import ports
from wasmdev_pico import PicoError
from wasmdev_sim import SimError

from tests.hil.conftest import EMULATED, Wasmdev

if TYPE_CHECKING:
    from wasmdev.board.board import Emulated

MODULE = Path(__file__).parents[2] / "examples" / "weather" / "weather.wasm"
FAN = 16


@pytest.fixture
def fans(port: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """What the fan's PWM was in turn, frequency and percent, on the boards that commands plug in."""
    boards: list[Emulated] = []
    seen: list[tuple[int, int]] = []
    ended = threading.Event()
    plug = ports.EMULATORS[port]

    @contextlib.contextmanager
    def watched(*arguments: Any) -> Iterator[Emulated]:
        with plug(*arguments) as board:
            boards.append(board)
            yield board
            boards.remove(board)

    def look() -> None:
        while not ended.wait(0.02):
            with contextlib.suppress(IndexError, PicoError, SimError):
                hertz, duty = boards[0].pwm(FAN)
                fan = hertz, round(duty / 655.35)
                if not seen or seen[-1] != fan:
                    seen.append(fan)

    monkeypatch.setitem(ports.EMULATORS, port, watched)
    looking = threading.Thread(target=look)
    looking.start()
    yield seen
    ended.set()
    looking.join()


@pytest.mark.ports(*EMULATED)  # the commands put the model of the chip there
def test_weather_station(wasmdev: Wasmdev, port: str, fans: list[tuple[int, int]]) -> None:
    with ports.open_board(port) as board:
        board.files.make_folder("/data")
        board.files.remove_tree("/data")
    assert wasmdev("flash", MODULE).code == 0
    done = wasmdev("run", "weather", "--press", "button@0.6")
    assert done.code == 0, done.err
    lines = [line for line in done.out.splitlines() if "GP" not in line]
    assert lines[0] == "22.4 C  1007 hPa  45 %RH  fan 48 %"
    assert lines.count("button: fan off") == 1
    assert lines[-1] == "22.4 C  1007 hPa  45 %RH  fan 0 %"
    assert len(lines) == 6
    assert "denied" not in done.err
    assert (25000, 48) in fans
    assert (25000, 0) in fans[fans.index((25000, 48)) :]
    with ports.open_board(port) as board:
        log = board.files.read("/data/weather.csv").decode().splitlines()
    assert len(log) == 5
    assert all(line.startswith("22400,1007") for line in log)


@pytest.mark.ports("sim")
@pytest.mark.parametrize(
    ("press", "error"),
    [
        ("fan@1", "error: --press fan@1: 'fan' is no input that is granted"),
        ("button", "error: --press button; write LABEL@SECONDS"),
        ("button@-1", "error: --press button@-1"),
    ],
)
def test_presses_that_are_wrong(press: str, error: str, wasmdev: Wasmdev) -> None:
    wasmdev("flash", MODULE)
    done = wasmdev("run", "weather", "--press", press)
    assert done.code == 2
    assert done.err.startswith(error)
