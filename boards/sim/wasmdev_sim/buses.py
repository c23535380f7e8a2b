"""What is connected to a simulated board's buses. ``device/_bus.py`` is the board's end.

The board asks and waits for the answer, through two pipes. A question is ``<kind, number, sequence, argument u16,
sizes of what is written and read, u16 each>`` and what is written; an answer ``<sequence, status, size u16>`` and
what is read. Status 0 is success, else the number of the OSError to raise.
"""

from __future__ import annotations

import os
import struct
import threading
from typing import Any, Protocol

I2C_WRITE, I2C_READ, SPI, UART_WRITE, UART_READ, UART_ANY, PWM = range(7)
ONEWIRE_RESET, ONEWIRE_WRITE, ONEWIRE_READ = range(7, 10)

_QUESTION = struct.Struct("<BBBxHHH")
_ANSWER = struct.Struct("<BBH")
_EIO, _ENODEV = 5, 19


class I2CTarget(Protocol):
    """A chip on an I2C bus."""

    def write(self, data: bytes) -> None:
        """The controller wrote ``data``, from one start or repeated start to the next or to the stop."""

    def read(self, size: int) -> bytes:
        """The controller reads the next ``size`` bytes."""


class SPITarget(Protocol):
    """A chip on an SPI bus; its chip select, if it matters, is a pin like others."""

    def transfer(self, value: int) -> int:
        """The byte that goes back while ``value`` comes in."""


class OneWireTarget(Protocol):
    """A chip that is alone on a 1-Wire bus. ``sends`` tells whether it is its turn: bits are read from it."""

    sends: bool

    def reset(self) -> None:
        """A reset pulse: commands begin anew."""

    def write(self, value: int) -> None:
        """The controller wrote a byte."""

    def read(self) -> int:
        """The controller reads the next byte."""


class Buses:
    """All buses of one board. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._i2c: dict[tuple[int, int], I2CTarget] = {}
        self._spi: dict[int, SPITarget] = {}
        self._onewire: dict[int, OneWireTarget] = {}
        self._received: dict[int, bytearray] = {}
        self._sent: dict[int, bytearray] = {}
        self._pwm: dict[int, tuple[int, int]] = {}
        self._rest = b""

    def connect(self) -> None:
        """A new process begins: what was on its way is lost, and no pin is driven."""
        with self._lock:
            self._rest = b""
            self._pwm.clear()

    def attach_i2c(self, bus: int, address: int, target: I2CTarget | None) -> None:
        with self._lock:
            _put(self._i2c, (bus, address), target)

    def i2c(self, bus: int, address: int) -> I2CTarget | None:
        with self._lock:
            return self._i2c.get((bus, address))

    def attach_spi(self, bus: int, target: SPITarget | None) -> None:
        with self._lock:
            _put(self._spi, bus, target)

    def attach_onewire(self, pin: int, target: OneWireTarget | None) -> None:
        with self._lock:
            _put(self._onewire, pin, target)

    def uart_write(self, number: int, data: bytes) -> None:
        with self._lock:
            self._received.setdefault(number, bytearray()).extend(data)

    def uart_read(self, number: int) -> bytes:
        with self._lock:
            return bytes(self._sent.pop(number, b""))

    def pwm(self, pin: int) -> tuple[int, int]:
        with self._lock:
            return self._pwm.get(pin, (0, 0))

    def serve(self, data: bytes, to_board: int) -> None:
        """Answers what the board asks; ``data`` is what came through its pipe."""
        data = self._rest + data
        while len(data) >= _QUESTION.size:
            kind, number, sequence, argument, written, wanted = _QUESTION.unpack_from(data)
            end = _QUESTION.size + written
            if len(data) < end:
                break
            with self._lock:
                try:
                    status, answer = 0, self._do(kind, number, argument, data[_QUESTION.size : end], wanted)
                except KeyError:
                    status, answer = _ENODEV, b""
                except Exception:
                    status, answer = _EIO, b""
            data = data[end:]
            os.write(to_board, _ANSWER.pack(sequence, status, len(answer)) + answer)
        self._rest = data

    def _do(self, kind: int, number: int, argument: int, data: bytes, wanted: int) -> bytes:
        if kind == I2C_WRITE:
            target = self._i2c[number, argument]
            if data:
                target.write(data)
        elif kind == I2C_READ:
            return self._i2c[number, argument].read(wanted)
        elif kind == SPI:
            chip = self._spi.get(number)
            return bytes(chip.transfer(value) for value in data) if chip else bytes(len(data))
        elif kind == UART_WRITE:
            self._sent.setdefault(number, bytearray()).extend(data)
        elif kind == UART_READ:
            waiting = self._received.setdefault(number, bytearray())
            taken = bytes(waiting[:wanted])
            del waiting[:wanted]
            return taken
        elif kind == UART_ANY:
            return struct.pack("<I", len(self._received.get(number, b"")))
        elif kind == PWM:
            _put(self._pwm, number, struct.unpack("<II", data) if data else None)
        else:
            return self._onewire_do(kind, self._onewire[number], data)
        return b""

    def _onewire_do(self, kind: int, target: OneWireTarget, data: bytes) -> bytes:
        if kind == ONEWIRE_RESET:
            target.reset()
        elif kind == ONEWIRE_WRITE:
            target.write(data[0])
        elif kind == ONEWIRE_READ:
            return bytes([target.read()])
        return b""


def _put(table: dict[Any, Any], key: Any, value: Any) -> None:
    """Sets an entry, or removes it for None."""
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
