"""MicroPython onto a board, from a file: by a UF2 onto a boot volume, or by esptool over a serial port."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wasmdev import descriptions, uf2
from wasmdev.board import devices, ports, volumes
from wasmdev.console import progress, stage, warn
from wasmdev.errors import LinkError, UsageError, WasmdevError

if TYPE_CHECKING:
    from wasmdev.firmware.espressif import Image

_ESP_MAGIC = b"\xe9"
_BANNER = re.compile(rb"; ([\x20-\x7e]{3,80} with [\x20-\x7e]{3,40})[\0\r]")
_VERSION = re.compile(rb"MicroPython (v[0-9][\x21-\x7e]{2,40}) on ")


@dataclass(frozen=True)
class Target:
    """Where firmware goes: a boot volume, or a serial port; ``boards`` are those that it can be."""

    port: str
    boards: tuple[str, ...]
    volume: volumes.Volume | None = None


def provision(port: str, file: Path | None, erase: bool, confirm: Callable[[str], bool]) -> None:
    """Put the MicroPython of a file on the board at a port, ``auto`` for the one that is attached.

    ``confirm`` is asked before files on the board are erased. Raises :class:`UsageError` when there is no
    file, with where to get one, and :class:`WasmdevError` when the file is none for the board.
    """
    if port in ports.EMULATORS:
        raise UsageError(f"{port} is no board that firmware can be put on",
                         "the emulated Pico takes one with: wasmdev pico --firmware FILE")
    if file is None:
        boards = _identify(find(port))
        titles = " or ".join(descriptions.describe(name).title for name in boards)
        raise UsageError(f"no --file for the {titles or 'board'}", f"get one from {_pages(boards)}")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"can't read {file}: {(error.strerror or str(error)).lower()}",
                         "give the file that you downloaded from micropython.org/download") from None
    if content[:4] == uf2.MAGIC:
        if erase:
            raise UsageError("--erase is for the ESP32 family", "a UF2 leaves the files on the board")
        _by_uf2(find(port, "volume"), file, uf2.parse(file, content))
    elif content[:1] == _ESP_MAGIC:
        from wasmdev.firmware import espressif

        _by_esptool(find(port, "chip"), espressif.parse(file, content), erase, confirm)
    else:
        raise WasmdevError(f"{file} is no firmware",
                           "get a .uf2 (RP2040, RP2350) or .bin (ESP32) from https://micropython.org/download/")


def find(port: str, method: str = "") -> Target:
    """The board at a port that firmware can go to by ``method``, "volume" or "chip" (empty: by either)."""
    if port != "auto":
        path = Path(port)
        if path.is_dir():
            volume = volumes.at(path)
            if volume is None or not volume.boards:
                raise LinkError(f"{path} is no boot volume of an RP2040 or RP2350",
                                "hold BOOTSEL while you plug the board in")
            return Target(port, volume.boards, volume)
        known = [device for device in devices.serial() if device.port == ports.device(port)]
        return Target(ports.device(port), known[0].boards if known else ())
    found = [Target(str(volume.path), volume.boards, volume) for volume in volumes.mounted()]
    found += [Target(device.port, device.boards) for device in devices.serial() if device.boards]
    found = [target for target in found if not method or any(_takes(name, method) for name in target.boards)]
    if not found:
        raise LinkError("no board found that takes it" if method else "no board found",
                        "plug it in; see wasmdev devices")
    if len(found) > 1:
        raise UsageError("several boards are attached", f"give one as --port: {', '.join(t.port for t in found)}")
    return found[0]


def _identify(target: Target) -> tuple[str, ...]:
    """The boards that a target can be, once MicroPython or the chip's boot loader was asked."""
    if target.volume:
        return target.boards
    device = devices.asked(devices.Device(target.port, "serial", target.boards, ""))
    if device.version:
        return device.boards
    if any(_takes(name, "chip") for name in target.boards):
        from wasmdev.firmware import espressif

        with contextlib.suppress(LinkError), espressif.connect(target.port) as chip:
            return _with_chip(chip.name)
    return target.boards


def _takes(board: str, method: str) -> bool:
    return bool(getattr(descriptions.describe(board).firmware, method))


def _with_chip(chip: str) -> tuple[str, ...]:
    """The boards with a chip, by esptool's name for it."""
    return tuple(name for name in descriptions.names() if descriptions.describe(name).firmware.chip == chip)


def _pages(boards: Sequence[str]) -> str:
    """Where to get firmware for boards."""
    urls = [descriptions.describe(name).firmware.url for name in boards]
    return " or ".join(urls) or "https://micropython.org/download/"


def _show_image(content: bytes) -> str | None:
    """Show what firmware is in a file; the board that it is for, if it says so and that is known."""
    version, banner = _VERSION.search(content), _BANNER.search(content)
    if not (version and banner):
        warn("there is no MicroPython in this firmware, as far as can be seen")
        return None
    machine = banner[1].decode()
    stage("firmware", f"MicroPython {version[1].decode()}, {machine}")
    return descriptions.recognise(machine)


def _by_uf2(target: Target, file: Path, image: uf2.Uf2) -> None:
    own = _show_image(image.payload)
    _check_family(file, image, target.boards)
    volume, running = target.volume, None
    if volume is None:
        running = _enter_boot_loader(target)
        possible = [running] if running else descriptions.names()
        volume = volumes.wait([name for name in possible if _takes(name, "volume")])
    _check_family(file, image, volume.boards)
    if own and own not in ([running] if running else volume.boards):
        warn(f"this firmware is made for {descriptions.describe(own).title}")
    with progress("copying", len(image.content)) as moved:
        volumes.write(volume, file.name, image.content, moved)
    stage("copied", f"{len(image.content):,} bytes onto {volume.path}")
    stage("restarted", "the board runs the new firmware")


def _check_family(file: Path, image: uf2.Uf2, boards: Sequence[str]) -> None:
    """Raises :class:`WasmdevError` if the image is for none of the chips of these boards."""
    known = [descriptions.describe(name) for name in boards]
    families = {family for board in known for family in board.firmware.families}
    if boards and not image.families & families:
        every = [descriptions.describe(name) for name in descriptions.names()]
        made = sorted({board.mcu for board in every if image.families & set(board.firmware.families)})
        chips = " or ".join(sorted({board.mcu for board in known}))
        raise WasmdevError(f"{file} is for {' and '.join(made) or 'another chip'}, the board has {chips}",
                           f"nothing was written; get one from {_pages(boards)}")


def _enter_boot_loader(target: Target) -> str | None:
    """Have MicroPython restart into the chip's boot loader; the board that it says it is."""
    from wasmdev.board.board import Board
    from wasmdev.board.link import Link

    try:
        link = Link(target.port)
    except LinkError as error:
        hint = "or hold BOOTSEL while you plug the board in, and give its volume as --port"
        raise LinkError(str(error), hint) from None
    with link:
        machine = Board(link).facts.machine
        name = descriptions.recognise(machine)
        if name and not _takes(name, "volume"):
            title = descriptions.describe(name).title
            raise WasmdevError(f"the board on {target.port} is an {title}, which takes no UF2",
                               f"get a .bin from {_pages([name])}")
        with contextlib.suppress(LinkError):  # it goes away while it answers
            link.exec("import machine;machine.bootloader()", timeout=2)
    stage("boot", f"{machine} is in its boot loader")
    return name


def _by_esptool(target: Target, image: Image, erase: bool, confirm: Callable[[str], bool]) -> None:
    from wasmdev.firmware import espressif

    if target.volume:
        raise WasmdevError(f"the firmware is for {image.chip}, {target.port} is an RP2040's or RP2350's",
                           f"nothing was written; get one from {_pages(target.boards)}")
    _show_image(image.content)
    if erase and not confirm(f"Erase all of the flash of the board on {target.port}?"):
        raise WasmdevError("nothing was written", "leave out --erase to keep the files on the board")
    with espressif.connect(target.port) as chip:
        stage("chip", chip.name)
        if image.chip != chip.name:
            raise WasmdevError(f"the firmware is for {image.chip}, the board has {chip.name}",
                               f"nothing was written; get one from {_pages(_with_chip(chip.name))}")
        with progress("writing", len(image.content)) as moved:
            chip.write(image, erase, moved)
    if erase:
        stage("erased", "all of the flash")
    stage("written", f"{len(image.content):,} bytes at {image.offset:#x}, and verified")
    stage("restarted", "the board runs the new firmware")
