"""Import module ``wasi_sensor``: measured quantities. A guest learns no registers and no formulas.

A sensor has channels, each with a name and a unit, and is read in thousandths of that unit. Units are those
of SenML (RFC 8428): degrees Celsius are "Cel".
"""

from struct import pack

from .errno import FAULT, INVAL, IO, SUCCESS
from .rights import READ

TYPES = {
    "open": "iii>i",
    "channel_count": "ii>i",
    "channel_name": "iiiii>i",
    "channel_unit": "iiiii>i",
    "read": "iii>i",
    "read_milli": "iii>i",
    "close": "i>i",
}

_SENSOR = "wasi_sensor"


def _driver(grant):
    """The sensor of a grant whose kind is ``"sensor."`` and the name of a driver."""
    return __import__("wasi.sensors." + grant[0][7:], None, None, ("driver",)).driver(grant)


OPENS = (("sensor.", READ, _driver),)  # the grants that are opened here (Table.open)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def open(self, label, length, out):
        return self._table.open(_SENSOR, "open", OPENS[0], label, length, out)

    def channel_count(self, handle, out):
        sensor = self._table.get(handle, _SENSOR, READ, "channel_count")
        return self._table.errno if sensor is None else self._table.put(out, len(sensor.channels))

    def channel_name(self, handle, channel, buffer, size, out):
        return self._describe(handle, "channel_name", channel, 0, buffer, size, out)

    def channel_unit(self, handle, channel, buffer, size, out):
        return self._describe(handle, "channel_unit", channel, 1, buffer, size, out)

    def read(self, handle, channel, out):
        return self._read(handle, "read", channel, out)

    def read_milli(self, handle, channel, out):
        return self._read(handle, "read_milli", channel, out)

    def close(self, handle):
        return self._table.drop(handle, _SENSOR)

    def _describe(self, handle, name, channel, field, buffer, size, out):
        """Store as much of a channel's text as ``size`` takes, and its whole length at ``out``."""
        sensor = self._table.get(handle, _SENSOR, READ, name)
        if sensor is None:
            return self._table.errno
        if not 0 <= channel < len(sensor.channels):
            return INVAL
        text = sensor.channels[channel][field].encode()
        try:
            self._table.inside(buffer, size)
            self._table.memory.write(buffer, text[:size])
        except IndexError:
            return FAULT
        return self._table.put(out, len(text))

    def _read(self, handle, name, channel, out):
        sensor = self._table.get(handle, _SENSOR, READ, name)
        if sensor is None:
            return self._table.errno
        if not 0 <= channel < len(sensor.channels):
            return INVAL
        try:
            value = sensor.milli(channel)
            if name == "read_milli":
                return self._table.put(out, value & 0xFFFFFFFF)
            self._table.memory.write(out, pack("<f", value / 1000))
        except IndexError:
            return FAULT
        except OSError:
            return IO
        return SUCCESS
