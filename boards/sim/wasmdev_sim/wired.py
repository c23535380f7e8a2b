"""What can be done with a board for which a process on this computer stands: its pins, buses and buttons."""

from __future__ import annotations

import atexit
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, TypeVar

from .buses import I2CTarget, OneWireTarget, SPITarget
from .changes import PinChange
from .description import Board, refusing
from .error import SimError
from .hardware import Hardware
from .supply import Supply

_START = 30.0  # seconds that a process may take to its boot.py on a busy machine
_Self = TypeVar("_Self", bound="WiredBoard")


class WiredBoard:
    """A board under power from ``power`` until ``kill``, ``close`` or the end of the ``with``."""

    board: Board

    def power(self, hardware: Hardware, supply: Supply) -> None:
        """Begins; returns when MicroPython is about to run boot.py. Raises SimError when it doesn't."""
        self._hardware, self._supply = hardware, supply
        self._running = True
        self._plugged_in = time.monotonic()
        if self.board.temperature:
            self.set_temperature(24.0)
        atexit.register(self.close)
        supply.start()
        try:
            supply.wait_booted(1, _START)
        except BaseException:
            self.close()
            raise

    @property
    def port(self) -> str:
        """What mpremote, pyserial or a terminal program opens: the path of a pty, or socket://HOST:PORT."""
        return self._supply.port.address

    @property
    def pid(self) -> int:
        """The present process."""
        return self._supply.pid

    @property
    def failure(self) -> str:
        """Why the board has ended by itself, and its port with it; empty as long as it lives."""
        return self._supply.failure

    @property
    def boot(self) -> int:
        """Which start of MicroPython the present one is, counted from 1: ``PinChange.boot``."""
        return self._supply.boots

    @property
    def time_us(self) -> float:
        """Time since power-on."""
        return (time.monotonic() - self._plugged_in) * 1e6

    @property
    def events(self) -> list[PinChange]:
        """The pin changes so far, oldest first (the last 100,000).

        Those that happened before some output are here when that output can be read from the port.
        """
        return self._hardware.changes.list()

    def watch(self, timeout: float | None = None) -> Iterator[PinChange]:
        """Pin changes as they happen, the past ones first; ends when none comes for ``timeout`` seconds."""
        return self._hardware.changes.watch(timeout)

    def pin(self, pin: int | str) -> int:
        """The level that the board drives on a pin at this moment, 0 when it drives none."""
        return self._hardware.level(self._line(pin))

    def set_pin(self, pin: int | str, value: int | None) -> None:
        """Drives a pin from outside: 0, 1, or None to let go of it, when its pull decides.

        The board's next read sees it; an edge runs the board's handler for it.
        Raises SimError when there is no such pin.
        """
        self._powered().set_pin(self._line(pin), value)

    def wire(self, output: int | str, input: int | str) -> None:
        """Joins two pins: the level that the board drives on the first is what it reads on the second."""
        self._powered().wire(self._line(output), self._line(input))

    def set_adc(self, channel: int | str, u16: int) -> None:
        """What ``ADC.read_u16`` gives for a channel, 0 to 65535; SimError when there is no such channel."""
        if not 0 <= u16 <= 65535:
            raise ValueError(f"an ADC reads 0 to 65535, not {u16}")
        with refusing():
            number = self.board.channel(channel)
        self._powered().set_adc(number, u16)

    def set_temperature(self, celsius: float) -> None:
        """Sets the on-chip sensor; ValueError when the board has none."""
        sensor = self.board.temperature
        if sensor is None:
            raise ValueError(f"{self.board.name} has no temperature sensor")
        self._powered().set_adc(sensor.channel, sensor.reading(celsius))

    def attach_i2c(self, bus: int, address: int, chip: I2CTarget | None) -> None:
        """Puts a chip on an I2C bus, or takes it away (None). Models of some are in ``chips``."""
        self._powered().buses.attach_i2c(bus, address, chip)

    def i2c(self, bus: int, address: int) -> Any:
        """The chip at an address of an I2C bus, None where there is none."""
        return self._powered().buses.i2c(bus, address)

    def attach_spi(self, bus: int, chip: SPITarget | None) -> None:
        """Puts a chip on an SPI bus, or takes it away."""
        self._powered().buses.attach_spi(bus, chip)

    def attach_onewire(self, pin: int | str, chip: OneWireTarget | None) -> None:
        """Puts a chip on a pin's 1-Wire bus, or takes it away."""
        with refusing():
            self._powered().buses.attach_onewire(self.board.line(pin), chip)

    def uart_write(self, number: int, data: bytes) -> None:
        """Sends to the board over a UART."""
        self._powered().buses.uart_write(number, data)

    def uart_read(self, number: int) -> bytes:
        """What the board has sent over a UART since the last call."""
        return self._powered().buses.uart_read(number)

    def pwm(self, pin: int | str) -> tuple[int, int]:
        """Frequency in hertz and duty (0 to 65535) of a pin's PWM; zeros when it has none."""
        with refusing():
            return self._powered().buses.pwm(self.board.line(pin))

    def reset(self) -> None:
        """Presses the reset button: MicroPython ends at once and starts anew, on return as far as boot.py."""
        self._powered()
        boots = self._supply.boots
        self._supply.reset()
        self._supply.wait_booted(boots + 1, _START)

    def _line(self, pin: int | str) -> int:
        with refusing():
            return self.board.line(pin)

    def _powered(self) -> Hardware:
        if not self._running:
            raise SimError("the board has no power any more: make a new one on the same files")
        return self._hardware

    def kill(self) -> None:
        """Pulls the plug: the process and the port end at once, open files as they are. What is written stays."""
        if self._running:
            self._running = False
            atexit.unregister(self.close)
            self._supply.stop()
            self._hardware.close()

    close = kill

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
