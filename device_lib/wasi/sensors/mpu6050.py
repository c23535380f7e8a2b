"""InvenSense MPU-6050: acceleration and rotation in three directions, and its temperature, on I2C."""

from struct import unpack

from micropython import const

from ..buses import i2c

_EIO = const(5)
_FIRST = const(0x3B)  # the register where measurements begin: acceleration, temperature, rotation
_PLACES = (0, 1, 2, 4, 5, 6, 3)  # of the channels, in the chip's order


class Mpu6050:
    """``(kind, bus, sda, scl, frequency, address)``, in the ranges of 2 g and 250 degrees a second."""

    channels = (
        ("acceleration x", "m/s2"),
        ("acceleration y", "m/s2"),
        ("acceleration z", "m/s2"),
        ("rotation x", "rad/s"),
        ("rotation y", "rad/s"),
        ("rotation z", "rad/s"),
        ("temperature", "Cel"),
    )

    def __init__(self, grant):
        self._bus = i2c(grant)
        self._address = grant[5]
        if self._bus.readfrom_mem(self._address, 0x75, 1)[0] & 0x7E != 0x68:
            raise OSError(_EIO)
        self._bus.writeto_mem(self._address, 0x6B, b"\x00")

    def milli(self, channel):
        data = self._bus.readfrom_mem(self._address, _FIRST + 2 * _PLACES[channel], 2)
        raw = unpack(">h", data)[0]
        if channel < 3:
            return raw * 980665 // 1638400
        if channel < 6:
            return raw * 133231 // 1000000
        return raw * 1000 // 340 + 36530

    def close(self):
        """Put it to sleep."""
        self._bus.writeto_mem(self._address, 0x6B, b"\x40")


driver = Mpu6050
