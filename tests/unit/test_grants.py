"""Grants and settings: from TOML and options to what a board gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from wasmdev import descriptions, grants, settings
from wasmdev.errors import UsageError

PICO = descriptions.describe("pico")


@pytest.mark.parametrize(
    ("option", "entry", "grant"),
    [
        ("gpio.out:LED", {"gpio": "out", "pin": "LED"}, ["gpio.out", 25]),
        ("gpio.out:GP15", {"gpio": "out", "pin": "GP15"}, ["gpio.out", 15]),
        ("gpio.out:3:active-low", {"gpio": "out", "pin": 3, "active": "low"}, ["gpio.out", 3, "active-low"]),
        ("gpio.in:14", {"gpio": "in", "pin": 14}, ["gpio.in", 14]),
        ("gpio.in:14:up", {"gpio": "in", "pin": 14, "pull": "up"}, ["gpio.in", 14, "up"]),
        ("adc:GP27", {"adc": "GP27"}, ["adc", 1]),
        ("adc:2", {"adc": 2}, ["adc", 2]),
        ("folder:/data", {"folder": "/data"}, ["folder", "/data", "read-only"]),
        ("folder:/d:read-write", {"folder": "/d", "access": "read-write"}, ["folder", "/d", "read-write"]),
        ("sensor:temperature", {"sensor": "temperature"}, ["sensor.temperature", 4, 437227, -8924, 305]),
    ],
)
def test_option_and_toml_mean_the_same(option, entry, grant):
    assert grants.from_option(f"x={option}", PICO) == ("x", grant)
    assert grants.from_table({"x": entry}, PICO, "x.toml") == {"x": grant}


@pytest.mark.parametrize(
    "option", ["led", "led=", "led=gpio.out", "=gpio.out:1", "a=adc:0:1", "a=uart:0", "a=gpio.up:1"]
)
def test_options_that_are_wrong(option):
    with pytest.raises(UsageError, match=f"^--grant {option}"):
        grants.from_option(option, PICO)


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (25, "x.toml: grant 'led' is no table"),
        ({}, "x.toml: grant 'led' has no kind; use one of gpio, adc, sensor, folder"),
        ({"gpio": "out"}, "x.toml: grant 'led' has no pin; pins of pico: "),
        ({"gpio": "out", "pin": "LAMP"}, "x.toml: grant 'led': pico has no pin LAMP"),
        ({"gpio": "out", "pin": 30}, "x.toml: grant 'led': pico has no pin 30"),
        ({"gpio": "out", "pin": 1, "pull": "up"}, "x.toml: grant 'led': pull can't be 'up'"),
        ({"gpio": "in", "pin": 1, "pull": "left"}, "x.toml: grant 'led': pull can't be 'left'"),
        ({"gpio": "in", "pin": 1, "active": 0}, "x.toml: grant 'led': active can't be 0"),
        ({"gpio": "on", "pin": 1}, "x.toml: grant 'led': gpio can't be 'on'"),
        ({"gpio": "out", "pn": 1}, "x.toml: grant 'led' has an unknown key 'pn'"),
        ({"adc": "GP3"}, "x.toml: grant 'led': pico has no ADC channel GP3"),
        ({"folder": "data"}, "x.toml: grant 'led': folder can't be 'data'"),
        ({"folder": "/a/../lib"}, "x.toml: grant 'led': folder can't be '/a/../lib'"),
        ({"folder": "/LIB/x", "access": "read-write"}, "x.toml: grant 'led': /LIB/x can't be read-write"),
        ({"folder": "/data", "access": "rw"}, "x.toml: grant 'led': access can't be 'rw'; use read-only or"),
        ({"sensor": "smell"}, "x.toml: grant 'led': no sensor 'smell'; use temperature"),
    ],
)
def test_entries_that_are_wrong(entry, error):
    with pytest.raises(UsageError) as raised:
        grants.from_table({"led": entry}, PICO, "x.toml")
    assert str(raised.value).startswith(error)


def test_the_line_of_a_sensor_is_exact_and_fits_small_ints():
    formula = PICO.temperature
    offset, numerator, denominator = grants.line(formula)
    assert abs(numerator * 65535) < 1 << 30
    for celsius in range(-20, 86):
        milli = offset + formula.reading(celsius) * numerator // denominator
        assert abs(milli - 1000 * celsius) < 30


def write(tmp_path, text):
    (tmp_path / "app.toml").write_text(text)
    return tmp_path / "app.wasm"


def load(path, *options, **limits):
    return settings.load(path, lambda: PICO, options, limits)


def test_settings_without_toml_are_empty_and_ask_for_no_board(tmp_path):
    def unknown():
        raise UsageError("which board?")

    assert settings.load(tmp_path / "app.wasm", unknown) == settings.Settings()


def test_command_line_wins_over_toml(tmp_path):
    path = write(tmp_path, """
        [grants]
        led = { gpio = "out", pin = 1 }
        light = { adc = 0 }
        [limits]
        fuel = 5
        memory = 100
        [run]
        args = ["a", "b"]
        env = { LANG = "C" }
    """)
    loaded = load(path, "led=gpio.out:2", fuel=9, memory=None)
    assert loaded.grants == {"led": ["gpio.out", 2], "light": ["adc", 0]}
    assert (loaded.fuel, loaded.memory, loaded.stack) == (9, 100, None)
    assert (loaded.args, loaded.env) == (["a", "b"], {"LANG": "C"})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[grants", "app.toml is no valid TOML: "),
        ("[grant]\n", "app.toml: unknown table [grant]; use grants, limits, run"),
        ("grants = 1\n", "app.toml: grants is no table"),
        ("[limits]\nfule = 1\n", "app.toml: unknown key 'fule' in [limits]; use fuel, memory, "),
        ("[limits]\nfuel = 'all'\n", "app.toml: fuel can't be 'all'"),
        ("[limits]\nmemory = -1\n", "app.toml: memory can't be -1"),
        ("[run]\nargs = [1]\n", "app.toml: args and env hold strings only"),
        ("[run]\nenv = []\n", "app.toml: env is no table"),
    ],
)
def test_toml_that_is_wrong(tmp_path, text, error):
    with pytest.raises(UsageError) as raised:
        load(write(tmp_path, text))
    assert str(raised.value).replace(f"{tmp_path}/", "").startswith(error)


def test_boards_are_recognised_by_their_title():
    assert descriptions.recognise("Raspberry Pi Pico with RP2040") == "pico"
    assert descriptions.recognise("Some board with ESP32") is None


def test_every_board_is_described():
    assert "pico" in descriptions.names()
    for name in descriptions.names():
        assert descriptions.describe(name).name == name
    assert (Path(__file__).parents[2] / "boards" / "pico.toml").exists()
