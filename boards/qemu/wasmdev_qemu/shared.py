"""The folder in which qemu runs: what host and board share, as files.

``boards/qemu/device/_pipes.py`` is the board's end and describes them.
"""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

_EVENTS = 256
_HEAP, _EXECUTABLE, _NEWS, _TYPED, _TAKEN, _CAUSE, _RING = range(7)  # where in the registers what lies
_TYPED_AT = _TYPED_SIZE = 4096  # bytes: where what is typed begins, behind all registers, and how many fit
_FIRST = _RING + _EVENTS


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
        self.flash = flash.resolve()
        self.folder = Path(tempfile.mkdtemp(prefix="wasmdev-qemu-"))
        (self.folder / "flash").symlink_to(self.flash)
        (self.folder / "random").symlink_to(os.path.join(os.sep, "dev", "urandom"))
        with (self.folder / "registers").open("wb+") as file:
            file.truncate(_TYPED_AT + _TYPED_SIZE)
            self._memory = mmap.mmap(file.fileno(), 0)
        self._words = memoryview(self._memory).cast("I")  # of which each is read and written at once
        assert (_FIRST + registers) * self._words.itemsize <= _TYPED_AT
        self._sizes = {_HEAP: heap, _EXECUTABLE: executable}
        self.records = self._pipe("to_host")
        self.questions = self._pipe("questions")
        self.answers = self._pipe("answers")

    def _pipe(self, name: str) -> int:
        """A pipe by name. Opened for both directions here, so that nobody waits for anybody when opening it."""
        os.mkfifo(self.folder / name)
        return os.open(self.folder / name, os.O_RDWR | os.O_NONBLOCK)

    def power_on(self, cause: int) -> None:
        """Make what the board shares as it was at first, whatever the process before has written there.

        ``cause`` is machine.reset_cause()."""
        for index, value in (self._sizes | {_TYPED: 0, _TAKEN: 0, _CAUSE: cause}).items():
            self._set(index, value)

    def configure(self, config: Mapping[str, object]) -> None:
        """What the board reads when MicroPython begins."""
        beside = self.folder / "config.tmp"
        beside.write_text(repr(dict(config)))
        os.replace(beside, self.folder / "config")

    def _get(self, index: int) -> int:
        return self._words[index]

    def _set(self, index: int, value: int) -> None:
        self._words[index] = value & 0xFFFFFFFF

    def __getitem__(self, index: int) -> int:
        return self._get(_FIRST + index)

    def __setitem__(self, index: int, value: int) -> None:
        self._set(_FIRST + index, value)

    def type(self, data: bytes | bytearray) -> int:
        """Put down what is typed, as much of it as the board has room for; how many bytes that is."""
        typed = self._get(_TYPED)
        room = max(0, _TYPED_SIZE - (typed - self._get(_TAKEN) & 0xFFFFFFFF))  # the board may say anything
        at = typed % _TYPED_SIZE
        data = data[: min(room, _TYPED_SIZE - at)]
        self._memory[_TYPED_AT + at : _TYPED_AT + at + len(data)] = bytes(data)
        self._set(_TYPED, typed + len(data))
        return len(data)

    def __call__(self, kind: int, number: int, argument: int) -> None:
        """Send an event: it is there before it is counted. A board that is late by 256 loses the older ones."""
        count = self._get(_NEWS)
        self._set(_RING + count % _EVENTS, kind | number << 8 | argument << 16)
        self._set(_NEWS, count + 1)

    def close(self) -> None:
        for fd in (self.records, self.questions, self.answers):
            os.close(fd)
        self._words.release()
        self._memory.close()
        shutil.rmtree(self.folder, ignore_errors=True)
