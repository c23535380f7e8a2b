"""MicroPython onto the ESP32 family: esptool's real code, talking to a stand-in for the chip on a pty."""

from __future__ import annotations

import os
import struct
import time
import tty

import pytest
from esptool.bin_image import LoadFirmwareImage
from esptool.targets import CHIP_DEFS
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from wasmdev import cli, descriptions
from wasmdev.board import devices, volumes
from wasmdev.firmware import espressif

from tests.espressif_chip import _DEFL_DATA, _ERASE, _MEM_DATA, Chip

NAMES = {"esp32": "ESP32", "esp32s3": "ESP32S3", "esp32c3": "ESP32C3", "esp32c6": "ESP32C6"}


def image(name, size=200_000):
    """A firmware file as those of a release: boot loader, partition table, and MicroPython's name."""
    target = CHIP_DEFS[name]
    # Magic, one segment, flash mode and size, entry; then the extended header, with the chip's id.
    header = struct.pack("<BBBBI", 0xE9, 1, 0, 0x20, 0x40080000)
    header += struct.pack("<BBBBHBHHIB", 0, 0, 0, 0, target.IMAGE_CHIP_ID, 0, 0, 0xFFFF, 0, 0)
    content = bytearray((header + struct.pack("<II", 0x3FFF0000, 16) + bytes(16)).ljust(size, b"\xff"))
    table = 0x8000 - target.BOOTLOADER_FLASH_OFFSET
    content[table : table + 2] = b"\xaa\x50"
    banner = b"MicroPython v1.29.0 on 2026-09-01\0; Generic %s module with %s\0"
    content[0x10000 : 0x10000 + 80] = (banner % (NAMES[name].encode(), NAMES[name].encode())).ljust(80, b"\0")
    content[0x11000:] = os.urandom(size - 0x11000)
    return bytes(content)


@pytest.fixture
def chip():
    """Makes chips, and unplugs them at the end."""
    made = []

    def make(*arguments, **options):
        made.append(Chip(*arguments, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def wasmdev(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(["firmware", *map(str, arguments)])
        return end.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "firmware.bin"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("name", NAMES)
def test_a_chip_is_detected_written_and_verified(wasmdev, chip, file, name):
    board, content = chip(name), image(name)
    code, out, err = wasmdev("--port", board.port, "--file", file(content))
    assert (code, err) == (0, "")
    offset = board.target.BOOTLOADER_FLASH_OFFSET
    assert board.stub
    assert bytes(board.flash[offset : offset + len(content)]) == content
    assert bytes(board.flash[:offset]) == b"\xa5" * offset
    assert set(board.flash[0x100000:]) == {0xA5}, "files of the board were not touched"
    assert out == (
        f"  firmware  MicroPython v1.29.0, Generic {NAMES[name]} module with {NAMES[name]}\n"
        f"  chip      {board.target.CHIP_NAME}\n"
        f"  written   200,000 bytes at {offset:#x}, and verified\n"
        "  restarted the board runs the new firmware\n"
    )


@pytest.mark.parametrize("name", NAMES)
def test_descriptions_and_esptool_agree(name):
    firmware, target = descriptions.describe(name).firmware, CHIP_DEFS[name]
    assert (firmware.chip, firmware.offset) == (target.CHIP_NAME, target.BOOTLOADER_FLASH_OFFSET)


def test_the_image_that_these_tests_make_is_one_for_esptool():
    for name in NAMES:
        target = CHIP_DEFS[name]
        assert LoadFirmwareImage(target.CHIP_NAME, image(name)).chip_id == target.IMAGE_CHIP_ID


def test_the_whole_flash_is_erased_when_that_is_asked_for(wasmdev, chip, file):
    board, content = chip("esp32c3"), image("esp32c3")
    path = file(content)
    code, _, err = wasmdev("--port", board.port, "--file", path, "--erase")
    assert (code, err.count("\n")) == (2, 1)
    assert "--erase removes all files of the board; say --yes with it" in err
    assert set(board.flash) == {0xA5}
    code, out, err = wasmdev("--port", board.port, "--file", path, "--erase", "--yes")
    assert (code, err) == (0, "")
    assert "  erased    all of the flash\n" in out
    assert bytes(board.flash[: len(content)]) == content
    assert set(board.flash[len(content) :]) == {0xFF}


def test_firmware_for_another_chip(wasmdev, chip, file):
    board = chip("esp32c3")
    code, _, err = wasmdev("--port", board.port, "--file", file(image("esp32c6")), "--erase", "--yes")
    assert code == 1
    page = "https://micropython.org/download/ESP32_GENERIC_C3/"
    what = "the firmware is for ESP32-C6, the board has ESP32-C3"
    assert err == f"error: {what}; nothing was written; get one from {page}\n"
    assert set(board.flash) == {0xA5}
    assert not {_MEM_DATA, _ERASE, _DEFL_DATA}.intersection(board.commands)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (image("esp32")[0x10000:0x11000].replace(b"M", b"\xe9", 1), "is for a chip that esptool doesn't know"),
        (image("esp32c3")[:0x8000], "has no boot loader and partition table in it, or is cut off"),
        (image("esp32c3")[:0x100] + bytes(0x20000), "has no boot loader and partition table in it"),
        (b"PK\3\4zip", "is no firmware; get a .uf2"),
        (b"", "is no firmware"),
    ],
)
def test_a_bad_file_is_refused_before_the_board_is_touched(wasmdev, chip, file, content, error):
    board = chip("esp32c3")
    path = file(content)
    code, _, err = wasmdev("--port", board.port, "--file", path)
    assert (code, err.count("\n")) == (1, 1)
    assert f"error: {path} {error}" in err
    assert board.commands == []


def test_a_file_larger_than_the_flash(wasmdev, chip, file):
    board = chip("esp32", size=1 << 20)
    code, _, err = wasmdev("--port", board.port, "--file", file(image("esp32", 1 << 20)))
    assert code == 1
    assert err == "error: the firmware is larger than the board's 1,048,576 bytes of flash; nothing was written\n"
    assert set(board.flash) == {0xA5}


def test_flash_that_does_not_keep_what_is_written(wasmdev, chip, file):
    board = chip("esp32c6")
    board._before = lambda command: board.flash.__setitem__(50_000, 0) if command == 0x13 else None
    code, _, err = wasmdev("--port", board.port, "--file", file(image("esp32c6")))
    assert (code, err.count("\n")) == (1, 1)
    assert "MD5 of file does not match data in flash!; the flash is incomplete now: try again" in err


def test_a_cable_that_is_pulled(wasmdev, chip, file, monkeypatch):
    monkeypatch.setattr("esptool.cmds.DEFAULT_CONNECT_ATTEMPTS", 1)
    written = []

    def pull(command):
        written.append(command)
        if written.count(_DEFL_DATA) == 3:
            raise EOFError

    board = chip("esp32c3", before=pull)
    began = time.monotonic()
    code, _, err = wasmdev("--port", board.port, "--file", file(image("esp32c3")))
    assert (code, err.count("\n")) == (1, 1)
    assert "the flash is incomplete now: try again" in err
    assert time.monotonic() - began < 30


def test_no_chip_answers(wasmdev, file, monkeypatch):
    monkeypatch.setattr(espressif, "_RETRIES", 1)
    path = file(image("esp32"))
    master, slave = os.openpty()
    tty.setraw(slave)
    try:
        code, _, err = wasmdev("--port", os.ttyname(slave), "--file", path)
    finally:
        os.close(master)
        os.close(slave)
    assert (code, err.count("\n")) == (1, 1)
    assert "error: no ESP32 answers on /dev/pts/" in err
    assert "; hold its BOOT button, press RESET, let go, and try again" in err
    code, _, err = wasmdev("--port", "/dev/ttyNONE", "--file", path)
    assert (code, err) == (
        1, "error: can't open /dev/ttyNONE; is it there, yours to use, and used by no other program?\n",
    )  # fmt: skip


def test_the_only_board_behind_a_usb_serial_chip_is_found(wasmdev, chip, file, monkeypatch):
    board, content = chip("esp32"), image("esp32")
    port = ListPortInfo(board.port)
    port.vid, port.pid = 0x10C4, 0xEA60
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    monkeypatch.setattr(volumes, "_roots", lambda: [])
    code, out, err = wasmdev("--file", file(content))
    assert (code, err) == (0, "")
    assert "chip      ESP32\n" in out
    assert bytes(board.flash[0x1000 : 0x1000 + len(content)]) == content


def test_the_chip_is_asked_for_which_board_a_file_is_needed(wasmdev, chip, monkeypatch):
    board = chip("esp32c6")
    port = ListPortInfo(board.port)
    port.vid, port.pid = 0x303A, 0x1001
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    monkeypatch.setattr(devices, "_PROBE_S", 0.2)
    page = "https://micropython.org/download/ESP32_GENERIC_C6/"
    assert wasmdev("--port", board.port)[::2] == (2, f"error: no --file for the ESP32-C6; get one from {page}\n")
    assert set(board.flash) == {0xA5}


def test_a_bin_for_a_boot_volume(wasmdev, file, tmp_path):
    (tmp_path / "INFO_UF2.TXT").write_text("Board-ID: RPI-RP2\n")
    code, _, err = wasmdev("--port", tmp_path, "--file", file(image("esp32")))
    assert code == 1
    assert f"the firmware is for ESP32, {tmp_path} is an RP2040's or RP2350's; nothing was written; get one" in err
