"""Grants and settings: from TOML and options to what a board gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from wasmdev import descriptions
from wasmdev.app import apps
from wasmdev.errors import UsageError
from wasmdev.grants import denied, entries, grants, settings

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
        ("pwm:16", {"pwm": 16}, ["pwm", 16, 1000]),
        ("pwm:16:25000", {"pwm": 16, "frequency": 25000}, ["pwm", 16, 25000]),
        ("sensor:temperature", {"sensor": "temperature"}, ["sensor.temperature", 4, 437227, -8924, 305]),
    ],
)
def test_option_and_toml_mean_the_same(option, entry, grant):
    assert grants.from_option(f"x={option}", PICO) == ("x", grant)
    assert grants.from_table({"x": entry}, PICO, "x.toml") == {"x": grant}


@pytest.mark.parametrize(
    "option", ["led", "led=", "led=gpio.out", "=gpio.out:1", "a=adc:0:1", "a=lcd:0", "a=gpio.up:1"]
)
def test_options_that_are_wrong(option):
    with pytest.raises(UsageError, match=f"^--grant {option}"):
        grants.from_option(option, PICO)


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (25, "x.toml: grant 'led' is no table"),
        ({}, "x.toml: grant 'led' has no kind; use one of gpio, sensor, adc, pwm, i2c, spi, uart, folder"),
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
        ({"folder": "/data."}, "x.toml: grant 'led': folder can't be '/data.'"),
        ({"folder": "/ /data"}, "x.toml: grant 'led': folder can't be '/ /data'"),
        ({"folder": "/data\\..\\lib"}, r"x.toml: grant 'led': folder can't be '/data\\..\\lib'"),
        ({"folder": "/wasm/x", "access": "read-write"}, "x.toml: grant 'led': /wasm/x can't be read-write"),
        ({"folder": "/data", "access": "rw"}, "x.toml: grant 'led': access can't be 'rw'; use read-only or"),
        ({"sensor": "smell"}, "x.toml: grant 'led': no sensor 'smell'; use one of temperature, bme280"),
    ],
)
def test_entries_that_are_wrong(entry, error):
    with pytest.raises(UsageError) as raised:
        grants.from_table({"led": entry}, PICO, "x.toml")
    assert str(raised.value).startswith(error)


def test_what_a_denied_open_asked_for():
    granted = {"led": ["gpio.in", 14], "data": ["folder", "/data", "read-only"]}
    wish = "asked for 'l\ufffd\\x1b', granted: 'data' (folder read-only), 'led' (gpio.in)"
    assert denied.asked(b"l\xff\x1b", granted) == wish
    assert denied.asked(b"", {}) == "asked for '', granted: nothing"


I2C = {"i2c": 0, "sda": 8, "scl": 9, "addresses": [0x50]}


@pytest.mark.parametrize(
    ("entry", "grant"),
    [
        (I2C, ["i2c", 0, 8, 9, 400_000, [0x50]]),
        ({"i2c": 1, "frequency": 100_000}, ["i2c", 1, 6, 7, 100_000, []]),
        ({"sensor": "bme280", "bus": "bus"}, ["sensor.bme280", 0, 8, 9, 400_000, 0x76]),
        ({"sensor": "mpu6050", "bus": "bus", "address": 0x69}, ["sensor.mpu6050", 0, 8, 9, 400_000, 0x69]),
        ({"sensor": "ds18b20", "pin": "GP15"}, ["sensor.ds18b20", 15]),
        ({"spi": 0, "cs": 17, "mode": 3}, ["spi", 0, 18, 19, 16, 17, 1_000_000, 3]),
        ({"spi": 1, "cs": 17, "miso": False}, ["spi", 1, 10, 11, None, 17, 1_000_000, 0]),
        ({"uart": 1, "tx": 8, "rx": 9, "baud": 115200}, ["uart", 1, 8, 9, 115200]),
        ({"pwm": 3, "active": "low"}, ["pwm", 3, 1000, "active-low"]),
    ],
)
def test_buses_and_what_is_on_them(entry, grant):
    table = {"bus": I2C, "x": entry}
    assert grants.from_table(table, PICO, "x.toml")["x"] == grant


def test_an_analog_sensor_is_the_line_through_two_points():
    entry = {"sensor": "analog", "adc": "GP26", "volts": [0.5, 2.5], "values": [0, 100], "name": "m", "unit": "%"}
    kind, channel, offset, numerator, denominator, *texts = grants.from_table({"x": entry}, PICO, "x.toml")["x"]
    assert (kind, channel, texts) == ("sensor.analog", 0, ["m", "%"])
    for volts, value in ((0.5, 0), (1.5, 50), (2.5, 100), (3.3, 140)):
        u16 = round(volts / 3.3 * 65535)
        assert abs(offset + u16 * numerator // denominator - 1000 * value) < 30


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ({"i2c": 2}, "x.toml: grant 'led': Raspberry Pi Pico has no i2c 2; it has 0, 1"),
        ({"i2c": 0, "sda": 5}, "x.toml: grant 'led': pin 5 can't carry sda of i2c 0; use one of 0, 4, 8"),
        ({"i2c": 0, "addresses": [3]}, "x.toml: grant 'led': addresses can't be [3]"),
        ({"sensor": "bme280"}, "x.toml: grant 'led': it has no bus; grant one, as in i2c0"),
        ({"sensor": "bme280", "bus": "b"}, "x.toml: grant 'led': it is on bus 'b', which isn't granted"),
        ({"sensor": "analog", "adc": "GP26"}, "x.toml: grant 'led': volts can't be None"),
        ({"spi": 0}, "x.toml: grant 'led' has no cs"),
        ({"spi": 0, "cs": 17, "mode": 4}, "x.toml: grant 'led': mode can't be 4"),
        ({"uart": 0, "tx": 3}, "x.toml: grant 'led': pin 3 can't carry tx of uart 0"),
        ({"pwm": 16, "frequency": 0}, "x.toml: grant 'led': frequency can't be 0"),
    ],
)
def test_buses_that_are_wrong(entry, error):
    with pytest.raises(UsageError) as raised:
        grants.from_table({"led": entry}, PICO, "x.toml")
    assert str(raised.value).startswith(error)


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ({"gpio": "out", "pin": 4}, {"gpio": "in", "pin": "GP4"}, "pin 4"),
        ({"gpio": "out", "pin": 4}, {"i2c": 0}, "pin 4"),
        ({"pwm": 17}, {"spi": 0, "cs": 17}, "pin 17"),
        ({"i2c": 0, "addresses": [0x76]}, {"sensor": "bme280", "bus": "one"}, "address 0x76 of i2c 0"),
        ({"adc": "temperature"}, {"sensor": "temperature"}, "ADC channel 4"),
        ({"uart": 0, "tx": 0, "rx": 1}, {"uart": 0, "tx": 12, "rx": 13}, "uart 0"),
        ({"i2c": 0}, {"i2c": 0, "frequency": 100_000}, "pin 4"),
    ],
)
def test_what_two_grants_share(one, other, what):
    granted = grants.from_table({"one": one, "other": other}, PICO, "x.toml")
    with pytest.raises(UsageError, match=f"^x.toml: grants 'one' and 'other' both have {what}; "):
        grants.check_shared(granted, "x.toml")


def test_chips_share_a_bus():
    table = {"bus": {"i2c": 0, "addresses": [0x50]}, "air": {"sensor": "bme280", "bus": "bus"},
             "a": {"spi": 0, "cs": 17}, "b": {"spi": 0, "cs": 20}}
    granted = grants.from_table(table, PICO, "x.toml")
    grants.check_shared(granted, "x.toml")
    assert grants.idle(granted, {"wasi_sensor"}) == ["a", "b"]
    assert grants.idle(granted, {"wasi_i2c", "wasi_spi"}) == ["air"]


def test_the_line_of_a_sensor_is_exact_and_fits_small_ints():
    formula = PICO.temperature
    offset, numerator, denominator = entries.line(formula)
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
        ("[grant]\n", "app.toml: unknown table 'grant'; use grants, limits, run"),
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


BOUNDARY = "é" * 32  # 64 bytes


@pytest.mark.parametrize("label", ["a", "it's \"so\"", "back\\slash", "${x}", "a=b", "лампа 灯 💡", BOUNDARY])
def test_labels_that_are_carried_exactly(tmp_path, label):
    path = write(tmp_path, f"[grants]\n{json.dumps(label, ensure_ascii=False)} = {{ gpio = 'out', pin = 1 }}\n")
    loaded = load(path)
    assert loaded.grants == {label: ["gpio.out", 1]}
    manifest = apps.App("a", b"", b"", loaded).manifest
    assert json.loads(manifest)["grants"] == loaded.grants
    assert label.encode() in manifest or "\\" in label or '"' in label


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("", "''"),
        ("a\x1b[31m", r"'a\x1b[31m'"),
        ("a\nb", r"'a\nb'"),
        ("nul\0", r"'nul\x00'"),
        ("\x9b31m", r"'\x9b31m'"),
        ("\u202edel", r"'\u202edel'"),
        ("\u2028", r"'\u2028'"),
        (BOUNDARY + "a", f"'{BOUNDARY}a'"),
        ("a" * 5000, f"'{'a' * 40}...'"),
    ],
)
def test_labels_that_are_refused(tmp_path, label, shown):
    path = write(tmp_path, f"[grants]\n{json.dumps(label)} = {{ gpio = 'out', pin = 1 }}\n")
    with pytest.raises(UsageError) as raised:
        load(path)
    assert str(raised.value) == (
        f"{tmp_path}/app.toml: a label can't be {shown}; write 1 to 64 bytes of text that can be printed"
    )
    if "=" not in label:
        with pytest.raises(UsageError):
            grants.from_option(f"{label}=gpio.out:1", PICO)


@pytest.mark.parametrize("value", ["", "\x1b[2J", "a\nb", "\0", "\u202e", "x" * 256])
@pytest.mark.parametrize(
    "entry",
    [
        {"gpio": "out", "pin": None},
        {"folder": None},
        {"sensor": "analog", "adc": 0, "volts": [0, 1], "values": [0, 1], "name": None, "unit": "%"},
        {"sensor": "analog", "adc": 0, "volts": [0, 1], "values": [0, 1], "name": "n", "unit": None},
        {"gpio": None, "pin": 1},
    ],
)
def test_values_that_are_refused(entry, value):
    odd = {key: f"/{value}" if key == "folder" and value else value if held is None else held
           for key, held in entry.items()}  # fmt: skip
    with pytest.raises(UsageError) as raised:
        grants.from_table({"x": odd}, PICO, "x.toml")
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 200


def test_keys_and_tables_with_odd_names(tmp_path):
    for text in ('["\\u001b[31m"]\n', '[limits]\n"\\u001b[31m" = 1\n', '[grants]\nx = { "\\u001b[31m" = 1 }\n'):
        with pytest.raises(UsageError) as raised:
            load(write(tmp_path, text))
        assert str(raised.value).replace(str(tmp_path), "").isprintable()


@pytest.mark.parametrize("path", ["/data/..", "/a/../b", "/a\\..\\b", "/lib.", "/LIB /x", "/a/.. ", "data"])
def test_folders_that_lead_elsewhere_on_some_file_system(path):
    with pytest.raises(UsageError, match="folder can't be"):
        grants.from_table({"x": {"folder": path, "access": "read-write"}}, PICO, "x.toml")


def test_texts_for_the_program_are_carried_exactly(tmp_path):
    texts = ["", "a b", "it's", '"', "\\n", "\n\t", "\x1b[31m", "é灯💡", "$(ls)"]
    env = {f"N {i}": text for i, text in enumerate(texts)}
    lines = [f"{json.dumps(name)} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in env.items()]
    path = write(tmp_path, f"[run]\nargs = {json.dumps(texts, ensure_ascii=False)}\n[run.env]\n{''.join(lines)}")
    loaded = load(path)
    assert (loaded.args, loaded.env) == (texts, env)
    manifest = json.loads(apps.App("a", b"", b"", loaded).manifest)
    assert (manifest["args"], manifest["env"]) == (texts, env)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[run]\nargs = ["a\\u0000b"]\n', r"app.toml: args and env can't hold 'a\x00b'; a program's strings end"),
        ('[run]\nenv = { A = "\\u0000" }\n', r"app.toml: args and env can't hold '\x00'; "),
        ('[run]\nenv = { "A=B" = "c" }\n', "app.toml: env can't have the name 'A=B'; give a name without ="),
        ('[run]\nenv = { "" = "c" }\n', "app.toml: env can't have the name ''; give a name"),
        ("[grants]\nx = " + "[" * 5000 + "\n", "app.toml is no valid TOML: "),
        ("[limits]\nfuel = " + "9" * 5000 + "\n", "app.toml is no valid TOML: "),
        ("[limits]\nfuel = " + "9" * 30 + "\n", "app.toml: fuel can't be 999"),
        ("[limits]\nfuel = '1k'\n", "app.toml: fuel can't be '1k'; limits are whole numbers from 0 on"),
        ("[limits]\nmemory = '16q'\n",
         'app.toml: memory can\'t be \'16q\'; limits are whole numbers from 0 on, or as "16k"'),
        ("[limits]\nmemory = ''\n", "app.toml: memory can't be ''"),
        ("[limits]\nmemory = '1.5k'\n", "app.toml: memory can't be '1.5k'"),
        ("[limits]\nmemory = true\n", "app.toml: memory can't be True"),
        ("[limits]\noutput = 0\n", "app.toml: output can't be 0; leave it out where there is no limit"),
    ],
)  # fmt: skip
def test_settings_that_are_refused(tmp_path, text, error):
    with pytest.raises(UsageError) as raised:
        load(write(tmp_path, text))
    assert str(raised.value).replace(f"{tmp_path}/", "").startswith(error)


@pytest.mark.parametrize("name", ["memory", "stack", "files", "output"])
def test_sizes_are_written_as_on_the_command_line(tmp_path, name):
    for text, number in (("'16k'", 16384), ("'2K'", 2048), ("'300'", 300), ("300", 300)):
        assert getattr(load(write(tmp_path, f"[limits]\n{name} = {text}\n")), name) == number


def test_a_limit_of_the_command_line_is_not_laid_to_the_file(tmp_path):
    with pytest.raises(UsageError, match=r"^--fuel can't be -1; "):
        load(write(tmp_path, ""), fuel=-1)
