"""What is connected to the emulated board's buses: models in Python that run in the emulator's process."""

from __future__ import annotations

from typing import Any

from rp2040py.gpio_pin import FUNCTION_PWM
from rp2040py.peripherals.i2c import RPI2C, I2CMode
from rp2040py.peripherals.uart import RPUART
from wasmdev_sim.buses import I2CTarget, SPITarget


class I2CBus:
    """The targets on one bus, by 7-bit address; no other address is acknowledged."""

    def __init__(self, bus: RPI2C) -> None:
        self.targets: dict[int, I2CTarget] = {}
        self._bus = bus
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
        self._target = self.targets.get(address)
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


class SPIBus:
    """The target on one bus; without one, nothing drives the line to the board."""

    def __init__(self, bus: Any) -> None:
        self.target: SPITarget | None = None
        self._bus = bus
        bus.on_transmit = self._transmit

    def _transmit(self, value: int) -> None:
        self._bus.complete_transmit(self.target.transfer(value) if self.target else 0)


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


def is_pwm(mcu: Any, pin: int) -> bool:
    """Whether a pin is an output of the PWM block."""
    return bool(mcu.gpio[pin].function_select == FUNCTION_PWM)


def pwm(mcu: Any, pin: int) -> tuple[int, int]:
    """Frequency in hertz and duty (0 to 65535) of a pin's PWM, from its registers; zeros when it has none."""
    channel = mcu.pwm.channels[pin >> 1 & 7]
    if not is_pwm(mcu, pin) or not channel.csr & 1:
        return 0, 0
    period = channel.top + 1
    high = channel.cc >> 16 if pin & 1 else channel.cc & 0xFFFF
    inverted = channel.csr >> (3 if pin & 1 else 2) & 1
    duty = min(65535, round(65535 * high / period))
    return round(mcu.clk_sys / channel.timer.prescaler / period), 65535 - duty if inverted else duty
