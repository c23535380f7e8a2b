"""What is attached: serial ports on USB, boot volumes, and the boards that need no hardware."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace

from wasmdev_qemu import MACHINES, Machine

from wasmdev import descriptions
from wasmdev.board import qemu, volumes
from wasmdev.errors import WasmdevError

# USB-serial chips. They tell nothing of the board behind them.
_BRIDGES = {
    "0403:6001": "FT232R",
    "0403:6010": "FT2232",
    "0403:6015": "FT231X",
    "067b:2303": "PL2303",
    "10c4:ea60": "CP2102",
    "1a86:55d3": "CH343",
    "1a86:55d4": "CH9102",
    "1a86:7523": "CH340",
}
_PROBE_S = 3.0  # for a board to stop its program and answer


@dataclass(frozen=True)
class Device:
    """Something that a ``--port`` can name.

    ``kind`` is "serial", "volume", "simulated" or "emulated"; ``usb`` is vid:pid in hexadecimal, ``bridge``
    the USB-serial chip that has it. ``boards`` are those that it can be, one if that is known. ``machine``
    and ``version`` are what MicroPython said when it was asked, ``state`` is the rest in words.
    """

    port: str
    kind: str
    boards: tuple[str, ...]
    state: str
    usb: str = ""
    bridge: str = ""
    machine: str = ""
    version: str = ""


def attached(probe: bool = False) -> list[Device]:
    """All of them. No port is opened, unless ``probe`` lets it stop the programs and ask MicroPython."""
    found = [asked(device) if probe else device for device in serial()]
    for volume in volumes.mounted():
        found.append(Device(str(volume.path), "volume", volume.boards, "in its boot loader, waits for firmware"))
    found.append(Device("sim", "simulated", (descriptions.DEFAULT,), "simulated here; others with --board"))
    found.append(Device("pico", "emulated", ("pico",), "emulated here"))
    for machine in MACHINES.values():
        found.append(Device(machine.name, "emulated", (machine.board,), _emulated(machine)))
    return found


def _emulated(machine: Machine) -> str:
    """What is to be known of a machine of qemu's, and what it lacks."""
    state = f"{machine.arch}, emulated here"
    if shutil.which(machine.system) is None:
        return f"{state} once there is {machine.system}"
    return state if qemu.is_built(machine.name) else f"{state} once its firmware is built"


def serial() -> list[Device]:
    """The serial ports on USB, by name, without opening them."""
    from serial.tools.list_ports import comports

    ports = sorted(comports(), key=lambda port: port.device)
    return [_serial(port.device, f"{port.vid:04x}:{port.pid:04x}") for port in ports if port.vid is not None]


def _serial(port: str, usb: str) -> Device:
    described = {name: descriptions.describe(name).usb for name in descriptions.names()}
    if bridge := _BRIDGES.get(usb, ""):
        boards = [name for name, own in described.items() if own.bridge]
        return Device(port, "serial", tuple(boards), f"behind a {bridge}", usb, bridge)
    if boards := [name for name, own in described.items() if usb in own.ids]:
        both = any(usb in described[name].boot for name in boards)
        state = "on its own USB" if both else "MicroPython on USB"
        return Device(port, "serial", tuple(boards), state, usb)
    return Device(port, "serial", (), "not known as a board's", usb)


def asked(device: Device) -> Device:
    """The serial device with what MicroPython on it says of itself, or why it doesn't."""
    from wasmdev.board.board import Board
    from wasmdev.board.link import Link

    try:
        with Link(device.port, timeout=_PROBE_S) as link:
            facts = Board(link).facts
    except WasmdevError as error:
        return replace(device, state=str(error))
    return replace(
        device,
        boards=(facts.board,) if facts.board else (),
        state=f"MicroPython {facts.version}, {facts.machine}",
        machine=facts.machine,
        version=facts.version,
    )
