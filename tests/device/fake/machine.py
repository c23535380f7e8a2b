"""What MicroPython's documentation has, recording what was done to them in ``calls``."""

calls = []
levels = {}  # pin -> level from outside, of an input
readings = {}  # channel -> u16
handlers = {}  # pin -> what its edges call
late = {}  # pin -> what they called last: MicroPython may still do that when it was taken away
broken = []  # pins that fail when driven or read


class Pin:
    IN = 0
    OUT = 1
    PULL_UP = 1
    PULL_DOWN = 2
    OPEN_DRAIN = 3
    IRQ_FALLING = 4
    IRQ_RISING = 8

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

    def irq(self, handler, trigger):
        calls.append(("irq", self._id, trigger if handler else 0))
        handlers[self._id] = handler
        if handler:
            late[self._id] = handler


class ADC:
    def __init__(self, id):
        if id not in readings:
            raise ValueError("Pin doesn't have ADC capabilities")
        self._id = id
        calls.append(("adc", id))

    def read_u16(self):
        return readings[self._id]


class _Recorded:
    """A bus or another part: what is called is recorded, and answered with zeros."""

    def __init__(self, *arguments, **named):
        calls.append((type(self).__name__, arguments))

    def _note(self, name, *arguments):
        calls.append((type(self).__name__ + "." + name,) + arguments)  # noqa: RUF005

    def deinit(self):
        self._note("deinit")


class I2C(_Recorded):
    def writeto(self, address, data, stop=True):
        self._note("writeto", address, data, stop)

    def readfrom(self, address, size, stop=True):
        self._note("readfrom", address, size, stop)
        return bytes(size)


class SPI(_Recorded):
    def write(self, data):
        self._note("write", data)

    def readinto(self, buffer):
        self._note("readinto", len(buffer))

    def write_readinto(self, data, buffer):
        self._note("write_readinto", data)


class UART(_Recorded):
    def any(self):
        return 3

    def read(self, size):
        self._note("read", size)
        return b"abc"[:size]

    def write(self, data):
        self._note("write", data)
        return len(data)


class PWM(_Recorded):
    def freq(self, value=None):
        if value is None:
            return 1000
        self._note("freq", value)

    def duty_u16(self, value):
        self._note("duty_u16", value)
