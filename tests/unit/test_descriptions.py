"""The boards' TOML files, and what their loader makes of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from wasmdev import descriptions
from wasmdev.errors import UsageError

ROOT = Path(__file__).parents[2]
PICO = (ROOT / "boards" / "pico.toml").read_text()
ALL = ("esp32", "esp32c3", "esp32c6", "esp32s3", "pico", "pico2", "pico2_w", "pico_w")

# sys.implementation._machine of released builds.
MACHINES = {
    "Raspberry Pi Pico with RP2040": "pico",
    "Raspberry Pi Pico W with RP2040": "pico_w",
    "Raspberry Pi Pico2 with RP2350": "pico2",
    "Raspberry Pi Pico2 with RP2350-RISCV": "pico2",
    "Raspberry Pi Pico 2 W with RP2350": "pico2_w",
    "Generic ESP32 module with ESP32": "esp32",
    "Generic ESP32 module with SPIRAM with ESP32": "esp32",
    "Generic ESP32 module with OTA with ESP32": "esp32",
    "Generic ESP32 module with ESP32-UNICORE": "esp32",
    "Generic ESP32S3 module with ESP32S3": "esp32s3",
    "Generic ESP32S3 module with ESP32-S3": "esp32s3",
    "Generic ESP32S3 module with Octal-SPIRAM with ESP32S3": "esp32s3",
    "ESP32C3 module with ESP32C3": "esp32c3",
    "ESP32C3 module with ESP32-C3": "esp32c3",
    "ESP32C6 module with ESP32C6": "esp32c6",
    "Arduino Nano RP2040 Connect with RP2040": None,
    "LOLIN_C3_MINI with ESP32-C3FH4": None,
    "": None,
}


@pytest.fixture
def described(tmp_path):
    """Describes a board by the Pico's TOML with something replaced in it."""

    def describe(old="", new="", text=PICO):
        assert old in text
        path = tmp_path / "board.toml"
        path.write_text(text.replace(old, new, 1))
        return descriptions.describe(path)

    return describe


def test_the_boards_that_there_are():
    assert tuple(descriptions.names()) == ALL


@pytest.mark.parametrize("name", ALL)
def test_a_description_is_whole_and_agrees_with_itself(name):
    board = descriptions.describe(name)
    assert board.name == name
    assert board.arch in ("armv6m", "armv7emsp", "xtensawin", "rv32imc")
    assert 100_000 <= board.heap < 1_000_000
    copied = name in ("esp32", "esp32c3", "esp32s3")
    assert bool(board.executable) == copied, "code lies in the heap on the others"
    assert 0 < board.filesystem < board.flash
    usable = [n for n in range(board.gpio) if n not in (*board.absent, *board.reserved)]
    assert all(board.pin(n) == n for n in usable)
    for label in board.adc:
        assert label == "temperature" or board.pin(label) in usable
    for buses in board.buses.values():
        assert buses
        for bus in buses.values():
            for signal, pins in bus.pins.items():
                assert set(usable).issuperset(pins or ()), signal
            assert set(usable).issuperset(bus.default.values())
    assert len({board.temperature is None, board.sensor is None}) == 2, "one way to read the temperature"
    firmware = board.firmware
    assert bool(firmware.volume) != bool(firmware.chip), "one way to provision it"
    assert firmware.url.startswith("https://micropython.org/download/")
    assert board.usb.ids or board.usb.bridge


def test_pins_of_the_rp2040_and_its_successor_carry_what_their_data_sheets_say():
    for name in ("pico", "pico_w", "pico2", "pico2_w"):
        buses = descriptions.describe(name).buses
        assert 5 in buses["i2c"][0].pins["scl"]
        assert 26 in buses["i2c"][1].pins["sda"]
        assert 19 in buses["spi"][0].pins["mosi"]
        assert 12 in buses["spi"][1].pins["miso"]
        assert 8 in buses["uart"][1].pins["tx"]
        assert (2 in buses["uart"][0].pins["tx"]) == ("2" in name), "UART AUX is the RP2350's"


@pytest.mark.parametrize("machine", MACHINES)
def test_a_board_is_recognised_by_what_micropython_says(machine):
    assert descriptions.recognise(machine) == MACHINES[machine]


def test_pins_by_every_name():
    pico, wireless, esp32 = map(descriptions.describe, ("pico", "pico_w", "esp32"))
    assert [pico.pin(pin) for pin in (25, "LED", "GP25", "GPIO25")] == [25] * 4
    assert [wireless.pin(pin) for pin in ("LED", "WL_GPIO0")] == ["WL_GPIO0"] * 2
    assert (pico.line("LED"), pico.label(25), pico.label(3)) == (25, "GP25 LED", "GP3")
    assert (wireless.line("LED"), wireless.label(30)) == (30, "WL_GPIO0 LED")
    assert esp32.pin(34) == 34
    assert esp32.channel("GP34") == 34
    for board, pin, output, error in (
        (pico, "30", False, "pico has no pin 30; use 0 to 29 or one of SMPS_MODE, VBUS_SENSE, LED"),
        (pico, "GP", False, "has no pin GP;"),
        (pico, -1, False, "has no pin -1;"),
        (wireless, 25, False, "pin 25 of pico_w is used by the board itself"),
        (esp32, 20, False, "esp32 has no pin 20"),
        (esp32, "GP6", False, "pin GP6 of esp32 is used by the board itself"),
        (esp32, 34, True, "pin 34 of esp32 is an input only"),
    ):
        with pytest.raises(UsageError, match=error):
            board.pin(pin, output=output)
    with pytest.raises(UsageError, match="esp32 has no ADC channel GP3; use one of GP32"):
        esp32.channel("GP3")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("[board]", "[bord]", r"unknown table \[bord\]"),
        ('mcu = "RP2040"\n', "", r"\[board\] lacks 'mcu'"),
        ("mcu =", "cpu =", r"unknown key 'cpu' in \[board\]: use name, title, machine, mcu"),
        ('"RP2040"', "2040", r"mcu in \[board\] can't be 2040"),
        ("count = 30", "count = true", r"count in \[gpio\] can't be True"),
        ('machine = ["Raspberry Pi Pico"]', 'machine = "Raspberry"', r"machine in \[board\] can't be 'Raspberry'"),
        ("LED = 25", "LED = 30", r"\[pins\] LED is 30, which is no pin of it"),
        ("GP26 = 0", 'GP26 = "0"', r"GP26 in \[adc\] can't be '0'"),
        ("slope = -0.001721\n", "", r"\[temperature\] lacks 'slope'"),
        ("slope =", "slop =", r"unknown key 'slop' in \[temperature\]"),
        ("temperature = 4\n", "", r"\[temperature\] needs an entry temperature in \[adc\]"),
        ("[i2c.0]", "[i2c.a]", r"i2c has no number: write \[i2c\.0\]"),
        ("scl = 5,", "scl = 4,", r"default scl of \[i2c\.0\] is 4, which can't carry it"),
        ("sda = [0,", "sdb = [0,", r"unknown key 'sdb' in \[i2c\.0\]: use default, scl, sda"),
        ('board_id = "RPI-RP2"\n', "", r"\[firmware\] has a volume but not its board_id"),
        ("[board]", "[board", r"board\.toml is no valid TOML"),
    ],
)
def test_a_wrong_description_is_one_line_that_names_the_entry(described, old, new, error):
    with pytest.raises(UsageError, match=error) as raised:
        described(old, new)
    assert "board.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_of_ones_own(described, tmp_path):
    assert described('title = "Raspberry Pi Pico"', 'title = "Mine"').title == "Mine"
    with pytest.raises(UsageError, match=r"no such file .*none\.toml"):
        descriptions.describe(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="no board toaster; use one of esp32"):
        descriptions.describe("toaster")
