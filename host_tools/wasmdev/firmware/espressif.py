"""MicroPython onto the ESP32 family, through esptool. The only module that knows esptool's API."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esp_pylib.logger import EspLog
from esptool import cmds  # type: ignore[import-untyped]
from esptool.logger import TemplateLogger, log  # type: ignore[import-untyped]
from esptool.targets import ROM_LIST  # type: ignore[import-untyped]
from esptool.util import FatalError, flash_size_bytes  # type: ignore[import-untyped]

from wasmdev.errors import LinkError, WasmdevError

_CHIP_ID = 12  # where the image's extended header has the chip's id, a u16
_PARTITIONS, _PARTITION_MAGIC = 0x8000, b"\xaa\x50"  # where in flash the partition table is
_BAUD = 460800
_BOOT_HINT = "hold its BOOT button, press RESET, let go, and try again"
_UNTOUCHED = "nothing was written"
_INCOMPLETE = "the flash is incomplete now: try again"
_RETRIES = 3


@dataclass(frozen=True)
class Image:
    """A firmware file: the chip that it is for, as esptool calls it, and where in flash it goes."""

    content: bytes
    chip: str
    offset: int


def parse(path: Path, content: bytes) -> Image:
    """A firmware file. Raises :class:`WasmdevError` for one that can't start a board."""
    chip_id = int.from_bytes(content[_CHIP_ID : _CHIP_ID + 2], "little")
    by_id = {target.IMAGE_CHIP_ID: target for target in ROM_LIST}
    if chip_id not in by_id:
        raise WasmdevError(f"{path} is for a chip that esptool doesn't know", "is it the right file?")
    chip, offset = by_id[chip_id].CHIP_NAME, by_id[chip_id].BOOTLOADER_FLASH_OFFSET
    table = _PARTITIONS - offset
    if content[table : table + 2] != _PARTITION_MAGIC:
        raise WasmdevError(f"{path} has no boot loader and partition table in it, or is cut off",
                           "take the .bin of a release, not the .app-bin")
    return Image(content, chip, offset)


class Chip:
    """A chip in its boot loader, from :func:`connect`."""

    def __init__(self, esp: Any) -> None:
        self._esp = esp
        self.name: str = esp.CHIP_NAME

    def write(self, image: Image, erase: bool, moved: Callable[[int], None]) -> None:
        """Write an image and verify it; ``erase`` the whole flash before.

        ``moved`` takes how many of the image's bytes went further. Raises :class:`WasmdevError`, before
        anything is written when the flash is too small or esptool finds that the image isn't for the chip,
        and :class:`LinkError` when the connection fails.
        """
        with _speaking(_UNTOUCHED):
            self._esp = cmds.run_stub(self._esp)
            self._esp.change_baud(_BAUD)
            cmds.attach_flash(self._esp)
            room = flash_size_bytes(cmds.detect_flash_size(self._esp))
        if room and image.offset + len(image.content) > room:
            raise WasmdevError(f"the firmware is larger than the board's {room:,} bytes of flash", _UNTOUCHED)
        with _speaking(_INCOMPLETE, _Progress(len(image.content), moved)):
            if erase:
                cmds.erase_flash(self._esp)
            cmds.write_flash(self._esp, [(image.offset, image.content)])

    def close(self) -> None:
        """Let it run what is in its flash, and give the port back."""
        with contextlib.suppress(WasmdevError), _speaking(_UNTOUCHED):
            cmds.reset_chip(self._esp, "hard-reset")
        self._esp._port.close()


@contextlib.contextmanager
def connect(port: str) -> Iterator[Chip]:
    """The chip on a port, in its boot loader until the end. Raises :class:`LinkError` if there is none."""
    with _speaking(_UNTOUCHED):
        try:
            chip = Chip(cmds.detect_chip(port, connect_attempts=_RETRIES))
        except FatalError as error:
            raise LinkError(*_why(port, str(error))) from error
    try:
        yield chip
    finally:
        chip.close()


def _why(port: str, said: str) -> tuple[str, str]:
    """One line and a hint for why esptool found no chip."""
    if "Could not open" in said:
        return f"can't open {port}", "is it there, yours to use, and used by no other program?"
    if "Failed to connect" in said:
        return f"no ESP32 answers on {port}", _BOOT_HINT
    return f"{port}: {said.splitlines()[0]}", _BOOT_HINT


@contextlib.contextmanager
def _speaking(hint: str, logger: _Progress | None = None) -> Iterator[None]:
    """Let esptool speak through ``logger`` or not at all, and give its errors the form of ours."""
    before = EspLog.instance
    log.set_logger(logger or _Progress(0, lambda _: None))
    try:
        # Its remark that a port has no reset lines (a pty, a socket) goes past the logger.
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    except FatalError as error:
        raise WasmdevError(f"esptool: {str(error).splitlines()[0].rstrip('.')}", hint) from error
    except OSError as error:
        raise LinkError("lost the connection to the board", f"{hint}; check the cable") from error
    finally:
        EspLog.instance = before


class _Progress(TemplateLogger):  # type: ignore[misc]
    """esptool's messages: only its progress is passed on, in bytes of the image."""

    def __init__(self, size: int, moved: Callable[[int], None]) -> None:
        self._size = size
        self._moved = moved
        self._done = 0

    def progress_bar(self, cur_iter: int, total_iters: int, *_: Any, **__: Any) -> None:
        """The part ``cur_iter`` of ``total_iters`` is written."""
        done = self._size * cur_iter // max(1, total_iters)
        self._moved(done - self._done)
        self._done = done

    def _nothing(self, *_: Any, **__: Any) -> None:
        """Messages are for users of esptool."""

    print = note = warning = error = stage = set_verbosity = _nothing
