"""A program's standard streams on this computer: the other end of ``wasi.driven``, which has the protocol."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import sys
import threading
from binascii import b2a_base64
from collections.abc import Callable
from types import TracebackType

from wasmdev.errors import LinkError

_WORDS = re.compile(rb"\r\n|\x10([PDM])|\x10R([0-9a-f]{2})")
_BEGUN = re.compile(rb"(\r|\x10R?[0-9a-f]?)\Z")  # what may go on in the next piece
_BYTES = {b"P": b"\x10", b"D": b"\x04", b"M": b"\r"}


class Streams:
    """Shows what a program prints, byte by byte as it did, and reads what it asks for from standard input.

    ``show`` takes the former, ``send`` what goes to the board: nothing after the end of the ``with`` block.
    """

    def __init__(self, show: Callable[[bytes], None], send: Callable[[bytes], None]) -> None:
        self._show = show
        self._send = send
        self._begun = b""
        self._wanted: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._reader: threading.Thread | None = None
        self._running = threading.Lock()

    def take(self, printed: bytes) -> None:
        """What the board printed, a piece at a time."""
        printed = self._begun + printed
        begun = _BEGUN.search(printed)
        self._begun = begun[0] if begun else b""
        if said := _WORDS.sub(self._word, printed[: len(printed) - len(self._begun)]):
            self._show(said)

    def _word(self, word: re.Match[bytes]) -> bytes:
        if word[2]:
            self._ask(int(word[2], 16))
            return b""
        return _BYTES[word[1]] if word[1] else b"\n"

    def _ask(self, size: int) -> None:
        if not self._reader:
            # A thread, as a terminal's line may be long in coming and the board may print meanwhile; one that
            # nobody waits for, as it may never come.
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()
        self._wanted.put(size)

    def _read(self) -> None:
        while True:
            data = _read(self._wanted.get())
            with self._running, contextlib.suppress(LinkError):  # noticed where the board's words are read
                self._send(b"%02x" % len(data) + b2a_base64(data, newline=False))

    def __enter__(self) -> Streams:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.acquire()
        if self._begun and not kind:
            self._show(self._begun)


def _read(size: int) -> bytes:
    """Up to so many bytes of standard input as soon as there are some; none at its end, and where it is closed."""
    try:
        # Not through the stream: what is left there would be lost to the shell's next command, and a thread that
        # waits in it would be in the way of the end.
        return os.read(sys.stdin.fileno(), size)
    except (AttributeError, OSError, ValueError):
        return b""
