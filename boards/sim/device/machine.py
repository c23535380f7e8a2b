"""MicroPython's `machine`, simulated: signatures and numbers as on the RP2040, inputs and outputs the host's.

What the desk's own `machine` has (Signal, time_pulse_us, idle, soft_reset) stays. Callbacks of timers and
pins run soft, by MicroPython's scheduler, between bytecodes of the main thread; native code that never
returns to the interpreter delays them.
"""

import sys

_path = sys.path
sys.path = ()
try:
    from machine import *  # noqa: F403
finally:
    sys.path = _path
del mem8, mem16, mem32, _path  # noqa: F821 (they would reach into this process, not into a board)

import time  # noqa: E402

import _events  # noqa: E402
import _interrupts  # noqa: E402
import _onewire  # noqa: E402, F401 (later there is no way to this folder)
import _pipes  # noqa: E402
from _bus import I2C, PWM, SPI, UART  # noqa: E402, F401

simulated = _pipes.config["board"]  # which board it stands for

PWRON_RESET = 1
WDT_RESET = 3

_PINS = _pipes.config["gpio"]
_NAMES = _pipes.config["pins"]
_CHANNELS = _pipes.config["channels"]
_ANALOG = _pipes.config["analog"]
_PINS_EACH = 15  # pins in one register, two bits each, so that a value is a small int everywhere
_FIRST_ADC = (_PINS + _PINS_EACH - 1) // _PINS_EACH

_mode = bytearray(_PINS)
_pull = bytearray(_PINS)
_latch = bytearray(_PINS)
_shown = bytearray(_PINS)
_frequency = _pipes.config["frequency"]


def _number(id):
    if isinstance(id, Pin):
        return id._n
    if isinstance(id, str):
        id = _NAMES[id] if id in _NAMES else int(id[2:]) if id[:2] == "GP" and id[2:].isdigit() else -1
    if not 0 <= id < _PINS:
        raise ValueError("invalid pin")
    return id


def _show(n):
    """Tells the host the level that the board drives (0 when it drives none), if that changed."""
    level = _latch[n] if _mode[n] else 0
    if level != _shown[n]:
        _shown[n] = level
        _pipes.send(_pipes.PIN, n, level)


class Pin(PinBase):  # noqa: F405
    IN = 0
    OUT = 1
    OPEN_DRAIN = 2
    PULL_UP = 1
    PULL_DOWN = 2
    IRQ_FALLING = 4
    IRQ_RISING = 8

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=0, alt=-1):
        self._n = _number(id)
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=0, alt=-1):
        n = self._n
        if mode not in (-1, None, 0, 1, 2):
            raise ValueError("invalid pin mode: " + str(mode))
        if value is not None:
            _latch[n] = 1 if value else 0
        if mode is not None and mode >= 0:
            _mode[n] = mode
        if pull != -1:
            _pull[n] = pull or 0
        _show(n)

    def value(self, x=None):
        n = self._n
        if x is not None:
            _latch[n] = 1 if x else 0
            _show(n)
            return None
        if _mode[n] == 1 or (_mode[n] == 2 and not _latch[n]):
            return _latch[n]
        # From outside: 0 nobody drives it, 2 low, 3 high.
        driven = _pipes.registers[n // _PINS_EACH].tell() >> n % _PINS_EACH * 2 & 3
        return driven & 1 if driven else _pull[n] & 1

    def __call__(self, x=None):
        return self.value(x)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    high = on
    low = off

    def toggle(self):
        self.value(not _latch[self._n])

    def mode(self, mode=None):
        if mode is None:
            return _mode[self._n]
        self.init(mode)

    def pull(self, pull=-1):
        if pull == -1:
            return _pull[self._n] or None
        self.init(-1, pull)

    def irq(self, handler=-1, trigger=12, *, hard=False):
        """`handler(pin)` at the edges of `trigger`; None ends it; without arguments the present interrupt."""
        n = self._n
        if handler == -1:
            return _events.edges.get(n)
        irq = _Irq(self, handler, trigger)
        _events.edges[n] = irq
        _interrupts.start()
        _pipes.send(_pipes.IRQ, n, trigger if handler else 0, _pull[n] & 1)
        return irq

    def __repr__(self):
        return "Pin(GPIO%d, mode=%s)" % (self._n, ("IN", "OUT", "OPEN_DRAIN")[_mode[self._n]])


Pin.board = type("board", (), {name: Pin(number) for name, number in _NAMES.items()})


class _Irq:
    def __init__(self, pin, handler, trigger):
        self._pin = pin
        self._handler = handler
        self._trigger = trigger
        self._flags = 0

    def flags(self):
        return self._flags

    def trigger(self):
        return self._trigger

    def _fire(self, flags):
        self._flags = flags
        if self._handler:
            self._handler(self._pin)


class ADC:
    CORE_TEMP = 4

    def __init__(self, id):
        if not isinstance(id, int) or not 0 <= id < _CHANNELS:
            id = _ANALOG.get(_number(id), -1)
            if id < 0:
                raise ValueError("Pin doesn't have ADC capabilities")
        self._channel = id

    def read_u16(self):
        return _pipes.registers[_FIRST_ADC + self._channel].tell()

    def __repr__(self):
        return "<ADC channel=%d>" % self._channel


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1
    _next = 0

    def __init__(self, id=-1, **settings):
        self._id = None
        if settings:
            self.init(**settings)

    def init(self, *, mode=PERIODIC, freq=-1, period=-1, tick_hz=1000, callback=None, hard=False):
        self.deinit()
        us = round(1000000 / freq) if freq != -1 else period * 1000000 // tick_hz
        self._callback = callback
        self._mode = mode
        # A number of its own for each start: a tick still on its way belongs to nobody then.
        while True:
            self._id = Timer._next
            Timer._next = (Timer._next + 1) & 0xFF
            if self._id not in _events.timers:
                break
        _events.timers[self._id] = self
        _interrupts.start()
        _pipes.send(_pipes.TIMER, self._id, max(us, 1), mode)

    def deinit(self):
        if self._id is not None:
            _events.timers.pop(self._id, None)
            _pipes.send(_pipes.TIMER, self._id, 0)
            self._id = None

    def _fire(self):
        if self._mode == 0:
            self.deinit()
        if self._callback:
            self._callback(self)


def unique_id():
    return _pipes.config["unique_id"]


def freq(hz=None):
    global _frequency
    if hz is None:
        return _frequency
    _frequency = hz


def reset_cause():
    return _pipes.config["cause"]


def reset():
    _pipes.send(_pipes.RESET)
    while True:
        time.sleep_ms(1000)


def lightsleep(time_ms=None):
    """Without a time: until the next interrupt."""
    if time_ms is not None:
        time.sleep_ms(time_ms)
        return
    count = _events.count
    while count == _events.count:
        time.sleep_ms(1)
