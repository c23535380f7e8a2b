"""The port: a pty that stays while the board behind it restarts."""

from __future__ import annotations

import contextlib
import os
import select
import tty

_CHUNK = 4096


class Console:
    """A serial port for one client at a time. What the board prints while nobody listens is thrown away."""

    def __init__(self) -> None:
        self._fd, slave = os.openpty()
        self.port = os.ttyname(slave)
        tty.setraw(slave)
        os.close(slave)
        os.set_blocking(self._fd, False)
        self._unsent = bytearray()

    @property
    def waitable(self) -> list[int]:
        """What to wait on for input; nothing while there is no client, which then has to be polled for."""
        return [self._fd] if self._client() else []

    def read(self) -> bytes:
        """What the client has sent and was not read yet."""
        if not self._client():
            return b""
        self._flush()
        with contextlib.suppress(OSError):
            return os.read(self._fd, _CHUNK)
        return b""

    def write(self, data: bytes) -> None:
        """Send to the client; what it doesn't take yet follows with the next call or ``read``."""
        self._unsent += data
        self._flush()

    def _flush(self) -> None:
        if not self._client():
            self._unsent.clear()
        with contextlib.suppress(OSError):
            while self._unsent:
                del self._unsent[: os.write(self._fd, self._unsent[:_CHUNK])]

    def _client(self) -> bool:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return not dict(poll.poll(0)).get(self._fd, 0) & select.POLLHUP

    def close(self) -> None:
        os.close(self._fd)
