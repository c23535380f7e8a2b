"""MicroPython's module of that name, for chips that the host has on a pin."""

import _bus


def reset(pin):
    try:
        _bus.ask(_bus.RESET, pin._n)
        return True
    except OSError:
        return False


def readbyte(pin):
    return _bus.ask(_bus.READ, pin._n, 0, b"", 1)[0]


def readbit(pin):
    return readbyte(pin) & 1


def writebyte(pin, value):
    _bus.ask(_bus.WRITE, pin._n, 0, bytes([value]))


def crc8(data):
    crc = 0
    for byte in data:
        for bit in range(8):
            mix = (crc ^ byte >> bit) & 1
            crc = crc >> 1 ^ (0x8C if mix else 0)
    return crc
