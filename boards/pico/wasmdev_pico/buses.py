"""What is connected to the emulated board's buses: models in Python that run in the emulator's process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from rp2040py.peripherals.i2c import RPI2C, I2CMode
from rp2040py.peripherals.spi import RPSPI
from rp2040py.peripherals.uart import RPUART


class I2CTarget(Protocol):
    """A chip on an I2C bus. Instances travel to the emulator's process by pickle."""

    def write(self, data: bytes) -> None:
        """The controller wrote ``data``, from one start or repeated start to the next or to the stop."""

    def read(self, size: int) -> bytes:
        """The controller reads the next ``size`` bytes."""


class SPITarget(Protocol):
    """A chip on an SPI bus; its chip select, if it matters, is a pin like others."""

    def transfer(self, value: int) -> int:
        """The byte that goes back while ``value`` comes in."""


class I2CBus:
    """The targets on one bus, by 7-bit address; no other address is acknowledged."""

    def __init__(self, bus: RPI2C, targets: Mapping[int, I2CTarget]) -> None:
        self._bus = bus
        self._targets = targets
        self._target: I2CTarget | None = None
        self._written = bytearray()
        bus.on_start = self._start
        bus.on_connect = self._connect
        bus.on_write_byte = self._write
        bus.on_read_byte = self._read
        bus.on_stop = self._stop

    def _start(self, repeated: bool) -> None:
        self._deliver()
        self._bus.complete_start()

    def _connect(self, address: int, mode: I2CMode) -> None:
        self._target = self._targets.get(address)
        self._bus.complete_connect(self._target is not None)

    def _write(self, value: int) -> None:
        self._written.append(value)
        self._bus.complete_write(True)

    def _read(self, ack: bool) -> None:
        assert self._target
        self._bus.complete_read(self._target.read(1)[0])

    def _stop(self) -> None:
        self._deliver()
        self._target = None
        self._bus.complete_stop()

    def _deliver(self) -> None:
        if self._target and self._written:
            self._target.write(bytes(self._written))
        self._written.clear()


def connect_spi(bus: RPSPI, target: SPITarget) -> None:
    """Put a chip on an SPI bus."""
    bus.on_transmit = lambda value: bus.complete_transmit(target.transfer(value))


class Uart:
    """The other end of a UART's two wires."""

    def __init__(self, uart: RPUART) -> None:
        self._uart = uart
        self._sent = bytearray()
        uart.on_byte = self._sent.append

    def read(self) -> bytes:
        """What the board has sent since the last call."""
        sent = bytes(self._sent)
        self._sent.clear()
        return sent

    def write(self, data: bytes) -> None:
        """Send bytes to the board, at once; its FIFO holds 32."""
        for byte in data:
            self._uart.feed_byte(byte)
