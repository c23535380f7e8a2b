"""PicoBoard: an emulated Pico to plug in from Python."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Client, Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from wasmdev_sim import Board, Changes, PinChange, load_board
from wasmdev_sim.buses import I2CTarget, OneWireTarget, SPITarget

from .error import PicoError
from .process import PIN, REPLY, Settings

NS_PER_CYCLE = 8  # the emulator counts time at 125 MHz, whatever machine.freq says
_START_S = 120.0  # to the first prompt, on a busy machine
_ORDER_S = 120.0  # for an order: a reset takes as long as a start


class PicoBoard:
    """A Pico under power from its making until ``kill``, ``close`` or the end of the ``with``.

    ``flash`` is the file with the contents of its flash, made when missing; what the board writes is there as
    soon as its chip has it. ``firmware`` is a UF2. Emulated time never runs faster than real time, unless
    ``realtime`` is False. ``serve`` is HOST:PORT for a TCP port in place of a pty, which only ``public`` lets
    other computers reach. ``i2c`` maps (bus, address) to the chip there, and ``spi`` a bus; others can be attached
    later.

    Raises PicoError when the firmware can't be used or doesn't start, or when another program has the flash.
    """

    def __init__(
        self,
        flash: Path | str,
        firmware: Path | str,
        *,
        realtime: bool = True,
        serve: str | None = None,
        public: bool = False,
        i2c: Mapping[tuple[int, int], I2CTarget] | None = None,
        spi: Mapping[int, SPITarget] | None = None,
    ) -> None:
        self.board: Board = load_board("pico")
        self._running = True
        self._changes = Changes()
        self._replies: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        self._ordering = threading.Lock()
        paths = Path(flash).resolve(), Path(firmware).resolve()
        settings = Settings(*paths, realtime, serve, public)
        self._process, self._connection = _launch()
        atexit.register(self.kill)
        try:
            self._connection.send(settings)
            threading.Thread(target=self._listen, name="pico", daemon=True).start()
            self.port: str = self._reply(_START_S)
            self.set_temperature(24.0)
            for place, chip in (i2c or {}).items():
                self.attach_i2c(*place, chip)
            for bus, device in (spi or {}).items():
                self.attach_spi(bus, device)
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The emulator's process."""
        return self._process.pid

    @property
    def boot(self) -> int:
        """Which start of the board the present one is, counted from 1: ``PinChange.boot``."""
        boots: int = self._order("now")[1]
        return boots

    @property
    def time_us(self) -> float:
        """Emulated time since power-on."""
        return float(self._order("now")[0]) / 1000

    @property
    def cycles(self) -> int:
        """Emulated processor cycles since power-on."""
        return round(self.time_us * 1000 / NS_PER_CYCLE)

    @property
    def events(self) -> list[PinChange]:
        """The pin changes so far, oldest first (the last 100,000); of a PWM ``pwm`` tells.

        Those that happened before some output are here when that output can be read from the port.
        """
        if self._running:
            with contextlib.suppress(PicoError):
                self._order("now")
        return self._changes.list()

    def watch(self, timeout: float | None = None) -> Iterator[PinChange]:
        """Pin changes as they happen, the past ones first; ends when none comes for ``timeout`` seconds."""
        return self._changes.watch(timeout)

    def pin(self, pin: int | str) -> int:
        """The level that the board drives on a pin at this moment, 0 when it drives none."""
        number = self.board.line(pin)
        return next((change.value for change in reversed(self.events) if change.pin == number), 0)

    def set_pin(self, pin: int | str, value: int | None) -> None:
        """Drives a pin from outside: 0, 1, or None to let go of it, when its pull decides."""
        self._order("set_pin", self.board.line(pin), value)

    def wire(self, output: int | str, input: int | str) -> None:
        """Joins two pins: the level that the board drives on the first is what it reads on the second."""
        self._order("wire", self.board.pin(output), self.board.pin(input))

    def set_adc(self, channel: int | str, u16: int) -> None:
        """What an ADC channel measures, 0 to 65535; the Pico's has 12 bits."""
        if not 0 <= u16 <= 65535:
            raise ValueError(f"an ADC reads 0 to 65535, not {u16}")
        self._order("set_adc", self.board.channel(channel), u16)

    def set_temperature(self, celsius: float) -> None:
        """Sets the on-chip sensor."""
        sensor = self.board.temperature
        assert sensor
        self.set_adc(sensor.channel, sensor.reading(celsius))

    def attach_i2c(self, bus: int, address: int, chip: I2CTarget | None) -> None:
        """Puts a copy of a chip on an I2C bus, or takes it away (None). Models are in ``wasmdev_sim.chips``."""
        self._order("attach_i2c", bus, address, chip)

    def attach_spi(self, bus: int, chip: SPITarget | None) -> None:
        """Puts a copy of a chip on an SPI bus, or takes it away."""
        self._order("attach_spi", bus, chip)

    def attach_onewire(self, pin: int | str, chip: OneWireTarget | None) -> None:
        """Puts a copy of a chip on a pin's 1-Wire bus, or takes it away."""
        self._order("attach_onewire", self.board.pin(pin), chip)

    def i2c(self, bus: int, address: int) -> Any:
        """A copy of the chip at an address of an I2C bus as it is now, None where there is none."""
        return self._order("i2c", bus, address)

    def uart_write(self, number: int, data: bytes) -> None:
        """Sends to the board over a UART, at once; its FIFO holds 32 bytes."""
        self._order("uart_write", number, data)

    def uart_read(self, number: int) -> bytes:
        """What the board has sent over a UART since the last call."""
        sent: bytes = self._order("uart_read", number)
        return sent

    def pwm(self, pin: int | str) -> tuple[int, int]:
        """Frequency in hertz and duty (0 to 65535) of a pin's PWM; zeros when it has none."""
        hertz, duty = self._order("pwm", self.board.pin(pin))
        return hertz, duty

    def reset(self) -> None:
        """Presses the reset button; on return the board takes input again."""
        self._order("reset")

    def kill(self) -> None:
        """Pulls the plug: the board and the port end at once. What the flash had taken stays."""
        if self._running:
            self._running = False
            atexit.unregister(self.kill)
            self._process.kill()
            self._process.wait()
            self._connection.close()
            self._changes.close()

    close = kill

    def _order(self, order: str, *arguments: Any) -> Any:
        if not self._running:
            raise PicoError("the board has no power any more: make a new PicoBoard with the same flash")
        with self._ordering:
            try:
                self._connection.send((order, arguments))
            except OSError:
                raise PicoError("the emulated board has ended") from None
            return self._reply(_ORDER_S)

    def _reply(self, timeout: float) -> Any:
        try:
            good, value = self._replies.get(timeout=timeout)
        except queue.Empty:
            why = f"the emulated board has done nothing for {timeout:.0f} s: is the machine busy?"
            raise PicoError(why) from None
        if not good:
            raise value
        return value

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                kind, value = self._connection.recv()
                if kind == PIN:
                    self._changes.add(PinChange(*value))
                else:
                    self._replies.put((kind == REPLY, value))
        self._replies.put((False, PicoError("the emulated board has ended")))

    def __enter__(self) -> PicoBoard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _launch() -> tuple[subprocess.Popen[bytes], Connection[Any, Any]]:
    """The emulator's process, and the connection to it: it takes a key and says where it listens."""
    key = os.urandom(16)
    command = [sys.executable, "-m", "wasmdev_pico"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout, contextlib.suppress(OSError):
        process.stdin.write(key.hex().encode() + b"\n")
        process.stdin.flush()
        address = process.stdout.readline().decode().strip()
        if address:
            return process, Client(address, authkey=key)
    process.kill()
    raise PicoError(f"the emulator doesn't start: {sys.executable} -m pip install rp2040py")
