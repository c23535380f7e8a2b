"""What rp2040py 0.3.6 gets wrong for MicroPython, put right from outside: hence its version is pinned."""

from __future__ import annotations

from rp2040py.peripherals.i2c import R_TX_EMPTY, RPI2C
from rp2040py.peripherals.uart import RPUART, UARTTXINTR
from rp2040py.peripherals.usb import RPUSBController
from rp2040py.usb.cdc import USBCDC

_HOLD_NS = 1_000_000  # how long an idle host leaves a transfer open; a frame of full-speed USB
_GATHER_NS = 1_000  # so that bytes that come together share a packet
_UARTDR = 0


class PatientHost(USBCDC):
    """A USB host that leaves the board alone while it has nothing to send.

    The emulator's own completes every transfer at once, with an empty packet: a busy board then spends more
    than half of its cycles on USB, and whatever it measures is wrong.
    """

    def __init__(self, usb: RPUSBController) -> None:
        super().__init__(usb)
        assert usb.on_endpoint_read
        self._answer = usb.on_endpoint_read
        self._open: list[tuple[int, int]] = []
        self._alarm = usb.rp2040.clock.create_alarm(self._complete)
        usb.on_endpoint_read = self._asked

    @property
    def room(self) -> int:
        """How many bytes ``send`` takes now."""
        return int(self.tx_fifo.size - self.tx_fifo.item_count)

    def send(self, data: bytes) -> None:
        """Queue bytes for the board, at most ``room``."""
        for byte in data:
            self.send_serial_byte(byte)
        if self._open:
            self._alarm.schedule(_GATHER_NS)

    def _asked(self, endpoint: int, size: int) -> None:
        if endpoint != self._out_endpoint or not self.tx_fifo.empty:
            self._answer(endpoint, size)
            return
        self._open.append((endpoint, size))
        self._alarm.schedule(_HOLD_NS)

    def _complete(self) -> None:
        waiting, self._open = self._open, []
        for endpoint, size in waiting:
            self._answer(endpoint, size)

    def _on_controller_reset(self) -> None:
        super()._on_controller_reset()
        self._open.clear()
        self._alarm.cancel()


class HonestI2C(RPI2C):
    """A bus that says that its queue is empty once an address that nobody acknowledged has emptied it.

    The emulator's own is silent, and the SDK waits for that until its time is over.
    """

    def _abort(self, reason: int) -> None:
        super()._abort(reason)
        self._set_interrupts(R_TX_EMPTY)


class EdgeUart(RPUART):
    """A UART whose transmit interrupt comes with a byte that was sent, and can be cleared.

    The emulator's own raises it again at every look, and ``machine.UART`` never leaves its handler.
    """

    def check_interrupts(self) -> None:
        self.rp2040.set_interrupt(self.irq, bool(self._interrupt_status & self._interrupt_mask))

    def write_uint32(self, offset: int, value: int) -> None:
        super().write_uint32(offset, value)
        if offset == _UARTDR:
            self._interrupt_status |= UARTTXINTR
            self.check_interrupts()
