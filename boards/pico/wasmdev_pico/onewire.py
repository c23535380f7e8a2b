"""A chip on a pin's 1-Wire bus, by the times for which the board pulls the wire low."""

from __future__ import annotations

from typing import Any

from rp2040py.gpio_pin import GPIOPinState
from wasmdev_sim.buses import OneWireTarget

# Nanoseconds. A pulse from the board: as long as _RESET it resets the chip, as long as _ZERO it is a 0, else a 1.
_RESET = 400_000
_ZERO = 30_000
_PRESENCE_AFTER = 30_000  # the chip answers a reset so long after it,
_PRESENCE = 120_000  # for so long;
_SENT_ZERO = 30_000  # a 0 that it sends holds the wire from the board's pulse on


class OneWire:
    """The wire between a pin and its target, pulled up."""

    def __init__(self, pin: Any, clock: Any, target: OneWireTarget) -> None:
        self._pin = pin
        self._clock = clock
        self._target = target
        self._answer = clock.create_alarm(self._present)
        self._free = clock.create_alarm(self._release)
        self._fell: float | None = None
        self._begin()
        self._unlisten = pin.add_listener(self._changed)
        self._release()

    def disconnect(self) -> None:
        """Take the chip away."""
        self._unlisten()
        self._answer.cancel()
        self._free.cancel()
        self._pin.release_input()

    def _begin(self) -> None:
        self._bits: list[int] = []  # received of a byte, least significant first
        self._sending: list[int] = []  # left to send of a byte

    def _changed(self, state: GPIOPinState, _: GPIOPinState) -> None:
        low = state == GPIOPinState.LOW
        if low and self._fell is None:
            self._fell = self._clock.nanos
            if self._target.sends:
                self._send()
        elif not low and self._fell is not None:
            pulse = self._clock.nanos - self._fell
            self._fell = None
            if pulse >= _RESET:
                self._begin()
                self._target.reset()
                self._answer.schedule(_PRESENCE_AFTER)
            elif not self._target.sends:
                self._receive(int(pulse < _ZERO))

    def _send(self) -> None:
        if not self._sending:
            value = self._target.read()
            self._sending = [value >> bit & 1 for bit in range(8)]
        if not self._sending.pop(0):
            self._hold(_SENT_ZERO)

    def _receive(self, bit: int) -> None:
        self._bits.append(bit)
        if len(self._bits) == 8:
            self._target.write(sum(bit << place for place, bit in enumerate(self._bits)))
            self._bits.clear()

    def _present(self) -> None:
        self._hold(_PRESENCE)

    def _hold(self, nanos: int) -> None:
        self._pin.set_input_value(False)
        self._free.schedule(nanos)

    def _release(self) -> None:
        self._pin.set_input_value(True)
