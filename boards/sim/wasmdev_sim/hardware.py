"""The host's end of the simulated hardware: inputs, pin changes, pin interrupts and timers.

``boards/sim/device/_pipes.py`` is the other end and describes what is shared.
"""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .buses import Buses
from .changes import Changes, PinChange
from .description import Board

BOOTED, PIN, IRQ, TIMER, TAKEN, RESET = range(6)
TICK, EDGE = range(2)

RECORD = struct.Struct("<BBH4xQQ")
WAKE = struct.Struct("<BBBx")

FALLING, RISING = 4, 8
FREE, LOW, HIGH = 0, 2, 3  # what the outside does to a pin, in its two bits of a register
PINS_EACH = 15


class Registers(Protocol):
    """Numbers that board and host share."""

    def __getitem__(self, index: int) -> int: ...

    def __setitem__(self, index: int, value: int) -> None: ...

    def close(self) -> None:
        """Give up what they lie in."""


class Events(Protocol):
    """The way to a board for what happens outside of it."""

    def __call__(self, kind: int, number: int, argument: int) -> None: ...


class Offsets:
    """Registers of which each is the offset of an open file, see ``_pipes.py``."""

    def __init__(self, count: int) -> None:
        handle, path = tempfile.mkstemp(prefix="wasmdev-sim-")
        os.close(handle)
        self.fds = [os.open(path, os.O_RDONLY) for _ in range(count)]
        os.unlink(path)

    def __getitem__(self, index: int) -> int:
        return os.lseek(self.fds[index], 0, os.SEEK_CUR)

    def __setitem__(self, index: int, value: int) -> None:
        os.lseek(self.fds[index], value, os.SEEK_SET)

    def close(self) -> None:
        while self.fds:
            os.close(self.fds.pop())


class Wake:
    """Events by the pipe that ``_pipes.py`` describes."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __call__(self, kind: int, number: int, argument: int) -> None:
        # A board that takes nothing for 16,000 records, or is ending, loses the event.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._fd, WAKE.pack(kind, number, argument))


def lines(board: Board) -> int:
    """Pins of a board, with those that have a name only."""
    return board.gpio + len(board.external)


def registers(board: Board) -> int:
    """How many registers a board has: two bits for each pin, then one for each converter's channel."""
    return -(-lines(board) // PINS_EACH) + board.channels


def configuration(board: Board, unique_id: bytes, cause: int) -> dict[str, Any]:
    """What the board's half is told of the board that it stands for; ``cause`` is machine.reset_cause()."""
    return {
        "board": board.name,
        "gpio": lines(board),
        "pins": {name: board.line(name) for name in (*board.pins, *board.external)},
        "channels": board.channels,
        "analog": {board.line(name): n for name, n in board.adc.items() if name[:2] == "GP"},
        "frequency": board.frequency,
        "unique_id": unique_id,
        "cause": cause,
    }


@dataclass
class _Timer:
    period: float
    repeats: bool
    due: float
    on_its_way: bool = False


class Hardware:
    """Everything outside of the processor. Safe to use from several threads."""

    def __init__(self, board: Board, shared: Registers) -> None:
        self.board = board
        self.buses = Buses()
        self._first_adc = registers(board) - board.channels
        self._registers = shared
        self.changes = Changes()
        self._lock = threading.RLock()
        self._levels = [0] * lines(board)
        self._wires: dict[int, int] = {}
        self._send: Events | None = None
        self.on_boot: Callable[[], None] | None = None  # where one process boots more than once
        self._forget(boot=0)

    def connect(self, send: Events, boot: int) -> None:
        """MicroPython begins: pins are released, interrupts and timers gone; inputs keep their levels."""
        with self._lock:
            now = max(self._last_us, round((time.monotonic() - self._origin) * 1e6)) if self.boot else 0
            for pin, level in enumerate(self._levels):
                if level:
                    self._change(pin, 0, now)
            self._send = send
            self.buses.connect()
            self._forget(boot)

    def disconnect(self) -> None:
        """The process has ended: nothing can be sent to it any more."""
        with self._lock:
            self._send = None
            self._timers.clear()

    def _forget(self, boot: int) -> None:
        self.boot = boot
        self._rest = b""
        self._armed: dict[int, tuple[int, bool]] = {}  # trigger, pulled up
        self._timers: dict[int, _Timer] = {}
        self._origin = time.monotonic()
        self._last_us = 0

    def receive(self, data: bytes) -> set[int]:
        """Takes what the board wrote; the kinds of records that concern the process: BOOTED, RESET."""
        data = self._rest + data
        whole = len(data) - len(data) % RECORD.size
        kinds = set()
        with self._lock:
            for kind, number, flags, argument, time_us in RECORD.iter_unpack(data[:whole]):
                if kind in (PIN, IRQ) and number >= len(self._levels):
                    continue  # of no pin: the board may say anything
                if kind == PIN:
                    self._change(number, argument, time_us)
                elif kind == IRQ:
                    self._armed[number] = (argument, bool(flags))
                elif kind == TIMER:
                    self._set_timer(number, argument, bool(flags))
                elif kind == TAKEN and number in self._timers:
                    self._timers[number].on_its_way = False
                else:
                    if kind == BOOTED:
                        if self.on_boot:
                            self.on_boot()
                        self._origin = time.monotonic() - time_us / 1e6
                    kinds.add(kind)
        self._rest = data[whole:]
        return kinds

    def _change(self, pin: int, value: int, time_us: int) -> None:
        self._levels[pin] = value
        self._last_us = time_us
        self.changes.add(PinChange(time_us, pin, value, self.boot))
        if pin in self._wires:
            self.set_pin(self._wires[pin], value)

    def _set_timer(self, number: int, period_us: int, repeats: bool) -> None:
        if period_us:
            period = period_us / 1e6
            self._timers[number] = _Timer(period, repeats, time.monotonic() + period)
        else:
            self._timers.pop(number, None)

    def tick(self) -> float | None:
        """Sends the ticks that are due; seconds until the next one, None without timers.

        A tick that the board hasn't taken yet isn't sent again: a board that is late loses ticks, not memory.
        """
        with self._lock:
            now = time.monotonic()
            for number, timer in list(self._timers.items()):
                if timer.due > now:
                    continue
                if not timer.on_its_way:
                    timer.on_its_way = timer.repeats
                    self._wake(TICK, number, 0)
                if timer.repeats:
                    timer.due += timer.period * max(1, -(-(now - timer.due) // timer.period))
                else:
                    del self._timers[number]
            return min((timer.due - now for timer in self._timers.values()), default=None)

    def _wake(self, kind: int, number: int, argument: int) -> None:
        if self._send:
            self._send(kind, number, argument)

    def set_pin(self, pin: int, value: int | None) -> None:
        """Drives a pin from outside, or lets go of it; edges as the input sees them, by its pull."""
        index, shift = pin // PINS_EACH, pin % PINS_EACH * 2
        with self._lock:
            before = self._registers[index]
            old = before >> shift & 3
            new = FREE if value is None else HIGH if value else LOW
            self._registers[index] = before & ~(3 << shift) | new << shift
            armed, pulled_up = self._armed.get(pin, (0, False))
            high = [state == HIGH or (state == FREE and pulled_up) for state in (old, new)]
            edge = 0 if high[0] == high[1] else RISING if high[1] else FALLING
            if armed & edge:
                self._wake(EDGE, pin, edge)

    def wire(self, output: int, input: int) -> None:
        """From now on, what the board drives on one pin arrives at another."""
        with self._lock:
            self._wires[output] = input
            self.set_pin(input, self._levels[output])

    def set_adc(self, channel: int, value: int) -> None:
        self._registers[self._first_adc + channel] = value

    def level(self, pin: int) -> int:
        with self._lock:
            return self._levels[pin]

    def close(self) -> None:
        self.changes.close()
        with self._lock:
            self._registers.close()
