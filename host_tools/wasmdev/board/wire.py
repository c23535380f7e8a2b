"""Bytes to and from a serial port, in bounded memory and time. The only module that knows mpremote's transport,
whose API isn't stable.

Of the lines beside the data, a board with USB of its own answers only while DTR is up, and an Espressif chip
behind a bridge is held in reset while RTS is up alone, and starts its boot loader if DTR is up alone next. So they
go up as one or DTR first, as mpremote has it, and down RTS first: RTS is never up alone.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Iterator

from mpremote.transport import TransportError  # type: ignore[import-untyped]
from mpremote.transport_serial import SerialTransport  # type: ignore[import-untyped]

from wasmdev.errors import LinkError

LOST: tuple[type[Exception], ...] = (OSError, ValueError, TypeError)  # from pyserial when a port goes away
if sys.platform != "win32":
    import termios

    LOST += (termios.error,)

RESET_HINT = "press its reset button or plug it in again"
PATIENCE_S = 5.0  # for one step of a protocol that the board's REPL answers at once
POLL_S = 0.25  # how long one read waits: how fast Ctrl-C works where a read can't be interrupted
_PACE_S = 0.01  # how long one read waits where no other time can be set
_KEPT = 4096  # bytes of what was said that are looked through, and kept for a diagnosis


class Lost(LinkError):
    """A port that was open is gone."""


class Wire:
    """An open port. What is read and not wanted yet comes first at the next read."""

    heard = b""
    """The end of all that was read since ``forget``."""

    def __init__(self, device: str, patience: float) -> None:
        """``patience`` multiplies all times. Raises :class:`LinkError`."""
        self._device = device
        self._patience = patience
        self._ahead = b""
        self._remote = device.lower().startswith("rfc2217:")  # each new time limit is settled with the server
        try:
            limit = _PACE_S if self._remote else PATIENCE_S * patience
            self.serial = SerialTransport(device, timeout=limit).serial
        except (TransportError, OSError, ValueError) as error:
            raise LinkError(f"can't open {device}", _why_not(device)) from error
        try:
            with self.failing():
                if not self._remote:
                    self.serial.write_timeout = PATIENCE_S * patience
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Turn what pyserial and the system raise into :class:`Lost`."""
        try:
            yield
        except LOST as error:
            hint = "is another program using it?" if "://" in self._device else "check the cable"
            raise Lost(f"lost the connection to {self._device}", hint) from error

    def write(self, data: bytes) -> None:
        """Send bytes. Raises :class:`LinkError`."""
        with self.failing():
            self.serial.write(data)

    def read(self, seconds: float = 0.0) -> bytes:
        """What has come; nothing if that takes longer. Raises :class:`LinkError`."""
        if data := self._ahead:
            self._ahead = b""
            return data
        deadline = time.monotonic() + seconds
        with self.failing():
            if not self._remote and self.serial.timeout != seconds:  # to set it takes a while
                self.serial.timeout = seconds
            data = self.serial.read(self.serial.in_waiting or 1)
            while self._remote and not data and time.monotonic() < deadline:
                data = self.serial.read(self.serial.in_waiting or 1)
        self.heard = (self.heard + data)[-_KEPT:]
        return bytes(data)

    def until(self, pattern: bytes, seconds: float = PATIENCE_S) -> re.Match[bytes] | None:
        """Read as far as what a regular expression matches; None where time is over before.

        Whatever comes before it is thrown away: a program of the board's owner may print at any time.
        """
        looked = b""
        deadline = time.monotonic() + seconds * self._patience
        while (left := deadline - time.monotonic()) > 0:
            looked = looked[-_KEPT:] + self.read(min(left, POLL_S))
            if found := re.search(pattern, looked, re.DOTALL):
                self._ahead = looked[found.end() :]
                return found
        return None

    def expect(self, pattern: bytes, seconds: float = PATIENCE_S) -> re.Match[bytes]:
        """The same, but raises :class:`LinkError` where it doesn't come."""
        found = self.until(pattern, seconds)
        if found is None:
            raise LinkError(f"{self._device} doesn't answer as MicroPython does", RESET_HINT)
        return found

    def drain(self, seconds: float) -> bool:
        """Throw away what comes in that time; whether anything did."""
        came = bool(self._ahead)
        self._ahead = b""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            came |= bool(self.read(min(left, POLL_S)))
        return came

    def forget(self) -> None:
        """Begin anew: nothing has been read."""
        self._ahead = self.heard = b""

    def keep(self, data: bytes) -> None:
        """Have what was read and not wanted come again."""
        self._ahead = data + self._ahead

    def close(self) -> None:
        """Close the port, which may be gone."""
        for line in ("rts", "dtr"):
            with contextlib.suppress(*LOST):
                setattr(self.serial, line, False)
        with contextlib.suppress(*LOST):
            self.serial.close()


def _why_not(device: str) -> str:
    """A hint for a port that can't be opened."""
    if "://" in device:
        return "is the address right, and something listening there?"
    if os.name == "posix" and not os.path.exists(device):
        return "there is no such port; plug the board in, or use --port sim"
    if os.name == "posix" and not os.access(device, os.R_OK | os.W_OK):
        return "you may not use it; on Linux, join the group dialout"
    return "another program may be using it"
