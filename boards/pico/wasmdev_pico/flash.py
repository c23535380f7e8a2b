"""The board's flash, kept in a file of the host as a chip keeps it: what was written before a cut is there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wasmdev import uf2
from wasmdev.errors import WasmdevError

from .error import PicoError

SIZE = 2 * 1024 * 1024
_START = 0x10000000  # where the chip is in the processor's address space
_ERASED = b"\xff"

_RP2040_FAMILY = 0xE48BFF56


class Flash:
    """The chip's contents in a file, which one board at a time may have.

    Raises PicoError when another process has the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        try:
            self._lock()
            missing = SIZE - os.fstat(self._fd).st_size
            if missing > 0:
                os.lseek(self._fd, 0, os.SEEK_END)
                os.write(self._fd, _ERASED * missing)
        except BaseException:
            os.close(self._fd)
            raise

    def _lock(self) -> None:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(self._fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            else:
                import fcntl

                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PicoError("another program runs this emulated board; wait for it, or stop it") from None

    def load(self, into: bytearray, firmware: Path) -> None:
        """Copies what the chip holds, then writes the firmware over it."""
        os.lseek(self._fd, 0, os.SEEK_SET)
        into[:SIZE] = os.read(self._fd, SIZE)
        for offset, data in uf2_blocks(firmware):
            into[offset : offset + len(data)] = data

    def keep(self, ssi: Any, written: Callable[[], None]) -> None:
        """From now on, every erase and every program that the emulated chip does goes to the file too.

        ``ssi`` is the emulator's flash interface, which applies one command at the end of each transfer;
        ``written`` is called after each of them.
        """
        apply = ssi._apply_command
        contents = ssi.rp2040.flash

        def apply_and_keep() -> None:
            size = _touched(ssi._tx_buffer)
            start = int.from_bytes(ssi._tx_buffer[1:4], "big") & ~(size - 1) if size else 0
            apply()
            if size:
                os.lseek(self._fd, start, os.SEEK_SET)
                os.write(self._fd, contents[start : start + size])
                written()

        ssi._apply_command = apply_and_keep

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._fd)


def _touched(command: bytearray) -> int:
    """How many bytes, at a multiple of that, a command of the chip may change: a power of two, or 0."""
    sizes = {0x02: 256, 0x20: 4096, 0xD8: 65536}
    return sizes.get(command[0], 0) if len(command) >= 4 else 0


def uf2_blocks(path: Path) -> list[tuple[int, bytes]]:
    """The pieces of a UF2 file for the RP2040: offset in flash, bytes. Raises PicoError for any other file."""
    try:
        blocks = uf2.parse(path, path.read_bytes()).blocks
    except OSError as error:
        raise PicoError(f"can't read the firmware {path}: {error.strerror}") from None
    except WasmdevError as error:
        raise PicoError(str(error)) from None
    pieces = []
    for block in blocks:
        if block.family not in (None, _RP2040_FAMILY):
            continue
        if not _START <= block.address <= _START + SIZE - len(block.data):
            raise PicoError(f"{path} isn't made for an RP2040 with 2 MB of flash")
        pieces.append((block.address - _START, block.data))
    if not pieces:
        raise PicoError(f"{path} isn't made for the RP2040")
    return pieces
