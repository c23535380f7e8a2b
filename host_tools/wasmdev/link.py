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

from wasmdev.errors import BoardError, LinkError, TimeLimit, UsageError

_LOST: tuple[type[Exception], ...] = (OSError, ValueError, TypeError)  # from pyserial when a port goes away
if sys.platform != "win32":
    import termios

    _LOST += (termios.error,)

_END = b"\x04"
_NOTHING = b"OK" + _END + _END + b">"  # what the raw REPL says to a program that does nothing
_INTERRUPT = b"\x03"
_RAW = b"\x01"
_POLL_S = 0.25  # how long one read waits: how fast Ctrl-C works where a read can't be interrupted
_PATIENCE_S = 5.0  # for one step of a protocol that the board's REPL answers at once
_AGAIN_S = 2.0  # after which a board without a prompt is interrupted once more
_RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n"
_GONE_S = 0.3  # after which a board that restarts has left the USB
_RESET_HINT = "press its reset button or plug it in again"


class _Transport(SerialTransport):  # type: ignore[misc]
    """mpremote's transport, with reads that keep their time limits also while bytes keep coming."""

    heard = b""  # what was read since somebody looked
    ahead = b""  # bytes that were read beyond the end of a program's output: the next prompt
    patience = 1.0  # what all time limits are multiplied by

    def read_until(
        self,
        min_num_bytes: int,
        ending: bytes,
        timeout: float | None = _PATIENCE_S,
        data_consumer: Callable[[bytes], None] | None = None,
        timeout_overall: float | None = None,
    ) -> bytes:
        data, self.ahead = self.ahead, b""
        limit = (timeout_overall or timeout or _PATIENCE_S) * self.patience
        deadline = time.monotonic() + limit
        self.serial.timeout = min(limit, _PATIENCE_S)
        while not data.endswith(ending) and time.monotonic() < deadline:
            data += self.serial.read(1)
        self.serial.timeout = _PATIENCE_S * self.patience
        self.heard += data
        return data

    def enter_raw_repl(self, soft_reset: bool = True, timeout_overall: float = _PATIENCE_S) -> None:
        self.serial.write(b"\r" + _INTERRUPT)
        self._drain()
        self.serial.write(b"\r" + _RAW)
        self._expect(_RAW_PROMPT, timeout_overall)
        if soft_reset:
            self.serial.write(_END)
            self._expect(b"soft reboot\r\n", timeout_overall)  # what boot.py prints comes after that
            self._expect(_RAW_PROMPT, timeout_overall)
        self.in_raw_repl = True

    def _drain(self) -> None:
        """Throw away what has come, also where it never ends."""
        deadline = time.monotonic() + _POLL_S
        while (count := self.serial.in_waiting) and time.monotonic() < deadline:
            self.heard += self.serial.read(count)

    def _expect(self, text: bytes, timeout: float) -> None:
        if not self.read_until(1, text, timeout_overall=timeout).endswith(text):
            raise TransportError("could not enter raw repl")


class Link:
    """A connection to a board whose raw REPL runs what it is given.

    Every call has a time limit and ends in a result or in a :class:`LinkError` that names the port.
    """

    def __init__(
        self, device: str, *, soft_reset: bool = False, timeout: float = 10.0, patience: float = 1.0
    ) -> None:
        """Open ``device`` (a path or a pyserial URL), stop what runs on it, reset it if asked to.

        ``timeout`` in seconds is for the whole of it. ``patience`` multiplies all time limits, these and
        later ones, and so does ``WASMDEV_PATIENCE`` in the environment. Raises :class:`LinkError`.
        """
        self.device = device
        self._patience = patience * _wanted_patience()
        self._timeout = timeout
        self._open(soft_reset)

    def _open(self, soft_reset: bool) -> None:
        try:
            self._transport = _Transport(self.device, timeout=_PATIENCE_S * self._patience)
            self._transport.patience = self._patience
        except (TransportError, OSError, ValueError) as error:
            raise LinkError(f"can't open {self.device}", _why_not(self.device)) from error
        try:
            with self._failing():
                self._transport.serial.write_timeout = _PATIENCE_S * self._patience
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
                self._begin(code)
                printed, error = self._follow(timeout, limit, output)
        except (KeyboardInterrupt, TimeLimit):
            self.interrupt()
            raise
        if error:
            raise BoardError(error.decode("utf-8", "replace"))
        return printed

    def send(self, data: bytes) -> None:
        """Send bytes to the program that runs. Raises :class:`LinkError`."""
        with self._failing():
            self._transport.serial.write(data)

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

    def hard_reset(self) -> None:
        """Restart the board as its reset button does, and come back to it.

        A port on USB goes away meanwhile; it is looked for by the same path. Raises :class:`LinkError`.
        """
        with contextlib.suppress(*_LOST):  # it may be gone before it has said that it will
            with self._failing(lost=False):
                self._begin("import machine;machine.reset()")
            time.sleep(_GONE_S)  # until its USB is gone
        with contextlib.suppress(*_LOST):
            self._transport.serial.close()
        deadline = time.monotonic() + self._timeout * self._patience
        while True:
            try:
                return self._open(soft_reset=False)
            except LinkError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_S)

    def _begin(self, code: str) -> None:
        with contextlib.redirect_stdout(io.StringIO()):  # mpremote prints what it didn't expect
            self._transport.exec_raw_no_follow(code)

    def _enter(self, soft_reset: bool) -> None:
        """Get the prompt of the raw REPL, which a board that is just starting may not give at once."""
        transport = self._transport
        transport.ahead = transport.heard = b""
        deadline = time.monotonic() + self._timeout * self._patience
        patience = self._timeout if soft_reset else min(_AGAIN_S, self._timeout)
        with self._failing():
            while True:
                try:
                    transport.enter_raw_repl(soft_reset=soft_reset, timeout_overall=patience)
                    return self._try_prompt()
                except TransportError as error:
                    if time.monotonic() > deadline:
                        why, hint = _diagnosis(transport.heard)
                        raise LinkError(f"no MicroPython prompt on {self.device}: {why}", hint) from error

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
        timeout = None if timeout is None else timeout * self._patience
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
            serial.timeout = _PATIENCE_S * self._patience
        return bytes(streams[0]), bytes(streams[1])

    @contextlib.contextmanager
    def _failing(self, lost: bool = True) -> Iterator[None]:
        """Turn what mpremote, pyserial and the system raise into a :class:`LinkError`.

        With ``lost`` False what tells that the port has gone passes.
        """
        try:
            yield
        except (TransportError, struct.error) as error:
            raise LinkError(f"{self.device} doesn't answer as MicroPython does", _RESET_HINT) from error
        except _LOST as error:
            if not lost:
                raise
            hint = "is another program using it?" if "://" in self.device else "check the cable"
            raise LinkError(f"lost the connection to {self.device}", hint) from error


def _wanted_patience() -> float:
    """``WASMDEV_PATIENCE``, for boards and machines that are slow. Raises :class:`UsageError`."""
    text = os.environ.get("WASMDEV_PATIENCE", "1")
    try:
        return max(1.0, float(text))
    except ValueError:
        raise UsageError(f"WASMDEV_PATIENCE={text} is no number",
                         "it multiplies time limits: give 10, for example") from None


def _diagnosis(heard: bytes) -> tuple[str, str]:
    """Why there is no prompt, from what was heard instead, and a hint."""
    words = heard.replace(b"\r" + _INTERRUPT, b"").replace(b"\r" + _RAW, b"")
    if not heard:
        return "nothing answers", "is it the right port, with MicroPython on the board? press its reset button"
    if not words.strip():
        return "what is sent there comes back", "is it the right port? its TX and RX may be joined"
    lines = [line for line in words.decode("ascii", "replace").splitlines() if line.strip()]
    return (f"it says {lines[-1].strip()[:40]!r}" if lines else "it says something else",
            "a program on it ignores Ctrl-C, or it isn't MicroPython; press its reset button")


def _why_not(device: str) -> str:
    """A hint for a port that can't be opened."""
    if "://" in device:
        return "is the address right, and something listening there?"
    if os.name == "posix" and not os.path.exists(device):
        return "there is no such port; plug the board in, or use --port sim"
    if os.name == "posix" and not os.access(device, os.R_OK | os.W_OK):
        return "you may not use it; on Linux, join the group dialout"
    return "another program may be using it"
