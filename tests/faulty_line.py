"""A serial line that does what lines do on bad days, between a tool and a board's pty."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Callable
from types import TracebackType

Fault = Callable[[bytes], bytes]
"""What becomes of bytes on their way."""


class FaultyLine:
    """A pty in front of another one. ``up`` is what happens on the way to the board, ``down`` on the way back."""

    def __init__(self, port: str, up: Fault | None = None, down: Fault | None = None) -> None:
        self.up, self.down = up, down
        self._outer, outer = os.openpty()
        self._inner = os.open(port, os.O_RDWR | os.O_NOCTTY)
        self.port = os.ttyname(outer)
        tty.setraw(outer)
        tty.setraw(self._inner)
        self._slave = outer  # held open: reads don't fail between clients
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def cut(self) -> None:
        """Pull the cable: nothing goes through any more, either way."""
        self.up = self.down = lambda _: b""

    def _carry(self) -> None:
        while not self._ended.is_set():
            ready, _, _ = select.select([self._outer, self._inner], [], [], 0.05)
            try:
                if self._outer in ready:
                    data = os.read(self._outer, 4096)
                    os.write(self._inner, self.up(data) if self.up else data)
                if self._inner in ready:
                    data = os.read(self._inner, 4096)
                    os.write(self._outer, self.down(data) if self.down else data)
            except OSError:  # the board has gone
                return

    def __enter__(self) -> FaultyLine:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        for fd in (self._outer, self._slave, self._inner):
            os.close(fd)
