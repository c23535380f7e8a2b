"""A board's raw REPL. The only module that knows mpremote's transport, whose API isn't stable."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from mpremote.transport import TransportError  # type: ignore[import-untyped]
from mpremote.transport_serial import SerialTransport  # type: ignore[import-untyped]

from wasmdev.errors import BoardError, LinkError, TimeLimit

_LOST: tuple[type[Exception], ...] = (OSError, ValueError, TypeError)  # from pyserial when a port goes away
if sys.platform != "win32":
    import termios

    _LOST += (termios.error,)

_END = b"\x04"
_NOTHING = b"OK" + _END + _END + b">"  # what the raw REPL says to a program that does nothing
_INTERRUPT = b"\x03"
_POLL_S = 0.25  # how long one read waits: how fast Ctrl-C works where a read can't be interrupted
_PATIENCE_S = 5.0  # for one step of a protocol that the board's REPL answers at once
_AGAIN_S = 2.0  # after which a board without a prompt is interrupted once more
_RESET_HINT = "press its reset button or plug it in again"


class _Transport(SerialTransport):  # type: ignore[misc]
    """mpremote's transport, with reads that keep their time limits also while bytes keep coming."""

    ahead = b""  # bytes that were read beyond the end of a program's output: the next prompt

    def read_until(
        self,
        min_num_bytes: int,
        ending: bytes,
        timeout: float | None = _PATIENCE_S,
        data_consumer: Callable[[bytes], None] | None = None,
        timeout_overall: float | None = None,
    ) -> bytes:
        data, self.ahead = self.ahead, b""
        limit = timeout_overall or timeout or _PATIENCE_S
        deadline = time.monotonic() + limit
        self.serial.timeout = min(limit, _PATIENCE_S)
        while not data.endswith(ending) and time.monotonic() < deadline:
            data += self.serial.read(1)
        self.serial.timeout = _PATIENCE_S
        return data


class Link:
    """A connection to a board whose raw REPL runs what it is given.

    Every call has a time limit and ends in a result or in a :class:`LinkError` that names the port.
    """

    def __init__(self, device: str, *, soft_reset: bool = False, timeout: float = 10.0) -> None:
        """Open ``device`` (a path or a pyserial URL), stop what runs on it, reset it if asked to.

        ``timeout`` in seconds is for the whole of it. Raises :class:`LinkError`.
        """
        self.device = device
        self._timeout = timeout
        try:
            self._transport = _Transport(device, timeout=_PATIENCE_S)
        except (TransportError, OSError, ValueError) as error:
            raise LinkError(f"can't open {device}", _why_not(device)) from error
        try:
            with self._failing():
                self._transport.serial.write_timeout = _PATIENCE_S
            self._enter(soft_reset)
        except BaseException:
            self._transport.serial.close()
            raise

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the board at its friendly REPL and close the port."""
        with contextlib.suppress(LinkError), self._failing():
            self._transport.exit_raw_repl()
        with contextlib.suppress(LinkError), self._failing():
            self._transport.close()

    def exec(
        self,
        code: str,
        *,
        timeout: float | None = 10.0,
        limit: float | None = None,
        output: Callable[[bytes], None] | None = None,
    ) -> bytes:
        """Run Python ``code`` on the board; what it printed.

        ``output`` takes what it prints as it comes. ``timeout`` is the longest silence and ``limit`` the
        longest time in seconds, None for any. A program that takes longer than ``limit`` is interrupted, and
        so it is when this process is (Ctrl-C). Raises :class:`BoardError` for an exception on the board,
        :class:`TimeLimit` and :class:`LinkError`.
        """
        try:
            with self._failing():
                self._transport.exec_raw_no_follow(code)
                printed, error = self._follow(timeout, limit, output)
        except (KeyboardInterrupt, TimeLimit):
            self.interrupt()
            raise
        if error:
            raise BoardError(error.decode("utf-8", "replace"))
        return printed

    def eval(self, expression: str) -> Any:
        """The value of a Python expression on the board, made of Python literals."""
        printed = self.exec(f"print(repr({expression}))")
        try:
            return ast.literal_eval(printed.decode().strip())
        except (ValueError, SyntaxError):
            raise LinkError(f"can't read what the board answered on {self.device}: {printed[:60]!r}",
                            "is another program using the port?") from None

    def interrupt(self) -> None:
        """Stop what the board runs and come back to a prompt."""
        with contextlib.suppress(LinkError), self._failing():
            self._transport.serial.write(_INTERRUPT)
        self._enter(soft_reset=False)

    def reset(self) -> None:
        """Restart MicroPython, for a heap with nothing in it."""
        self._enter(soft_reset=True)

    def _enter(self, soft_reset: bool) -> None:
        """Get the prompt of the raw REPL, which a board that is just starting may not give at once."""
        self._transport.ahead = b""
        deadline = time.monotonic() + self._timeout
        with self._failing(), contextlib.redirect_stdout(io.StringIO()):
            patience = self._timeout if soft_reset else min(_AGAIN_S, self._timeout)
            while True:
                try:
                    self._transport.enter_raw_repl(soft_reset=soft_reset, timeout_overall=patience)
                    self._try_prompt()
                    return
                except TransportError as error:
                    if time.monotonic() > deadline:
                        raise LinkError(f"no MicroPython prompt on {self.device}", _RESET_HINT) from error

    def _try_prompt(self) -> None:
        """Run nothing, and read to its end: behind answers to earlier requests for a prompt that came late,
        and a Ctrl-C that came just as a program ended and is still in the air. Raises TransportError.
        """
        self._transport.serial.write(b"for _ in (1,):pass" + _END)
        if not self._transport.read_until(1, _NOTHING, timeout_overall=_AGAIN_S).endswith(_NOTHING):
            raise TransportError("the prompt is gone again")
        self._transport.ahead = _NOTHING[-1:]

    def _follow(
        self, timeout: float | None, limit: float | None, output: Callable[[bytes], None] | None
    ) -> tuple[bytes, bytes]:
        """What the program printed and its traceback: each ends in ``_END``, then comes a prompt."""
        serial = self._transport.serial
        streams = bytearray(), bytearray()
        current = 0
        began = heard = time.monotonic()
        serial.timeout = _POLL_S if limit is None else min(_POLL_S, limit)
        try:
            while current < 2:
                data = serial.read(serial.in_waiting or 1)
                if data:
                    heard = time.monotonic()
                elif timeout is not None and time.monotonic() > heard + timeout:
                    raise LinkError(f"{self.device} has been silent for {timeout:g} s", _RESET_HINT)
                if limit is not None and time.monotonic() > began + limit:
                    raise TimeLimit(f"stopped after {limit:g} s")
                while data and current < 2:
                    part, end, data = data.partition(_END)
                    streams[current].extend(part)
                    if output and part and current == 0:
                        output(part)
                    current += len(end)
            self._transport.ahead = data
        finally:
            serial.timeout = _PATIENCE_S
        return bytes(streams[0]), bytes(streams[1])

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """Turn what mpremote, pyserial and the system raise into a :class:`LinkError`."""
        try:
            yield
        except (TransportError, struct.error) as error:
            raise LinkError(f"{self.device} doesn't answer as MicroPython does", _RESET_HINT) from error
        except _LOST as error:
            hint = "is another program using it?" if "://" in self.device else "check the cable"
            raise LinkError(f"lost the connection to {self.device}", hint) from error


def _why_not(device: str) -> str:
    """A hint for a port that can't be opened."""
    if "://" in device:
        return "is the address right, and something listening there?"
    if os.name == "posix" and not os.path.exists(device):
        return "there is no such port; plug the board in, or use --port sim"
    if os.name == "posix" and not os.access(device, os.R_OK | os.W_OK):
        return "you may not use it; on Linux, join the group dialout"
    return "another program may be using it"
