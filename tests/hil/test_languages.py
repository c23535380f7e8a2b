"""The examples in Zig, Rust and AssemblyScript, on a board."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.hil.conftest import Bench, Wasmdev

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.ports("sim")
def test_beacon_sends_its_word(wasmdev: Wasmdev) -> None:
    wasmdev("flash", EXAMPLES / "beacon/beacon.wasm")
    done = wasmdev("run", "beacon")
    assert done.code == 0
    changes = re.findall(r"^ +(\d+\.\d{3}) s  GP25 LED +([01])$", done.out, re.MULTILINE)
    if changes[0][1] == "0":  # what ran before left it on
        del changes[0]
    assert [level for _, level in changes] == ["1", "0"] * 9
    times = [float(time) for time, _ in changes]
    lit = [off - on for on, off in zip(times[::2], times[1::2], strict=True)]
    dark = [on - off for off, on in zip(times[1:-1:2], times[2::2], strict=True)]
    # On a busy machine a dot may take longer, but no sleep is shorter than it should be.
    assert min(lit[3:6]) > 0.29 > 0.2 > min(lit[:3] + lit[6:])
    assert min(dark[2], dark[5]) > 0.29 > 0.2 > min(dark[:2])


@pytest.mark.ports("sim")
def test_climate_prints_all_channels_of_a_bme280(wasmdev: Wasmdev) -> None:
    wasmdev("flash", EXAMPLES / "climate/climate.wasm")
    done = wasmdev("run", "climate")
    assert done.code == 0
    pattern = r"temperature 22\.4 Cel\npressure 100\d\d\d\.\d Pa\nhumidity 4\d\.\d %RH\n"
    assert re.fullmatch(pattern, done.out)


@pytest.mark.ports("sim", "pico")
def test_climate_prints_what_the_sensor_has_that_is_granted(bench: Bench, tmp_path: Path) -> None:
    module = shutil.copy(EXAMPLES / "climate/climate.wasm", tmp_path)
    done = bench.wasmdev("flash", module, "--grant", "air=sensor:temperature")
    assert done.code == 0, done.err
    done = bench.wasmdev("run", "climate")
    assert done.code == 0, done.err
    assert re.fullmatch(r"temperature -?\d+\.\d Cel\n", done.out)


@pytest.mark.ports("sim")
def test_button_switches_the_lamp(wasmdev: Wasmdev) -> None:
    wasmdev("flash", EXAMPLES / "button/button.wasm")
    done = wasmdev("run", "button", "--press", "button@0.5", "--press", "button@1.2")
    assert done.code == 0, done.err
    levels = "".join(re.findall(r"GP25 LED +([01])$", done.out, re.MULTILINE))
    assert levels.removeprefix("0") == "10"  # what ran before may have left it on
    assert re.findall(r"^press (\d)$", done.out, re.MULTILINE) == ["1", "2"]


@pytest.mark.ports("sim")
@pytest.mark.parametrize("name", ["beacon", "climate", "button"])
def test_without_a_grant_the_exit_code_is_the_errno(wasmdev: Wasmdev, tmp_path: Path, name: str) -> None:
    done = wasmdev("run", shutil.copy(EXAMPLES / name / f"{name}.wasm", tmp_path))
    assert (done.code, done.out) == (76, "")
