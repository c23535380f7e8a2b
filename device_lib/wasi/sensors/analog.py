"""What is linear in a voltage, on an ADC channel."""

from ..adc import Channel


class Linear(Channel):
    """``offset + u16 * numerator // denominator`` thousandths of a unit; the grant carries the line."""

    def __init__(self, grant, name, unit):
        super().__init__(grant[:2])
        self.channels = ((name, unit),)
        self._line = grant[2:5]

    def milli(self, channel):
        offset, numerator, denominator = self._line
        return offset + self.raw() * numerator // denominator


def driver(grant):
    """``(kind, channel, offset, numerator, denominator, name, unit)``."""
    return Linear(grant, grant[5], grant[6])
