"""Models of chips, register by register, for the buses of boards that need no hardware.

They hold no state but their registers and what is measured, so they can be sent to another process.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping


class Registers:
    """An I2C chip with 256 registers of a byte; the first byte written selects one, further ones go there."""

    def __init__(self, contents: Mapping[int, int] | None = None) -> None:
        self.registers = bytearray(256)
        for register, value in (contents or {}).items():
            self.registers[register] = value
        self._at = 0

    def write(self, data: bytes) -> None:
        self._at = data[0]
        for value in data[1:]:
            self._set(self._at, value)
            self._at = (self._at + 1) & 0xFF

    def read(self, size: int) -> bytes:
        data = bytes(self._get((self._at + i) & 0xFF) for i in range(size))
        self._at = (self._at + size) & 0xFF
        return data

    def _get(self, register: int) -> int:
        return self.registers[register]

    def _set(self, register: int, value: int) -> None:
        self.registers[register] = value


class Bme280(Registers):
    """Bosch BME280 with the calibration of its data sheet's example; measures in forced and in normal mode."""

    _T = (27504, 26435, -1000)
    _P = (36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
    _H = (75, 361, 0, 318, 50, 30)

    def __init__(self, celsius: float = 21.5, pascal: float = 100_800.0, humidity: float = 45.0) -> None:
        super().__init__()
        self.celsius, self.pascal, self.humidity = celsius, pascal, humidity
        self._power_up()

    def _power_up(self) -> None:
        self.registers[:] = bytes(256)
        self.registers[0xD0] = 0x60
        self.registers[0x88:0x8E] = struct.pack("<Hhh", *self._T)
        self.registers[0x8E:0xA0] = struct.pack("<Hhhhhhhhh", *self._P)
        h1, h2, h3, h4, h5, h6 = self._H
        self.registers[0xA1] = h1
        self.registers[0xE1:0xE4] = struct.pack("<hB", h2, h3)
        self.registers[0xE4:0xE7] = bytes([h4 >> 4, h4 & 15 | (h5 & 15) << 4, h5 >> 4])
        self.registers[0xE7] = h6
        self.registers[0xF7:0xFF] = bytes.fromhex("8000008000008000")

    def _set(self, register: int, value: int) -> None:
        if register == 0xE0 and value == 0xB6:
            self._power_up()
        elif register in (0xF2, 0xF4, 0xF5):
            self.registers[register] = value
            if register == 0xF4 and value & 3:
                self._measure(value)
                if value & 3 != 3:
                    self.registers[0xF4] &= ~3

    def _measure(self, control: int) -> None:
        """Fills the data registers; a channel without oversampling is skipped."""
        raw_t = _search(self._temperature, self.celsius, 1 << 20)
        fine = self._fine(raw_t)
        raw_p = _search(lambda raw: -self._pressure(raw, fine), -self.pascal, 1 << 20)
        raw_h = _search(lambda raw: self._relative(raw, fine), self.humidity, 1 << 16)
        raw_p = raw_p if control >> 2 & 7 else 0x80000
        raw_t = raw_t if control >> 5 else 0x80000
        raw_h = raw_h if self.registers[0xF2] & 7 else 0x8000
        self.registers[0xF7:0xFD] = (raw_p << 28 | raw_t << 4).to_bytes(6, "big")
        self.registers[0xFD:0xFF] = raw_h.to_bytes(2, "big")

    # The formulas of the data sheet, 8.1, in floating point: the driver on the board has those in whole numbers.

    def _fine(self, raw: int) -> float:
        t1, t2, t3 = self._T
        return (raw / 16384 - t1 / 1024) * t2 + (raw / 131072 - t1 / 8192) ** 2 * t3

    def _temperature(self, raw: int) -> float:
        return self._fine(raw) / 5120

    def _pressure(self, raw: int, fine: float) -> float:
        p1, p2, p3, p4, p5, p6, p7, p8, p9 = self._P
        first = fine / 2 - 64000
        second = first * first * p6 / 32768 + first * p5 * 2
        second = second / 4 + p4 * 65536
        first = (p3 * first * first / 524288 + p2 * first) / 524288
        first = (1 + first / 32768) * p1
        value = (1048576 - raw - second / 4096) * 6250 / first
        return value + (p9 * value * value / 2147483648 + value * p8 / 32768 + p7) / 16

    def _relative(self, raw: int, fine: float) -> float:
        h1, h2, h3, h4, h5, h6 = self._H
        value = fine - 76800
        value = (raw - (h4 * 64 + h5 / 16384 * value)) * (
            h2 / 65536 * (1 + h6 / 67108864 * value * (1 + h3 / 67108864 * value))
        )
        return max(0.0, min(100.0, value * (1 - h1 * value / 524288)))


def _search(function: Callable[[int], float], wanted: float, end: int) -> int:
    """The least whole number below ``end`` at which a rising function reaches what is wanted."""
    low, high = 0, end - 1
    while low < high:
        middle = (low + high) // 2
        if function(middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


class Mpu6050(Registers):
    """InvenSense MPU-6050 in its first ranges: acceleration in g, rotation in degrees a second."""

    def __init__(self) -> None:
        super().__init__()
        self.acceleration = (0.0, 0.0, 1.0)
        self.rotation = (0.0, 0.0, 0.0)
        self.celsius = 24.0
        self.registers[0x6B] = 0x40
        self.registers[0x75] = 0x68

    def _get(self, register: int) -> int:
        if 0x3B <= register < 0x49 and not self.registers[0x6B] & 0x40:
            values = [
                *(round(value * 16384) for value in self.acceleration),
                round((self.celsius - 36.53) * 340),
                *(round(value * 131) for value in self.rotation),
            ]
            return struct.pack(">7h", *values)[register - 0x3B]
        return super()._get(register)


class Ds18b20:
    """Maxim DS18B20 as the only chip on its wire."""

    def __init__(self, celsius: float = 21.5) -> None:
        self.celsius = celsius
        self._scratchpad = bytearray(bytes.fromhex("50054b467fff0c10"))
        self.reset()

    def reset(self) -> None:
        self._commands: list[int] = []
        self._at = 0
        self.sends = False

    def write(self, value: int) -> None:
        self._commands.append(value)
        self.sends = len(self._commands) == 2
        if self._commands == [0xCC, 0x44]:
            self._scratchpad[:2] = struct.pack("<h", round(self.celsius * 16))

    def read(self) -> int:
        if self._commands != [0xCC, 0xBE]:
            return 0xFF  # idle, and so "done" to who waits for the conversion
        self._at += 1
        return (self._scratchpad + bytes([_crc8(self._scratchpad)]))[self._at - 1]


def _crc8(data: bytearray) -> int:
    crc = 0
    for byte in data:
        for bit in range(8):
            mix = (crc ^ byte >> bit) & 1
            crc = crc >> 1 ^ (0x8C if mix else 0)
    return crc
