"""What is attached: ports by their USB ids, boot volumes, and what MicroPython says when it is asked."""

from __future__ import annotations

import json

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from wasmdev import cli
from wasmdev.board import devices, ports, volumes
from wasmdev.errors import LinkError
from wasmdev_qemu import MACHINES
from wasmdev_sim import SimBoard

RP2 = ("pico", "pico2", "pico2_w", "pico_w")
ESPRESSIF = ("esp32", "esp32c3", "esp32c6", "esp32s3")
INFO = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: {}\n"


@pytest.fixture
def usb(monkeypatch):
    """Attaches serial ports: a port's device and its vid:pid, or no ids for one that isn't on USB."""

    def attach(**ids):
        found = []
        for name, usb in ids.items():
            port = ListPortInfo(name.replace("_", "/"))
            if usb:
                port.vid, port.pid = (int(part, 16) for part in usb.split(":"))
            found.append(port)
        monkeypatch.setattr(list_ports, "comports", lambda: found)

    attach()
    monkeypatch.setattr(volumes, "_roots", lambda: [])
    return attach


@pytest.fixture
def wasmdev(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main([*arguments])
        return end.value.code, *capsys.readouterr()

    return run


def test_ports_are_known_by_their_usb_ids(usb):
    usb(_dev_ttyUSB0="10c4:ea60", _dev_ttyACM1="303a:1001", _dev_ttyACM0="2e8a:0005", _dev_ttyACM2="303a:4001",
        _dev_ttyACM3="dead:beef", _dev_ttyS0=None)  # fmt: skip
    found = {device.port: device for device in devices.serial()}
    assert list(found) == ["/dev/ttyACM0", "/dev/ttyACM1", "/dev/ttyACM2", "/dev/ttyACM3", "/dev/ttyUSB0"]
    assert found["/dev/ttyACM0"].boards == RP2
    assert found["/dev/ttyACM1"].boards == ("esp32c3", "esp32c6", "esp32s3")
    assert found["/dev/ttyACM2"].boards == ("esp32s3",)
    assert found["/dev/ttyACM3"].boards == ()
    assert found["/dev/ttyUSB0"].boards == ESPRESSIF
    assert (found["/dev/ttyUSB0"].bridge, found["/dev/ttyUSB0"].state) == ("CP2102", "behind a CP2102")


def test_boot_volumes_are_known_by_their_board_id(usb, monkeypatch, tmp_path):
    for name, board_id in (("RPI-RP2", "RPI-RP2"), ("a b", "RP2350"), ("FEATHER", "SAMD51G19A-Feather-v0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "INFO_UF2.TXT").write_text(INFO.format(board_id))
    (tmp_path / "PHOTOS").mkdir()
    monkeypatch.setattr(volumes, "_roots", lambda: sorted(tmp_path.iterdir()))
    assert [(volume.path.name, volume.boards) for volume in volumes.mounted()] == [
        ("RPI-RP2", ("pico", "pico_w")),
        ("a b", ("pico2", "pico2_w")),
    ]
    assert [device.kind for device in devices.attached()] == [
        *("volume", "volume", "simulated"),
        *["emulated"] * 5,
    ]


@pytest.mark.parametrize(
    ("has_qemu", "has_firmware", "state"),
    [
        (True, True, "armv7em, emulated here"),
        (True, False, "armv7em, emulated here once its firmware is built"),
        (False, True, "armv7em, emulated here once there is qemu-system-arm"),
    ],
)
def test_machines_of_qemu_say_what_they_lack(usb, monkeypatch, tmp_path, has_qemu, has_firmware, state):
    monkeypatch.setattr(devices.shutil, "which", lambda name: "there" if has_qemu else None)
    monkeypatch.setenv("WASMDEV_QEMU_FIRMWARE", str(tmp_path))
    if has_firmware:
        (tmp_path / "cortex-m3.elf").touch()
    found = {device.port: device for device in devices.attached()}
    assert (found["cortex-m3"].state, found["cortex-m3"].boards) == (state, ("pico",))


def test_a_mount_point_with_a_space():
    assert volumes._unescaped(r"/media/me/RPI\040RP2") == "/media/me/RPI RP2"


def test_micropython_says_what_it_is_when_it_is_asked(usb, tmp_path):
    with SimBoard(tmp_path) as sim:
        usb(**{sim.port.replace("/", "_"): "2e8a:0005"})
        (quiet, *_), (asked, *_) = devices.attached(), devices.attached(probe=True)
    assert (quiet.boards, quiet.machine) == (RP2, "")
    assert asked.version.startswith("1.")
    assert asked.boards == ("pico",), "which sim stands for"
    assert asked.state == f"MicroPython {asked.version}, {asked.machine}"


def test_a_port_that_does_not_answer_is_listed_all_the_same(usb):
    usb(_dev_ttyNONE="2e8a:0005")
    (asked, *_) = devices.attached(probe=True)
    assert (asked.boards, asked.state[:36]) == (RP2, "can't open /dev/ttyNONE; there is no")


def test_the_command(usb, wasmdev):
    code, out, err = wasmdev("devices")
    assert (code, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [
        *(["sim", "pico"], ["pico", "pico"]),
        *([machine.name, machine.board] for machine in MACHINES.values()),
    ]
    usb(_dev_ttyACM0="2e8a:0005")
    code, out, err = wasmdev("devices")
    assert "/dev/ttyACM0  pico or pico2 or pico2_w or pico_w  2e8a:0005  MicroPython on USB\n" in out
    assert err == "ask the boards which they are, which stops their programs, with: wasmdev devices --probe\n"
    first = json.loads(wasmdev("devices", "--json")[1])[0]
    assert first == {
        "port": "/dev/ttyACM0", "kind": "serial", "boards": [*RP2], "state": "MicroPython on USB",
        "usb": "2e8a:0005", "bridge": "", "machine": "", "version": "",
    }  # fmt: skip


def test_auto_takes_what_can_be_a_board(usb):
    with pytest.raises(LinkError, match="no board found on USB; plug one in"):
        ports.device("auto")
    usb(_dev_ttyACM0="dead:beef", _dev_ttyACM1="2e8a:0005")
    assert ports.device("auto") == "/dev/ttyACM1"
