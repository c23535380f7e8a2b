"""The chip's own sensor on an ADC channel: temperature is linear in a voltage."""

from .analog import Linear


def driver(grant):
    """``(kind, channel, offset, numerator, denominator)``."""
    return Linear(grant, "temperature", "Cel")
