"""The weather station: a sensor on a bus, PWM, a watched button, a file, through the commands that users have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hil.conftest import Wasmdev

pytestmark = pytest.mark.ports("sim")  # the commands put the model of the chip there

MODULE = Path(__file__).parents[2] / "examples" / "weather" / "weather.wasm"


def test_weather_station(wasmdev: Wasmdev) -> None:
    assert wasmdev("flash", MODULE).code == 0
    done = wasmdev("run", "weather", "--press", "button@0.6")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "22.4 C  1007 hPa  45 %RH  fan 48 %"
    assert lines.count("button: fan off") == 1
    assert lines[-1] == "22.4 C  1007 hPa  45 %RH  fan 0 %"
    assert len(lines) == 6
    log = Path(os.environ["WASMDEV_SIM"], "data", "weather.csv").read_text().splitlines()
    assert len(log) == 5
    assert all(line.startswith("22400,1007") for line in log)
    assert "denied" not in done.err


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
