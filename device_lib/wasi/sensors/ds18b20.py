"""Maxim DS18B20: temperature, alone on a 1-Wire bus. MicroPython's ``_onewire`` has the timing."""

from struct import unpack
from time import sleep_ms

from machine import Pin
from micropython import const

_EIO = const(5)
_SKIP = const(0xCC)  # whoever is on the bus
_CONVERT = const(0x44)
_SCRATCHPAD = const(0xBE)
_SLOWEST = const(750)  # milliseconds that a conversion takes at most


class Ds18b20:
    """``(kind, pin)``; the wire needs a pull-up resistor."""

    channels = (("temperature", "Cel"),)

    def __init__(self, grant):
        try:
            import _onewire
        except ImportError:
            raise ValueError("this MicroPython has no _onewire")
        self._wire = _onewire
        self._pin = Pin(grant[1], Pin.OPEN_DRAIN, Pin.PULL_UP, value=1)
        self._begin(_CONVERT)

    def _begin(self, command):
        if not self._wire.reset(self._pin):
            raise OSError(_EIO)
        self._wire.writebyte(self._pin, _SKIP)
        self._wire.writebyte(self._pin, command)

    def milli(self, channel):
        self._begin(_CONVERT)
        for _ in range(_SLOWEST // 10):
            sleep_ms(10)
            if self._wire.readbit(self._pin):
                break
        self._begin(_SCRATCHPAD)
        data = bytes([self._wire.readbyte(self._pin) for _ in range(9)])
        if self._wire.crc8(data):
            raise OSError(_EIO)
        return unpack("<h", data[:2])[0] * 125 // 2

    def close(self):
        self._pin.init(Pin.IN, None)


driver = Ds18b20
