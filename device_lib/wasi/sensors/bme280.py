"""Bosch BME280: temperature, pressure and humidity, on I2C. The arithmetic is that of its data sheet, 4.2.3."""

from struct import unpack
from time import sleep_ms, ticks_diff, ticks_ms

from micropython import const

from ..buses import i2c

_EIO = const(5)
_AGE = const(1000)  # milliseconds for which a measurement is good for the channels that were not read yet


class Bme280:
    """``(kind, bus, sda, scl, frequency, address)``."""

    channels = (("temperature", "Cel"), ("pressure", "Pa"), ("humidity", "%RH"))

    def __init__(self, grant):
        self._bus = i2c(grant)
        self._address = grant[5]
        if self._read(0xD0, 1) != b"\x60":
            raise OSError(_EIO)
        self._t = unpack("<Hhh", self._read(0x88, 6))
        self._p = unpack("<Hhhhhhhhh", self._read(0x8E, 18))
        h = self._read(0xE1, 7)
        signed = unpack("<h", h[:2])[0]
        h4, h5 = h[3] << 4 | h[4] & 15, h[5] << 4 | h[4] >> 4
        h4, h5 = [value - 4096 if value & 2048 else value for value in (h4, h5)]
        self._h = self._read(0xA1, 1)[0], signed, h[2], h4, h5, unpack("<b", h[6:])[0]
        self._unread = 0

    def milli(self, channel):
        if not self._unread & 1 << channel or ticks_diff(ticks_ms(), self._when) > _AGE:
            self._measure()
        self._unread &= ~(1 << channel)
        return self._values[channel]

    def close(self):
        """The chip sleeps after each measurement."""

    def _read(self, register, size):
        return self._bus.readfrom_mem(self._address, register, size)

    def _measure(self):
        """One measurement of everything, without oversampling."""
        self._bus.writeto_mem(self._address, 0xF2, b"\x01")
        self._bus.writeto_mem(self._address, 0xF4, b"\x25")
        for _ in range(50):
            sleep_ms(2)
            if not self._read(0xF3, 1)[0] & 0x08:
                break
        else:
            raise OSError(_EIO)
        data = self._read(0xF7, 8)
        pressure, temperature = [data[i] << 12 | data[i + 1] << 4 | data[i + 2] >> 4 for i in (0, 3)]
        fine = self._fine(temperature)
        celsius = ((fine * 5 + 128) >> 8) * 10
        self._values = celsius, self._pressure(pressure, fine), self._humidity(data[6] << 8 | data[7], fine)
        self._unread = 7
        self._when = ticks_ms()

    def _fine(self, raw):
        t1, t2, t3 = self._t
        first = ((raw >> 3) - (t1 << 1)) * t2 >> 11
        second = (((raw >> 4) - t1) ** 2 >> 12) * t3 >> 14
        return first + second

    def _pressure(self, raw, fine):
        p1, p2, p3, p4, p5, p6, p7, p8, p9 = self._p
        first = fine - 128000
        second = first * first * p6 + (first * p5 << 17) + (p4 << 35)
        first = (first * first * p3 >> 8) + (first * p2 << 12)
        first = ((1 << 47) + first) * p1 >> 33
        if not first:
            raise OSError(_EIO)
        value = (((1048576 - raw) << 31) - second) * 3125 // first
        first = p9 * (value >> 13) ** 2 >> 25
        second = p8 * value >> 19
        value = ((value + first + second) >> 8) + (p7 << 4)
        return value * 1000 >> 8

    def _humidity(self, raw, fine):
        h1, h2, h3, h4, h5, h6 = self._h
        value = fine - 76800
        left = ((raw << 14) - (h4 << 20) - h5 * value + 16384) >> 15
        right = ((value * h6 >> 10) * ((value * h3 >> 11) + 32768) >> 10) + 2097152
        value = left * ((right * h2 + 8192) >> 14)
        value -= ((value >> 15) ** 2 >> 7) * h1 >> 4
        return (max(0, min(value, 419430400)) >> 12) * 1000 >> 10


driver = Bme280
