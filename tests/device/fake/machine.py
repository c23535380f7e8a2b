"""The Pin and ADC of MicroPython's documentation, recording what was done to them in ``calls``."""

calls = []
levels = {}  # pin -> level from outside, of an input
readings = {}  # channel -> u16
broken = []  # pins that fail when driven or read


class Pin:
    IN = 0
    OUT = 1
    PULL_UP = 1
    PULL_DOWN = 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        if isinstance(id, int) and id > 29:
            raise ValueError("invalid pin")
        self._id = id
        calls.append(("new", id, mode, pull, value))

    def init(self, mode=-1, pull=-1, *, value=None):
        calls.append(("init", self._id, mode, pull, value))

    def value(self, level=None):
        if self._id in broken:
            raise OSError(5)
        if level is None:
            return levels[self._id]
        calls.append(("value", self._id, level))


class ADC:
    def __init__(self, id):
        if id not in readings:
            raise ValueError("Pin doesn't have ADC capabilities")
        self._id = id
        calls.append(("adc", id))

    def read_u16(self):
        return readings[self._id]
