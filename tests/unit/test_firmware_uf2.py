"""MicroPython onto an RP2040 or RP2350: a folder stands in for the boot volume, a thread for the boot ROM."""

from __future__ import annotations

import os
import struct
import threading
import time

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from wasmdev import cli
from wasmdev.board import volumes
from wasmdev_sim import SimBoard

RP2040, RP2350, ABSOLUTE = 0xE48BFF56, 0xE48BFF59, 0xE48BFF57
INFO = "UF2 Bootloader v3.0\nModel: Raspberry Pi\nBoard-ID: {}\n"
BANNER = b"MicroPython v1.29.0 on 2026-09-01\0; %s\0"


def uf2(family=RP2040, machine=b"Raspberry Pi Pico with RP2040", size=200_000):
    """A UF2 file with MicroPython's name for a board in it."""
    payload = (BANNER % machine).ljust(size, b"\x55")
    count = -(-size // 256)
    blocks = [
        struct.pack("<8I476sI", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * n, 256, n, count, family,
                    payload[256 * n : 256 * n + 256], 0x0AB16F30)
        for n in range(count)
    ]  # fmt: skip
    return b"".join(blocks)


@pytest.fixture
def wasmdev(capsys, monkeypatch):
    monkeypatch.setattr(list_ports, "comports", lambda: [])
    monkeypatch.setattr(volumes, "_roots", lambda: [])

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(["firmware", *map(str, arguments)])
        return end.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def volume(tmp_path):
    """A boot volume, by its Board-ID."""

    def mount(board_id="RPI-RP2"):
        folder = tmp_path / "volume"
        folder.mkdir()
        (folder / "INFO_UF2.TXT").write_text(INFO.format(board_id))
        return folder

    return mount


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "RPI_PICO.uf2"
    path.write_bytes(uf2())
    return path


class BootRom(threading.Thread):
    """Takes what is copied to the volume until it is whole, then restarts: the volume goes away."""

    def __init__(self, folder, size):
        super().__init__(daemon=True)
        self.folder, self.size, self.taken = folder, size, b""
        self.start()

    def run(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for path in self.folder.glob("*.uf2"):
                if path.stat().st_size == self.size:
                    self.taken = path.read_bytes()
                    path.unlink()
                    (self.folder / "INFO_UF2.TXT").unlink()
                    return
            time.sleep(0.01)


def test_onto_a_boot_volume(wasmdev, volume, file):
    folder = volume()
    board = BootRom(folder, file.stat().st_size)
    code, out, err = wasmdev("--port", folder, "--file", file)
    assert (code, err) == (0, "")
    assert board.taken == file.read_bytes()
    assert out == (
        "  firmware  MicroPython v1.29.0, Raspberry Pi Pico with RP2040\n"
        f"  copied    {file.stat().st_size:,} bytes onto {folder}\n"
        "  restarted the board runs the new firmware\n"
    )


def test_the_only_volume_is_found(wasmdev, volume, file, monkeypatch):
    folder = volume()
    monkeypatch.setattr(volumes, "_roots", lambda: [folder])
    board = BootRom(folder, file.stat().st_size)
    assert wasmdev("--file", file)[0] == 0
    assert board.taken == file.read_bytes()


def test_an_absolute_block_is_for_no_chip(wasmdev, volume, file):
    """Released RP2350 files begin with one."""
    file.write_bytes(uf2(ABSOLUTE, size=256) + uf2(RP2350, b"Raspberry Pi Pico2 with RP2350"))
    folder = volume("RP2350")
    board = BootRom(folder, file.stat().st_size)
    code, _, err = wasmdev("--port", folder, "--file", file)
    assert (code, err) == (0, "")
    assert board.taken == file.read_bytes()


def test_micropython_is_asked_to_restart_into_the_boot_loader(wasmdev, file, tmp_path, monkeypatch):
    folder, signal = tmp_path / "volume", tmp_path / "flash" / "bootsel"
    (tmp_path / "flash").mkdir()
    (tmp_path / "flash" / "boot.py").write_text(
        "import machine\nmachine.bootloader = lambda: open('/bootsel', 'w').close()\n"
    )
    folder.mkdir()
    monkeypatch.setattr(volumes, "_roots", lambda: [folder])

    def button():
        while not signal.exists():
            time.sleep(0.01)
        (folder / "INFO_UF2.TXT").write_text(INFO.format("RPI-RP2"))
        BootRom(folder, file.stat().st_size)

    threading.Thread(target=button, daemon=True).start()
    with SimBoard(tmp_path / "flash") as sim:
        code, out, err = wasmdev("--port", sim.port, "--file", file)
    assert (code, err) == (0, "")
    assert "is in its boot loader\n  copied " in out


def test_a_board_that_no_volume_comes_from(wasmdev, file, tmp_path, monkeypatch):
    monkeypatch.setattr(volumes.wait, "__defaults__", (0.3,))
    (tmp_path / "boot.py").write_text("import machine\nmachine.bootloader = lambda: None\n")
    with SimBoard(tmp_path) as sim:
        code, _, err = wasmdev("--port", sim.port, "--file", file)
    assert code == 1
    assert err.startswith("error: no boot volume was mounted within 0.3 s; mount it, or plug the board in")


@pytest.mark.parametrize(
    ("board_id", "family", "error"),
    [
        ("RPI-RP2", RP2350, "is for RP2350, the board has RP2040; nothing was written; get one from "
                            "https://micropython.org/download/RPI_PICO/ or "),
        ("RP2350", RP2040, "is for RP2040, the board has RP2350; nothing was written; get one from "
                           "https://micropython.org/download/RPI_PICO2/ or "),
        ("RP2350", 0x12345678, "is for another chip, the board has RP2350; nothing was written"),
    ],
)  # fmt: skip
def test_firmware_for_another_chip(wasmdev, volume, file, board_id, family, error):
    file.write_bytes(uf2(family))
    folder = volume(board_id)
    code, _, err = wasmdev("--port", folder, "--file", file)
    assert (code, err.count("\n")) == (1, 1)
    assert f"{file} {error}" in err
    assert [path.name for path in folder.iterdir()] == ["INFO_UF2.TXT"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (uf2()[:-512], "is cut off after 781 of 782 blocks; download it again"),
        (uf2()[:-100], "is cut off: a UF2 has blocks of 512 bytes; download it again"),
        (uf2()[:512] + bytes(512) + uf2()[1024:], "is damaged in block 1; download it again"),
        (b"<!DOCTYPE html>", "is no firmware; get a .uf2 (RP2040, RP2350) or .bin (ESP32) from"),
    ],
)
def test_a_bad_file_is_refused(wasmdev, volume, file, content, error):
    file.write_bytes(content)
    folder = volume()
    code, _, err = wasmdev("--port", folder, "--file", file)
    assert (code, err.count("\n")) == (1, 1)
    assert f"{file} {error}" in err
    assert [path.name for path in folder.iterdir()] == ["INFO_UF2.TXT"]


def test_firmware_of_another_board_with_that_chip_is_warned_of(wasmdev, volume, file):
    file.write_bytes(uf2(machine=b"Raspberry Pi Pico W with RP2040"))
    folder = volume()
    BootRom(folder, file.stat().st_size)
    assert wasmdev("--port", folder, "--file", file)[2] == "", "the boot loader doesn't tell a Pico from a Pico W"
    file.write_bytes(uf2(machine=b"Raspberry Pi Pico2 with RP2350"))
    (folder / "INFO_UF2.TXT").write_text(INFO.format("RPI-RP2"))
    BootRom(folder, file.stat().st_size)
    warning = "warning: this firmware is made for Raspberry Pi Pico 2\n"
    assert wasmdev("--port", folder, "--file", file)[2] == warning


def test_no_room(wasmdev, volume, file):
    folder = volume()
    (folder / file.name).symlink_to("/dev/full")
    code, _, err = wasmdev("--port", folder, "--file", file)
    assert (code, err.count("\n")) == (1, 1)
    assert f"no room for {file.name} on {folder}; is this the board's boot volume?" in err


def test_a_volume_that_goes_away(wasmdev, volume, file):
    folder = volume()
    os.mkfifo(folder / file.name)

    def unplug():
        with (folder / file.name).open("rb", buffering=0) as pipe:
            for _ in range(10):
                pipe.read(4096)

    thread = threading.Thread(target=unplug)
    thread.start()
    code, _, err = wasmdev("--port", folder, "--file", file)
    thread.join()
    assert (code, err.count("\n")) == (1, 1)
    assert f"error: lost {folder} after " in err
    assert "; plug the board in with BOOTSEL held and try again" in err


def test_a_board_that_does_not_restart(wasmdev, volume, file, monkeypatch):
    monkeypatch.setattr(volumes, "_RESTART_S", 0.2)
    code, _, err = wasmdev("--port", volume(), "--file", file)
    assert code == 1
    assert "but the board has not restarted in 0.2 s; press its reset button" in err


def test_where_firmware_comes_from(wasmdev, volume):
    folder = volume("RP2350")
    code, _, err = wasmdev("--port", folder)
    pages = "https://micropython.org/download/RPI_PICO2/ or https://micropython.org/download/RPI_PICO2_W/"
    boards = "Raspberry Pi Pico 2 or Raspberry Pi Pico 2 W"
    assert (code, err) == (2, f"error: no --file for the {boards}; get one from {pages}\n")


def test_nothing_attached(wasmdev, file, tmp_path):
    error = "error: no board found that takes it; plug it in; see wasmdev devices\n"
    assert wasmdev("--file", file)[::2] == (1, error)
    assert wasmdev()[::2] == (1, "error: no board found; plug it in; see wasmdev devices\n")
    _, _, error = wasmdev("--port", tmp_path, "--file", file)
    assert f"{tmp_path} is no boot volume of an RP2040 or RP2350; hold BOOTSEL" in error
    assert "can't open /dev/ttyNONE" in wasmdev("--port", "/dev/ttyNONE", "--file", file)[2]
    assert wasmdev("--port", "sim", "--file", file)[0] == 2
    assert "can't read none.uf2: no such file" in wasmdev("--file", "none.uf2")[2]


def test_a_uf2_for_a_port_that_has_another_chip(wasmdev, file, monkeypatch):
    port = ListPortInfo("/dev/ttyACM7")
    port.vid, port.pid = 0x303A, 0x1001
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    code, _, err = wasmdev("--port", "/dev/ttyACM7", "--file", file)
    assert (code, err.count("\n")) == (1, 1)
    assert f"{file} is for RP2040, the board has ESP32-C3 or ESP32-C6 or ESP32-S3; nothing was written" in err


def test_several_boards_attached(wasmdev, volume, file, monkeypatch):
    folder = volume()
    monkeypatch.setattr(volumes, "_roots", lambda: [folder, folder])
    code, _, err = wasmdev("--file", file)
    assert (code, err) == (2, f"error: several boards are attached; give one as --port: {folder}, {folder}\n")
