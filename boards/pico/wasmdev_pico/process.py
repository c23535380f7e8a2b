"""The emulator's process: the board, its port, and the orders of the program that made it.

It is a process of its own so that emulation doesn't wait for others, and so that killing it is pulling the plug.
"""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection, Listener, wait
from pathlib import Path
from typing import Any

from wasmdev_sim.buses import I2CTarget, OneWireTarget, SPITarget
from wasmdev_sim.error import SimError
from wasmdev_sim.port import open_port

from . import buses
from .emulator import Emulator
from .error import PicoError
from .flash import Flash
from .onewire import OneWire

_SLICE_NS = 5_000_000  # emulated time between looks at the port and at orders
_LATE_NS = 50_000_000  # a board that is more behind real time doesn't try to catch up
_UNATTENDED_S = 0.01  # between looks for a client of the port

REPLY, ERROR, PIN = range(3)


@dataclass
class Settings:
    """What a board is made of; it travels to the process."""

    flash: Path
    firmware: Path
    realtime: bool
    serve: str | None
    public: bool


class Process:
    """Runs one board until its maker is gone."""

    def __init__(self, connection: Connection[Any, Any], settings: Settings) -> None:
        self._connection = connection
        self._realtime = settings.realtime
        self._flash = Flash(settings.flash)
        self._port = open_port(settings.serve, settings.public)
        self._emulator = Emulator(self._flash, settings.firmware, self._port.write, self._changed)
        mcu = self._emulator.mcu
        self._i2c = [buses.I2CBus(bus) for bus in mcu.i2c]
        self._spi = [buses.SPIBus(bus) for bus in mcu.spi]
        self._uarts = [buses.Uart(uart) for uart in mcu.uart]
        self._onewire: dict[int, OneWire] = {}
        self._told = [0] * len(mcu.gpio)
        self._wires: dict[int, int] = {}
        self._reset_clock()

    def run(self) -> None:
        """Send the port's name once the board takes input, then carry out orders as they come."""
        while not self._emulator.settled:
            self._emulator.run(_SLICE_NS)
        self._reset_clock()
        self._send(REPLY, self._port.address)
        while True:
            self._port.write(b"")
            waitable = self._port.waitable
            pause = self._ahead()
            ready = wait([self._connection, *waitable], pause if waitable else min(pause, _UNATTENDED_S))
            if self._connection in ready:
                self._obey(*self._connection.recv())
            self._emulator.type(self._port.read())
            if pause <= 0 or not self._ahead():
                self._emulator.run(_SLICE_NS)

    def _reset_clock(self) -> None:
        self._origin = time.monotonic() - self._emulator.nanos / 1e9

    def _ahead(self) -> float:
        """Seconds that emulated time is ahead of real time."""
        if not self._realtime:
            return 0.0
        ahead = self._emulator.nanos / 1e9 - (time.monotonic() - self._origin)
        if ahead * 1e9 < -_LATE_NS:
            self._reset_clock()
        return max(0.0, ahead)

    def _changed(self, time_us: int, pin: int, level: int, boot: int) -> None:
        if pin in self._wires:
            self.do_set_pin(self._wires[pin], level)
        if buses.is_pwm(self._emulator.mcu, pin):  # thousands of edges a second: ``pwm`` tells of it
            level = 0
        if level != self._told[pin]:
            self._told[pin] = level
            self._send(PIN, (time_us, pin, level, boot))

    def _send(self, kind: int, value: Any) -> None:
        self._connection.send((kind, value))

    def _obey(self, order: str, arguments: tuple[Any, ...]) -> None:
        try:
            result = getattr(self, f"do_{order}")(*arguments)
        except Exception as error:
            self._send(ERROR, error)
        else:
            self._send(REPLY, result)

    def do_now(self) -> tuple[float, int]:
        """Emulated ns since power-on, and the number of the boot."""
        return self._emulator.nanos, self._emulator.boots

    def do_set_pin(self, pin: int, value: int | None) -> None:
        gpio = self._emulator.mcu.gpio[pin]
        if value is None:
            gpio.release_input()
        else:
            gpio.set_input_value(bool(value))

    def do_wire(self, output: int, input: int) -> None:
        self._wires[output] = input
        self.do_set_pin(input, self._emulator.levels[output])

    def do_set_adc(self, channel: int, u16: int) -> None:
        self._emulator.mcu.adc.channel_values[channel] = u16 >> 4

    def do_reset(self) -> None:
        self._emulator.reset()
        while not self._emulator.settled:
            self._emulator.run(_SLICE_NS)

    def do_attach_i2c(self, bus: int, address: int, chip: I2CTarget | None) -> None:
        if chip is None:
            self._i2c[bus].targets.pop(address, None)
        else:
            self._i2c[bus].targets[address] = chip

    def do_attach_spi(self, bus: int, chip: SPITarget | None) -> None:
        self._spi[bus].target = chip

    def do_attach_onewire(self, pin: int, chip: OneWireTarget | None) -> None:
        if pin in self._onewire:
            self._onewire.pop(pin).disconnect()
        if chip is not None:
            mcu = self._emulator.mcu
            self._onewire[pin] = OneWire(mcu.gpio[pin], mcu.clock, chip)

    def do_i2c(self, bus: int, address: int) -> I2CTarget | None:
        return self._i2c[bus].targets.get(address)

    def do_uart_write(self, number: int, data: bytes) -> None:
        self._uarts[number].write(data)

    def do_uart_read(self, number: int) -> bytes:
        return self._uarts[number].read()

    def do_pwm(self, pin: int) -> tuple[int, int]:
        return buses.pwm(self._emulator.mcu, pin)


def main() -> None:
    """Serve the program that reads, from standard output, where to connect with the key that it gave."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Listener(authkey=bytes.fromhex(sys.stdin.readline())) as listener:
        print(listener.address, flush=True)
        connection = listener.accept()
    with connection:
        try:
            Process(connection, connection.recv()).run()
        except (PicoError, SimError) as error:
            connection.send((ERROR, PicoError(str(error))))
        except (EOFError, ConnectionError):
            return
