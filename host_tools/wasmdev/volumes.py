"""Boot volumes: the drives as which an RP2040 or RP2350 shows up while it waits for a UF2."""

from __future__ import annotations

import re
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from wasmdev import descriptions

_INFO = "INFO_UF2.TXT"


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
