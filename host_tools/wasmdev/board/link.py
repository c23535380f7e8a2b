"""A board's raw REPL: programs run there, what they print, and values of expressions.

The board's owner may have it print at any time, from a timer that boot.py starts for example. So what is said by
the protocol is looked for among other words, and values come between marks, with their length.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable
from typing import Any

from wasmdev.board import literals
from wasmdev.board.wire import POLL_S, RESET_HINT, Lost, Wire
from wasmdev.errors import BoardError, LinkError, TimeLimit, UsageError

_END = b"\x04"
_INTERRUPT = b"\x03"
_RAW = b"\x01"
_FRIENDLY = b"\x02"
_PASTE = b"\x05A\x01"  # asks for the raw REPL's mode with flow control
_PLAIN_CHUNK = 256  # bytes at a time where there is no such mode
_PLAIN_PAUSE_S = 0.01
_AGAIN_S = 2.0  # after which a board without a prompt is interrupted once more
_FLOOD_S = 1.0  # how long one that ignores Ctrl-C gets one after the other: one may come between its handlers
_FLOOD_EACH = 8  # of them at once, each a packet: the second finds the handler of the first
_QUIET_S = 0.03  # a board that says something of its own accord within that is restarted
_RAW_PROMPT = rb"raw REPL; CTRL-B to exit\r\n"
_PROMPT = rb">>> "
_GONE_S = 0.3  # after which a board that restarts has left the USB

_MOST = 1 << 20  # bytes of an answer, and of a traceback
_ANSWER_TIMES = 6  # times its longest silence that an answer may take
_TRIES = 5  # for a value that something else was printed into
_VALUE = "_v=repr({});print('\\x02%d:'%len(_v),_v,'\\x03',sep='');_v=0"
# What the ROM of an Espressif chip says in place of a prompt, what that means, and what to do.
_ROM = (
    (
        re.compile(rb"boot:0x[0-9a-f]+ \(DOWNLOAD.{,80}?waiting for download", re.DOTALL),
        "its chip waits in the boot loader",
        "let go of BOOT and press its reset button",
    ),
    (
        re.compile(rb"invalid header: 0x|flash read err, 1000"),
        "there is no program in its flash",
        "put MicroPython on it with: wasmdev firmware",
    ),
)
_VALUE_MARKS = re.compile(rb"\x02(\d{1,8}):([^\x02\x03]*)\x03")


class Link:
    """A connection to a board whose raw REPL runs what it is given.

    Every call has a time limit and ends in a result or in a :class:`LinkError` that names the port.
    """

    def __init__(
        self, device: str, *, soft_reset: bool = False, timeout: float = 10.0, patience: float = 1.0
    ) -> None:
        """Open ``device`` (a path or a pyserial URL), stop what runs on it, reset it if asked to.

        A board that goes on printing is reset too, which skips its ``main.py``. One that restarts as it is opened
        is waited for, also where its port goes away meanwhile. ``timeout`` in seconds is for the whole of it.
        ``patience`` multiplies all time limits, these and later ones, and so does ``WASMDEV_PATIENCE`` in the
        environment. Raises :class:`LinkError`.
        """
        self.device = device
        self._patience = patience * _wanted_patience()
        self._timeout = timeout
        self._pastes = True
        self._left = False
        self._unsure = False  # whether it is at its prompt, as the way there was interrupted
        try:
            self._open(soft_reset)
        except Lost:
            if "://" in device:  # another program has it, or the other side is gone
                raise
            self._come_back(soft_reset)

    def _open(self, soft_reset: bool) -> None:
        self._wire = Wire(self.device, self._patience)
        try:
            self._enter(soft_reset)
            if not soft_reset and self._wire.drain(_QUIET_S):
                self._enter(soft_reset=True)
        except BaseException:
            self._wire.close()
            raise

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the board at its friendly REPL, unless it was left with something to do, and close the port."""
        if not self._left:
            with contextlib.suppress(LinkError):
                self._wire.write(b"\r" + _FRIENDLY)
        self._wire.close()

    def leave(self, line: str) -> None:
        """Leave the board with a line to run at its friendly REPL, which nobody follows. Raises
        :class:`LinkError`."""
        self._wire.write(b"\r" + _FRIENDLY)
        self._wire.expect(_PROMPT)
        self._wire.write(line.encode() + b"\r")
        self._wire.expect(re.escape(line.encode()) + rb"\s*\r\n")
        self._left = True

    def exec(
        self,
        code: str,
        *,
        timeout: float | None = 10.0,
        limit: float | None = None,
        output: Callable[[bytes], None] | None = None,
        idle: Callable[[], float] | None = None,
    ) -> bytes:
        """Run Python ``code`` on the board; what it printed.

        ``output`` takes what it prints as it comes, and then it isn't returned. ``timeout`` is the longest silence
        and ``limit`` the longest time in seconds, None for any. ``idle`` is called again and again meanwhile; it
        returns the seconds after which it wants to be called at the latest. A program that takes longer than
        ``limit`` is interrupted, and so it is when this process is (Ctrl-C), or when a callback raises something.

        Raises :class:`BoardError` for an exception on the board, :class:`TimeLimit`, and :class:`LinkError` also
        where there is more of an answer than anybody asks for.
        """
        if self._unsure:
            self._enter(soft_reset=False)
        try:
            self._begin(code.encode())
            printed, error = self._follow(timeout, limit, output, idle)
        except LinkError:
            raise
        except BaseException:
            self.interrupt()
            raise
        if error:
            raise BoardError(error.decode("utf-8", "replace"))
        return printed

    def send(self, data: bytes) -> None:
        """Send bytes to the program that runs. Raises :class:`LinkError`."""
        self._wire.write(data)

    def eval(self, expression: str, shape: Any = object) -> Any:
        """The value of a Python expression on the board, made of plain values.

        Its shape is as for :func:`literals.read`. Raises :class:`LinkError` for any other one.
        """
        for _ in range(_TRIES):
            printed = self.exec(_VALUE.format(expression))
            for length, text in _VALUE_MARKS.findall(printed):
                if int(length) == len(text):
                    return self._read(text, shape)
        raise self._unreadable(printed)

    def _read(self, text: bytes, shape: Any) -> Any:
        try:
            return literals.read(text.decode(), shape)
        except ValueError:
            raise self._unreadable(text) from None

    def _unreadable(self, text: bytes) -> LinkError:
        hint = "is it MicroPython, and no other program using the port?"
        return LinkError(f"can't read what the board answered on {self.device}: {text[:60]!r}", hint)

    def interrupt(self) -> None:
        """Stop what the board runs and come back to a prompt."""
        with contextlib.suppress(LinkError):
            self._wire.write(_INTERRUPT)
        self._enter(soft_reset=False)

    def reset(self) -> None:
        """Restart MicroPython, for a heap with nothing in it. ``boot.py`` runs, ``main.py`` doesn't."""
        self._enter(soft_reset=True)

    def hard_reset(self) -> None:
        """Restart the board as its reset button does, and come back to it.

        A port on USB goes away meanwhile; it is looked for by the same path. Raises :class:`LinkError`.
        """
        with contextlib.suppress(LinkError):  # it may be gone before it has said that it will
            self._begin(b"import machine;machine.reset()")
            time.sleep(_GONE_S)  # until its USB is gone
        self._wire.close()
        self._come_back(soft_reset=False)

    def _come_back(self, soft_reset: bool) -> None:
        """Open the port of a board that is starting as soon as it is there. Raises :class:`LinkError`."""
        deadline = time.monotonic() + self._timeout * self._patience
        while True:
            try:
                return self._open(soft_reset)
            except LinkError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_S)

    def _enter(self, soft_reset: bool) -> None:
        """Get the prompt of the raw REPL, which a board that is just starting may not give at once.

        One that gives it and runs nothing, as its heap is full, is reset. Raises :class:`BoardError` where that is
        no help, and :class:`LinkError`.
        """
        self._unsure = True
        self._wire.forget()
        deadline = time.monotonic() + self._timeout * self._patience
        tries = 0
        while (raised := self._prompt(soft_reset, flood=tries > 0)) != "":
            if raised and soft_reset and "KeyboardInterrupt" not in raised:
                raise BoardError(raised)
            soft_reset |= raised is not None and tries > 0
            tries += 1
            if time.monotonic() > deadline or any(said.search(self._wire.heard) for said, _, _ in _ROM):
                why, hint = _diagnosis(self._wire.heard)
                raise LinkError(f"no MicroPython prompt on {self.device}: {why}", hint)
        self._unsure = False

    def _prompt(self, soft_reset: bool, flood: bool) -> str | None:
        """Ask for the prompt once, and run something there: what that raised or "", or None if no prompt came.

        What runs there then is read to its end: behind answers to earlier requests that came late, a Ctrl-C that
        came just as a program ended, and whatever a program printed that looks like a prompt.
        """
        wire = self._wire
        wire.write(b"\r" + _INTERRUPT)
        if flood:
            end = time.monotonic() + _FLOOD_S
            while time.monotonic() < end:
                for _ in range(_FLOOD_EACH):
                    wire.write(_INTERRUPT)
                wire.drain(0.001)
        wire.write(b"\r" + _RAW)
        seconds = self._timeout if soft_reset else min(_AGAIN_S, self._timeout)
        awaited: tuple[bytes, ...] = (_RAW_PROMPT,)
        if soft_reset:
            if not wire.until(_RAW_PROMPT, seconds):
                return None
            wire.write(_END)
            awaited = (rb"soft reboot\r\n", _RAW_PROMPT)
        if not all(wire.until(pattern, seconds) for pattern in awaited):
            return None
        word = os.urandom(6).hex()
        wire.write(f"print('{word[:6]}'+'{word[6:]}')".encode() + _END)
        printed, raised = rb"(%s).*?\x04.*?\x04.*?>" % word.encode(), rb"OK\x04([^\x04]+)\x04>"
        answer = wire.until(printed + b"|" + raised, min(_AGAIN_S, self._timeout))
        return (answer[2] or b"").decode("utf-8", "replace") if answer else None

    def _begin(self, code: bytes) -> None:
        """Have the board run a program. Raises :class:`LinkError`."""
        wire = self._wire
        if self._pastes:
            wire.write(_PASTE)
            if wire.expect(rb"R\x01|R\x00|" + _RAW_PROMPT)[0] == b"R\x01":
                return self._paste(code)
            self._pastes = False
        for at in range(0, len(code), _PLAIN_CHUNK):
            wire.write(code[at : at + _PLAIN_CHUNK])
            time.sleep(_PLAIN_PAUSE_S)
        wire.write(_END)
        wire.expect(b"OK")

    def _paste(self, code: bytes) -> None:
        wire = self._wire
        window = room = int.from_bytes(wire.expect(b"..")[0], "little")
        while code:
            wire.write(code[:room])
            code, room = code[room:], max(0, room - len(code))
            while code and not room:
                if wire.expect(rb"[\x01\x04]")[0] == _END:  # it has all that it takes of this program
                    return wire.write(_END)
                room += window
        wire.write(_END)
        wire.expect(_END)

    def _follow(
        self,
        timeout: float | None,
        limit: float | None,
        output: Callable[[bytes], None] | None,
        idle: Callable[[], float] | None,
    ) -> tuple[bytes, bytes]:
        """What the program printed and its traceback: each ends in ``_END``, then comes a prompt."""
        timeout = None if timeout is None else timeout * self._patience
        longest = None if timeout is None or output else timeout * _ANSWER_TIMES
        streams = bytearray(), bytearray()
        current = 0
        began = heard = time.monotonic()
        while current < 2:
            data = self._wire.read(min(POLL_S, limit or POLL_S, idle() if idle else POLL_S))
            now = time.monotonic()
            if data:
                heard = now
            elif timeout is not None and now > heard + timeout:
                raise LinkError(f"{self.device} has been silent for {timeout:g} s", RESET_HINT)
            if limit is not None and now > began + limit:
                raise TimeLimit(f"stopped after {limit:g} s")
            while data and current < 2:
                part, end, data = data.partition(_END)
                if output and current == 0:
                    if part:
                        output(part)
                else:
                    streams[current].extend(part)
                current += len(end)
            if max(map(len, streams)) > _MOST or (longest is not None and now > began + longest):
                raise LinkError(f"{self.device} sends more than was asked for, and doesn't stop", RESET_HINT)
        self._wire.keep(data)
        return bytes(streams[0]), bytes(streams[1])


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
    words = heard.translate(None, b"\r" + _INTERRUPT + _RAW)
    for said, why, hint in _ROM:
        if said.search(heard):
            return why, hint
    if not heard:
        return "nothing answers", "is it the right port, with MicroPython on the board? press its reset button"
    if not words.strip():
        return "what is sent there comes back", "is it the right port? its TX and RX may be joined"
    lines = [line for line in words.decode("ascii", "replace").splitlines() if line.strip()]
    if len(lines) > 1 and not words.endswith(b"\n"):
        lines.pop()  # of which the rest is to come
    return (f"it says {lines[-1].strip()[:40]!r}" if lines else "it says something else",
            "if a program on it ignores Ctrl-C, press its reset button while this is tried again, or erase its "
            "flash (ESP32: wasmdev firmware --erase, Pico: flash_nuke.uf2); or it isn't MicroPython")
