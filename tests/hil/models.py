"""Chips for the SPI buses of boards without hardware."""

from __future__ import annotations


class Inverter:
    """Gives back what it gets, every bit changed."""

    def transfer(self, value: int) -> int:
        return value ^ 0xFF


class Echo:
    """Sends each byte back one byte later."""

    last = 0x5A

    def transfer(self, value: int) -> int:
        value, self.last = self.last, value
        return value
