"""Boot volumes: the drives as which an RP2040 or RP2350 shows up while it waits for a UF2."""

from __future__ import annotations

import errno
import os
import re
import string
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmdev import descriptions
from wasmdev.errors import LinkError, WasmdevError

_INFO = "INFO_UF2.TXT"
_CHUNK = 32768  # bytes that are written and flushed at once: a step of the progress bar
_LOOK_S = 0.1
_APPEAR_S = 20.0  # from a restart into the boot loader to its volume
_RESTART_S = 10.0  # from the last block to the board's restart


@dataclass(frozen=True)
class Volume:
    """A mounted boot volume: the ``Board-ID`` of its INFO_UF2.TXT, and the boards that have it."""

    path: Path
    board_id: str
    boards: tuple[str, ...]


def mounted() -> list[Volume]:
    """The boot volumes of boards on this machine."""
    return [volume for root in _roots() if (volume := at(root)) and volume.boards]


def at(path: Path) -> Volume | None:
    """The boot volume that is mounted on a folder, or None if there is none.

    It has no ``boards`` if it is the boot loader of some other chip.
    """
    try:
        info = (path / _INFO).read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(r"^Board-ID:\s*(\S+)", info, re.MULTILINE)
    board_id = found[1] if found else ""
    boards = [name for name in descriptions.names() if descriptions.describe(name).firmware.board_id == board_id]
    return Volume(path, board_id, tuple(boards) if board_id else ())


def _roots() -> list[Path]:
    """Where removable drives are mounted."""
    if sys.platform == "win32":
        return [Path(f"{letter}:/") for letter in string.ascii_uppercase[3:]]
    if sys.platform == "darwin":
        return sorted(Path("/Volumes").glob("*"))
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    fields = [line.split(" ") for line in mounts]
    return [Path(_unescaped(field[1])) for field in fields if len(field) > 2 and field[2] == "vfat"]


def _unescaped(text: str) -> str:
    """A path of /proc/self/mounts, where a space is ``\\040``."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def wait(boards: Sequence[str], limit: float = _APPEAR_S) -> Volume:
    """The boot volume of one of these boards, once it is mounted. Raises :class:`LinkError` after ``limit`` s."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        for volume in mounted():
            if not set(boards).isdisjoint(volume.boards):
                return volume
        time.sleep(_LOOK_S)
    raise LinkError(f"no boot volume was mounted within {limit:g} s",
                    "mount it, or plug the board in with BOOTSEL held, and give its folder as --port")


def write(volume: Volume, name: str, content: bytes, moved: Callable[[int], None]) -> None:
    """Copy a UF2 onto a boot volume, and wait for the board to restart with it.

    ``moved`` takes how many bytes went further. Raises :class:`LinkError` for a board that goes away in the
    middle of it, or that doesn't restart, and :class:`WasmdevError` when there is no room.
    """
    done = 0
    try:
        with (volume.path / name).open("wb", buffering=0) as file:
            while done < len(content):
                count = file.write(content[done : done + _CHUNK])
                _flush(file.fileno())
                done += count
                moved(count)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EFBIG):
            hint = "is this the board's boot volume?"
            raise WasmdevError(f"no room for {name} on {volume.path}", hint) from None
        # The board restarts on the last block: the end of the file may find no one there any more.
        if done + _CHUNK < len(content):
            raise LinkError(f"lost {volume.path} after {done:,} of {len(content):,} bytes",
                            "plug the board in with BOOTSEL held and try again") from error
    end = time.monotonic() + _RESTART_S
    while at(volume.path):
        if time.monotonic() > end:
            raise LinkError(f"{name} is on {volume.path}, but the board has not restarted in {_RESTART_S:g} s",
                            "press its reset button or plug it in again")
        time.sleep(_LOOK_S)


def _flush(file: int) -> None:
    """Have the bytes on the board, so that progress is that of the board."""
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that can't
            raise
