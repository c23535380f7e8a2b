"""Import module ``wasi_gpio``: digital pins, after the digital interface of the wasi:gpio proposal.

The states and enumerations have the proposal's numbers: pin-state active 0, inactive 1.
"""

from machine import Pin

from .errno import INVAL, IO, SUCCESS
from .table import READ, WRITE

TYPES = {
    "get_digital_in": "iii>i",
    "get_digital_out": "iii>i",
    "get_config": "ii>i",
    "set_state": "ii>i",
    "set_active": "i>i",
    "set_inactive": "i>i",
    "toggle": "i>i",
    "read": "ii>i",
    "is_active": "ii>i",
    "is_inactive": "ii>i",
    "close": "i>i",
}

_GPIO = "wasi_gpio"


class Line:
    """An open pin. ``low`` is 1 if it is active when low, ``active`` what it was last driven to.

    ``config`` is the guest's ``wasi_gpio_config_t`` as a u32: mode (in 0, out 1), active level (high 0,
    low 1) and pull (none 0, up 1, down 2), a byte each.
    """

    def __init__(self, grant, mode):
        words = grant[2:]
        self.low = low = 1 if "active-low" in words else 0
        self.active = 0
        if mode:
            self.pin = Pin(grant[1], Pin.OUT, value=low)
            pull = 0
        else:
            pull = 1 if "up" in words else 2 if "down" in words else 0
            self.pin = Pin(grant[1], Pin.IN, (None, Pin.PULL_UP, Pin.PULL_DOWN)[pull])
        self.config = mode | low << 8 | pull << 16

    def close(self):
        """Give the pin back: made inactive, for one that can be nothing but an output, then an input."""
        if self.active:
            self.pin.value(self.low)
        self.pin.init(Pin.IN, None)


def _input(grant):
    return Line(grant, 0)


def _output(grant):
    return Line(grant, 1)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def get_digital_in(self, label, length, out):
        return self._table.open(_GPIO, "get_digital_in", "gpio.in", READ, _input, label, length, out)

    def get_digital_out(self, label, length, out):
        return self._table.open(_GPIO, "get_digital_out", "gpio.out", WRITE, _output, label, length, out)

    def get_config(self, handle, out):
        line = self._table.get(handle, _GPIO, READ | WRITE, "get_config")
        return self._table.errno if line is None else self._table.put(out, line.config)

    def set_state(self, handle, state):
        return self._drive(handle, "set_state", 1 - state) if 0 <= state <= 1 else INVAL

    def set_active(self, handle):
        return self._drive(handle, "set_active", 1)

    def set_inactive(self, handle):
        return self._drive(handle, "set_inactive", 0)

    def toggle(self, handle):
        return self._drive(handle, "toggle", -1)

    def read(self, handle, out):
        return self._sense(handle, "read", 1, out)

    def is_active(self, handle, out):
        return self._sense(handle, "is_active", 0, out)

    def is_inactive(self, handle, out):
        return self._sense(handle, "is_inactive", 1, out)

    def close(self, handle):
        return self._table.drop(handle, _GPIO)

    def _drive(self, handle, name, active):
        """Make a pin active (1) or inactive (0), or change it (-1)."""
        line = self._table.get(handle, _GPIO, WRITE, name)
        if line is None:
            return self._table.errno
        if active < 0:
            # What was driven, not what the pin reads: a loaded output may be held at the other level.
            active = 1 - line.active
        try:
            line.pin.value(active ^ line.low)
        except OSError:
            return IO
        line.active = active
        return SUCCESS

    def _sense(self, handle, name, inverted, out):
        """Store whether a pin is active, or if ``inverted`` whether it is inactive."""
        line = self._table.get(handle, _GPIO, READ, name)
        if line is None:
            return self._table.errno
        try:
            value = line.pin.value()
        except OSError:
            return IO
        return self._table.put(out, value ^ line.low ^ inverted)
