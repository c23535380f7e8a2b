"""What stands between the port and the MicroPython processes behind it."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from pathlib import Path

from .description import Board
from .error import SimError
from .guest import Guest
from .hardware import BOOTED, RESET, Hardware
from .output import Output
from .port import CHUNK, Port

PWRON_RESET, WDT_RESET = 1, 3  # machine.reset_cause

_CTRL_C = 3
_NOBODY = 0.01  # seconds between looks for a client that opens the port
_SOON = 0.001  # seconds until a Ctrl-C that isn't certain yet is looked at again
_ENOUGH = 65536  # bytes waiting in one direction at which the other side is no longer read
_TRIES = 3  # processes in a row that may end before boot.py


class Bridge(threading.Thread):
    """Runs one board until ``stop``: starts its processes and carries bytes both ways.

    Nothing here waits for anything but poll: a process or client that doesn't read only holds up itself.
    """

    def __init__(
        self,
        board: Board,
        hardware: Hardware,
        root: Path,
        heap: int,
        flash: int | None,
        unique_id: bytes,
        port: Port,
        main: bool,
    ) -> None:
        super().__init__(name=f"sim {board.name}", daemon=True)
        self._board, self._hardware, self._root, self._heap = board, hardware, root, heap
        self._flash = flash
        self._unique_id = unique_id
        self.port = port
        self._main = main
        self._command_out, self._command_in = os.pipe()
        self._to_board = bytearray()
        self._boots = 0
        self._up = 0
        self._failures = 0
        self._cause = PWRON_RESET
        self._running = False
        self._stopping = False
        self._booted = threading.Condition()
        self._failure = ""
        self._said = b""

    # Called from other threads.

    def wait_booted(self, boots: int, timeout: float) -> None:
        """Waits until process number ``boots`` is about to run boot.py; SimError when it won't."""
        with self._booted:
            done = self._booted.wait_for(lambda: self._failure or self._up >= boots, timeout)
        if self._failure or not done:
            slow = f"MicroPython did not start within {timeout:.0f} s: is the machine busy?"
            raise SimError(self._failure or slow)

    @property
    def boots(self) -> int:
        return self._boots

    @property
    def pid(self) -> int:
        return self._guest.pid

    def reset(self) -> None:
        """Ends the present process at once; another one starts, as after power-up."""
        self._cause = PWRON_RESET
        self._guest.kill()

    def stop(self) -> None:
        """Ends the process and the port at once, and the thread."""
        self._stopping = True
        os.write(self._command_in, b"\0")
        self.join()
        os.close(self._command_in)
        os.close(self._command_out)

    # The thread.

    def run(self) -> None:
        try:
            self._start(raw=not self._main)
            while not self._stopping:
                self._step()
        except SimError as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(f"the simulated board ended: {error}")
        finally:
            self._end()

    def _fail(self, why: str) -> None:
        with self._booted:
            self._failure = why
            self._booted.notify_all()

    def _end(self) -> None:
        if self._running:
            self._guest.kill()
            self._finish()
        self.port.close()

    def _start(self, raw: bool) -> None:
        marker = b"\x02%s\x03" % os.urandom(8).hex().encode() if raw else b""
        self._records, to_host = os.pipe()
        to_board, self._wake = os.pipe()
        self._questions, questions = os.pipe()
        answers, self._answers = os.pipe()
        os.set_blocking(self._questions, False)
        os.set_blocking(self._records, False)
        os.set_blocking(self._wake, False)
        registers = self._hardware.registers.fds
        config = {
            "root": str(self._root),
            "raw": raw,
            "marker": marker.decode(),
            "to_host": to_host,
            "to_board": to_board,
            "registers": registers,
            "questions": questions,
            "answers": answers,
            "board": self._board.name,
            "gpio": self._board.gpio + len(self._board.external),
            "pins": {name: self._board.line(name) for name in (*self._board.pins, *self._board.external)},
            "channels": self._board.channels,
            "analog": {self._board.line(name): n for name, n in self._board.adc.items() if name[:2] == "GP"},
            "frequency": self._board.frequency,
            "unique_id": self._unique_id,
            "cause": self._cause,
            "flash": self._flash,
        }
        try:
            guest = Guest(self._heap, config, [to_host, to_board, questions, answers, *registers])
        finally:
            for end in (to_host, to_board, questions, answers):
                os.close(end)
        with self._booted:
            self._guest = guest
            self._running = True
            self._boots += 1
        self._hardware.connect(self._wake, self._boots)
        self._output = Output(marker)
        self._said = b""

    def _step(self) -> None:
        poll = select.poll()
        poll.register(self._command_out, select.POLLIN)
        poll.register(self._records, select.POLLIN)
        poll.register(self._questions, select.POLLIN)
        wait = self._hardware.tick()
        unsure = self._pump()
        if unsure:
            wait = min(_SOON, _SOON if wait is None else wait)
        inner = select.POLLIN if len(self.port.unsent) < _ENOUGH else 0
        if self._to_board and not unsure and not self._held():
            inner |= select.POLLOUT
        poll.register(self._guest.tty, inner)
        outer = dict.fromkeys(self.port.waitable, select.POLLIN) if len(self._to_board) < _ENOUGH else {}
        if not outer:
            wait = min(_NOBODY, _NOBODY if wait is None else wait)
        for fd in self.port.writable:
            outer[fd] = outer.get(fd, 0) | select.POLLOUT
        for fd, events in outer.items():
            poll.register(fd, events)
        ready = dict(poll.poll(None if wait is None else max(0.0, wait) * 1000))
        self.port.write(b"")
        while len(self._to_board) < _ENOUGH and (data := self.port.read()):
            self._to_board += data
        if self._records in ready:
            self._take_records()
        if self._questions in ready:
            self._answer()
        state = ready.get(self._guest.tty, 0)
        if state & (select.POLLIN | select.POLLHUP | select.POLLERR) and not self._take_output():
            self._restart()

    def _held(self) -> bool:
        """Until a process started for the raw prompt is there, what the client types waits; not Ctrl-C."""
        return self._output.raw and self._output.awaiting_marker

    def _pump(self) -> bool:
        """Carries what the client sent to the process; True when a Ctrl-C waits for a better moment."""
        if self._held():
            # As a terminal does it: an interrupt throws away what was typed before it.
            del self._to_board[: max(0, self._to_board.rfind(_CTRL_C))]
            if self._to_board[:1] != b"\x03":
                return False
        while self._to_board:
            if self._to_board[0] == _CTRL_C:
                done = self._guest.interrupt()
                if done is None:
                    return True
                if done:
                    del self._to_board[0]
                    continue
            end = self._to_board.find(_CTRL_C, 1, CHUNK)
            try:
                del self._to_board[: os.write(self._guest.tty, self._to_board[: end if end > 0 else CHUNK])]
            except BlockingIOError:
                return False
        return False

    def _take_records(self) -> None:
        kinds = self._hardware.receive(_read(self._records) or b"")
        if BOOTED in kinds:
            self._failures = 0
            with self._booted:
                self._guest.booted = True
                self._up = self._boots
                self._booted.notify_all()
        if RESET in kinds:
            self._cause = WDT_RESET
            self._guest.kill()

    def _answer(self) -> None:
        """Answers what the board asks of its buses, after what it did to its pins before."""
        self._take_records()
        with contextlib.suppress(BrokenPipeError):
            self._hardware.buses.serve(_read(self._questions) or b"", self._answers)

    def _take_output(self) -> bool:
        """Carries output to the client; False when the process has ended."""
        data = _read(self._guest.tty)
        # A change made before that output was written is seen before it.
        self._take_records()
        if data is None:
            return False
        if not self._guest.booted:
            self._said += data
        shown = self._output(data)
        if self._output.marked:
            self._output.marked = False
            os.write(self._guest.tty, b"\x01")
        self.port.write(shown)
        return True

    def _restart(self) -> None:
        soft = self._finish() and self._guest.booted
        self._failures += 1
        if self._failures > _TRIES:
            said = self._said.decode(errors="replace").split("\n")
            last = next((line.strip() for line in reversed(said) if line.strip()), "it says nothing")
            raise SimError(f"MicroPython ends before boot.py: {last}")
        if soft:
            self.port.write(b"MPY: soft reboot\r\n")
        self._start(raw=soft and self._output.raw)

    def _finish(self) -> bool:
        """The process is ending: True when it does so by itself."""
        self._running = False
        by_itself = self._guest.finish()
        self._hardware.disconnect()
        for end in (self._records, self._wake, self._questions, self._answers):
            os.close(end)
        return by_itself


def _read(fd: int) -> bytes | None:
    """What can be read at once; None at the end."""
    data = b""
    try:
        while len(data) < _ENOUGH:
            part = os.read(fd, CHUNK)
            if not part:
                return data or None
            data += part
    except BlockingIOError:
        return data
    except OSError:
        return data or None
    return data
