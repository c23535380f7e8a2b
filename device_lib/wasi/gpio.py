"""Import module ``wasi_gpio``: digital pins, after the digital interface of the wasi:gpio proposal.

The states and enumerations have the proposal's numbers: pin-state active 0, inactive 1.
"""

from machine import Pin
from micropython import const
from wasm.life import between

from .clock import monotonic
from .errno import INVAL, IO, SUCCESS
from .poll import Sleep, sleep_until
from .rights import READ, WRITE

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
    "watch": "ii>i",
    "take_edges": "ii>i",
    "delay_us": "i>i",
    "close": "i>i",
}

WAITS = ("delay_us",)

_GPIO = "wasi_gpio"
_SHORT_US = const(2000)  # a delay in which nobody else has a turn


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
        self.edges = self.watched = 0
        self.told = None  # called with the state when an edge came

    def watch(self, edges):
        """Count edges: to active (1), to inactive (2), both (3), none (0)."""
        falling = Pin.IRQ_FALLING if edges & (1 if self.low else 2) else 0
        rising = Pin.IRQ_RISING if edges & (2 if self.low else 1) else 0
        self.edges = 0
        self.watched = edges
        self.pin.irq(self._edge if edges else None, falling | rising or Pin.IRQ_FALLING)

    def _edge(self, pin):
        if self.watched:  # MicroPython may come with an edge from before the watch was given up
            self.edges += 1
            if self.told:
                self.told()

    def ready(self):
        """How many edges came that were not taken yet."""
        return self.edges

    def state(self):
        """For a snapshot: what it is driven to, which edges are counted and how many came."""
        return [self.active, self.watched, self.edges]

    def resume(self, state, handle, functions):
        active, watched, edges = state
        if active and self.config & 1:
            self.pin.value(self.low ^ 1)
            self.active = 1
        if watched and not self.config & 1:
            functions.watch(handle, watched)
            self.edges = edges
            if edges and self.told:
                self.told()

    def close(self):
        """Give the pin back: made inactive, for one that can be nothing but an output, then an input."""
        if self.watched:
            self.watch(0)
            self.told = None
        if self.active:
            self.pin.value(self.low)
        self.pin.init(Pin.IN, None)


def _input(grant):
    return Line(grant, 0)


def _output(grant):
    return Line(grant, 1)


# The grants that are opened here (Table.open).
OPENS = (("gpio.in", READ, _input), ("gpio.out", WRITE, _output))


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def get_digital_in(self, label, length, out):
        return self._table.open(_GPIO, "get_digital_in", OPENS[0], label, length, out)

    def get_digital_out(self, label, length, out):
        return self._table.open(_GPIO, "get_digital_out", OPENS[1], label, length, out)

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

    def watch(self, handle, edges):
        """Count the edges of an input: ``take_edges`` tells of them, ``poll_oneoff`` waits for them."""
        line = self._table.get(handle, _GPIO, READ, "watch")
        if line is None:
            return self._table.errno
        if not 0 <= edges <= 3:
            return INVAL
        line.told = self._told(handle, line) if edges else None
        line.watch(edges)
        return SUCCESS

    def _told(self, handle, line):
        """What tells a guest that exports ``wasi_gpio_edge`` of an edge, between two of its calls; else None."""
        table = self._table
        if table.exported is None:
            return None
        guest = table.exported("wasi_gpio_edge", "ii>")
        if guest is None:
            return None

        def deliver():
            if line.told and line.edges:
                line.edges = 0
                guest(handle, line.pin.value() ^ line.low ^ 1)

        def told():
            between(deliver, guest.instance)

        return told

    def take_edges(self, handle, out):
        """Store how many edges came since they were last taken."""
        line = self._table.get(handle, _GPIO, READ, "take_edges")
        if line is None:
            return self._table.errno
        errno = self._table.put(out, line.edges)
        if errno == SUCCESS:
            line.edges = 0
        return errno

    def delay_us(self, time):
        """Do nothing for up to 2 ** 31 - 1 microseconds."""
        if time < 0:
            return INVAL
        sleep_until(monotonic() + time)
        return SUCCESS

    def begin_delay_us(self, time):
        """The same for a task: others run meanwhile where it is worth it."""
        return self.delay_us(time) if time < _SHORT_US else Sleep(monotonic() + time)

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
