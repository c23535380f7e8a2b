"""Chips for the emulated Pico's buses: they run in the emulator's process."""

from __future__ import annotations


class Registers:
    """An I2C chip with registers of a byte: the first byte of a write selects one, the next go there."""

    def __init__(self, registers: dict[int, int]) -> None:
        self.registers = registers
        self._at = 0

    def write(self, data: bytes) -> None:
        self._at = data[0]
        for value in data[1:]:
            self.registers[self._at] = value
            self._at += 1

    def read(self, size: int) -> bytes:
        values = bytes(self.registers.get(self._at + i, 0xFF) for i in range(size))
        self._at += size
        return values

    def contents(self) -> dict[int, int]:
        return self.registers


class Inverter:
    """An SPI chip that gives back what it gets, every bit changed."""

    def transfer(self, value: int) -> int:
        return value ^ 0xFF
