"""The folder in which qemu runs: what host and board share, as files.

``boards/qemu/device/_pipes.py`` is the board's end and describes them.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

_EVENTS = 256
_HEAP, _EXECUTABLE, _NEWS, _RING = range(4)  # where in the registers what lies
_FIRST = _RING + _EVENTS
_WORD = struct.Struct("<I")
_BLOCK = 4096


class Shared:
    """Its registers are those of ``Hardware``, and it is the way for events as well."""

    def __init__(self, flash: Path, size: int, heap: int, executable: int, registers: int) -> None:
        """``flash`` is the file with the contents of the flash, made with ``size`` bytes when missing.

        ``heap`` is the size of the heap, ``executable`` that of the RAM for native code, in bytes.
        """
        if not flash.exists():
            flash.parent.mkdir(parents=True, exist_ok=True)
            with flash.open("wb") as file:
                file.write(b"\xff" * size)
        self.folder = Path(tempfile.mkdtemp(prefix="wasmdev-qemu-"))
        (self.folder / "flash").symlink_to(flash.resolve())
        (self.folder / "random").symlink_to(os.path.join(os.sep, "dev", "urandom"))
        with (self.folder / "registers").open("wb+") as file:
            file.truncate(-(-(_FIRST + registers) * _WORD.size // _BLOCK) * _BLOCK)
            self._memory = mmap.mmap(file.fileno(), 0)
        _WORD.pack_into(self._memory, _HEAP * _WORD.size, heap)
        _WORD.pack_into(self._memory, _EXECUTABLE * _WORD.size, executable)
        self.records = self._pipe("to_host")
        self.questions = self._pipe("questions")
        self.answers = self._pipe("answers")

    def _pipe(self, name: str) -> int:
        """A pipe by name. Opened for both directions here, so that nobody waits for anybody when opening it."""
        os.mkfifo(self.folder / name)
        return os.open(self.folder / name, os.O_RDWR | os.O_NONBLOCK)

    def configure(self, config: Mapping[str, object]) -> None:
        """What the board reads when MicroPython begins."""
        beside = self.folder / "config.tmp"
        beside.write_text(repr(dict(config)))
        os.replace(beside, self.folder / "config")

    def __getitem__(self, index: int) -> int:
        value: int = _WORD.unpack_from(self._memory, (_FIRST + index) * _WORD.size)[0]
        return value

    def __setitem__(self, index: int, value: int) -> None:
        _WORD.pack_into(self._memory, (_FIRST + index) * _WORD.size, value)

    def __call__(self, kind: int, number: int, argument: int) -> None:
        """Send an event: it is there before it is counted. A board that is late by 256 loses the older ones."""
        count: int = _WORD.unpack_from(self._memory, _NEWS * _WORD.size)[0]
        event = kind | number << 8 | argument << 16
        _WORD.pack_into(self._memory, (_RING + count % _EVENTS) * _WORD.size, event)
        _WORD.pack_into(self._memory, _NEWS * _WORD.size, count + 1)

    def close(self) -> None:
        for fd in (self.records, self.questions, self.answers):
            os.close(fd)
        self._memory.close()
        shutil.rmtree(self.folder, ignore_errors=True)
