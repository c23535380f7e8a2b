"""What keeps a board's process under power, and carries bytes between it and the port."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from abc import ABC, abstractmethod

from .error import SimError
from .hardware import BOOTED, RESET, Hardware
from .port import CHUNK, Port

PWRON_RESET, WDT_RESET = 1, 3  # machine.reset_cause

_NOBODY = 0.01  # seconds between looks for a client that opens the port
_SOON = 0.001  # seconds until what waits for a better moment is looked at again
_ENOUGH = 65536  # bytes waiting in one direction at which the other side is no longer read


class Supply(threading.Thread, ABC):
    """Runs one board until ``stop``: starts its processes and carries bytes both ways.

    Nothing here waits for anything but poll: a process or client that doesn't read only holds up itself.
    ``line`` is the file descriptor of the process's serial line, which doesn't block; ``records``, ``questions``
    and ``answers`` those of its pipes. ``failure`` is why the board has ended by itself, empty as a rule.
    """

    line: int
    records: int
    questions: int
    answers: int

    def __init__(self, name: str, hardware: Hardware, port: Port) -> None:
        super().__init__(name=name, daemon=True)
        self.hardware = hardware
        self.port = port
        self.cause = PWRON_RESET
        self.to_board = bytearray()
        self._command_out, self._command_in = os.pipe()
        self._boots = 0
        self._up = 0
        self._running = False
        self._stopping = False
        self._booted = threading.Condition()
        self.failure = ""

    # Called from other threads.

    def wait_booted(self, boots: int, timeout: float) -> None:
        """Waits until start number ``boots`` of MicroPython is about to run boot.py; SimError when it won't."""
        with self._booted:
            done = self._booted.wait_for(lambda: self.failure or self._up >= boots, timeout)
        if self.failure or not done:
            slow = f"MicroPython did not start within {timeout:.0f} s: is the machine busy?"
            raise SimError(self.failure or slow)

    @property
    def boots(self) -> int:
        """Starts of MicroPython so far."""
        return self._boots

    def reset(self) -> None:
        """Ends the present process at once; another one starts, as after power-up."""
        self.cause = PWRON_RESET
        self.kill_process()

    def stop(self) -> None:
        """Ends the process and the port at once, and the thread."""
        self._stopping = True
        os.write(self._command_in, b"\0")
        self.join()
        os.close(self._command_in)
        os.close(self._command_out)

    @property
    @abstractmethod
    def pid(self) -> int:
        """The present process."""

    @abstractmethod
    def kill_process(self) -> None:
        """Ends the present process at once."""

    # The thread.

    @abstractmethod
    def begin(self) -> None:
        """Starts the first process."""

    @abstractmethod
    def carry(self) -> bool:
        """Carries what the client sent to the process; True when some of it waits for a better moment."""

    @abstractmethod
    def held(self) -> bool:
        """Whether what the client sent waits until the process wants it."""

    @abstractmethod
    def shown(self, data: bytes) -> bytes:
        """What of the process's output the client is to see."""

    @abstractmethod
    def again(self) -> None:
        """The process has ended: starts another one. Raises SimError where that makes no sense."""

    @abstractmethod
    def finish(self) -> bool:
        """Waits for the process, which is ending, and closes what led to it; True when it ended by itself."""

    def run(self) -> None:
        try:
            self.begin()
            while not self._stopping:
                self._step()
        except SimError as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(f"the board ended: {error}")
        finally:
            if self._running:
                self.kill_process()
                self.ended()
            self.port.close()

    def started(self) -> None:
        """Notes that a process is there."""
        self._running = True

    def ended(self) -> bool:
        """Notes that the process is ending; True when it does so by itself."""
        self._running = False
        by_itself = self.finish()
        self.hardware.disconnect()
        return by_itself

    def boot(self) -> None:
        """Counts a start of MicroPython."""
        with self._booted:
            self._boots += 1

    def booted(self) -> None:
        """MicroPython is about to run boot.py."""
        with self._booted:
            self._up = self._boots
            self._booted.notify_all()

    def _fail(self, why: str) -> None:
        with self._booted:
            self.failure = why
            self._booted.notify_all()

    def _step(self) -> None:
        poll = select.poll()
        for fd in (self._command_out, self.records, self.questions):
            poll.register(fd, select.POLLIN)
        wait = self.hardware.tick()
        unsure = self.carry()
        if unsure:
            wait = min(_SOON, _SOON if wait is None else wait)
        inner = select.POLLIN if len(self.port.unsent) < _ENOUGH else 0
        if self.to_board and not unsure and not self.held():
            inner |= select.POLLOUT
        poll.register(self.line, inner)
        outer = dict.fromkeys(self.port.waitable, select.POLLIN) if len(self.to_board) < _ENOUGH else {}
        if not outer:
            wait = min(_NOBODY, _NOBODY if wait is None else wait)
        for fd in self.port.writable:
            outer[fd] = outer.get(fd, 0) | select.POLLOUT
        for fd, events in outer.items():
            poll.register(fd, events)
        ready = dict(poll.poll(None if wait is None else max(0.0, wait) * 1000))
        self.port.write(b"")
        while len(self.to_board) < _ENOUGH and (data := self.port.read()):
            self.to_board += data
        if self.records in ready:
            self.take_records()
        if self.questions in ready:
            self._answer()
        state = ready.get(self.line, 0)
        if state & (select.POLLIN | select.POLLHUP | select.POLLERR) and not self._take_output():
            self.again()

    def write_line(self, data: bytes | bytearray) -> bool:
        """Types to the process and forgets what it took; False when it takes no more for now."""
        try:
            del self.to_board[: os.write(self.line, data)]
        except BlockingIOError:
            return False
        return True

    def take_records(self) -> set[int]:
        """Takes what the board wrote about its hardware; its kinds."""
        kinds = self.hardware.receive(_read(self.records) or b"")
        if BOOTED in kinds:
            self.booted()
        if RESET in kinds:
            self.cause = WDT_RESET
        return kinds

    def _answer(self) -> None:
        """Answers what the board asks of its buses, after what it did to its pins before."""
        self.take_records()
        with contextlib.suppress(BrokenPipeError):
            self.hardware.buses.serve(_read(self.questions) or b"", self.answers)

    def _take_output(self) -> bool:
        """Carries output to the client; False when the process has ended."""
        data = _read(self.line)
        # A change made before that output was written is seen before it.
        self.take_records()
        if data is None:
            return False
        self.port.write(self.shown(data))
        return True


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
