"""Import module ``wasi_adc``: analog inputs."""

from machine import ADC

from .errno import IO
from .rights import READ

TYPES = {"open": "iii>i", "read_raw": "ii>i", "read_millivolts": "ii>i", "close": "i>i"}

_ADC = "wasi_adc"


class Channel:
    """An open analog input."""

    def __init__(self, grant):
        self._adc = adc = ADC(grant[1])
        self._full = grant[2] if len(grant) == 3 else 0
        self.raw = adc.read_u16

    def millivolts(self):
        """Calibrated by the port where it can, else from the full scale, a board's 3.3 V if not granted."""
        if not self._full and hasattr(self._adc, "read_uv"):
            return (self._adc.read_uv() + 500) // 1000
        return (self.raw() * (self._full or 3300) + 32767) // 65535

    def close(self):
        if hasattr(self._adc, "deinit"):
            self._adc.deinit()


OPENS = (("adc", READ, Channel),)  # the grants that are opened here (Table.open)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def open(self, label, length, out):
        return self._table.open(_ADC, "open", OPENS[0], label, length, out)

    def read_raw(self, handle, out):
        channel = self._table.get(handle, _ADC, READ, "read_raw")
        if channel is None:
            return self._table.errno
        try:
            return self._table.put(out, channel.raw())
        except OSError:
            return IO

    def read_millivolts(self, handle, out):
        channel = self._table.get(handle, _ADC, READ, "read_millivolts")
        if channel is None:
            return self._table.errno
        try:
            return self._table.put(out, channel.millivolts())
        except OSError:
            return IO

    def close(self, handle):
        return self._table.drop(handle, _ADC)
