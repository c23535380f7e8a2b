"""The clocks of ``wasi_snapshot_preview1``: nanoseconds for the guest, microseconds within."""

from time import gmtime, ticks_add, ticks_ms, ticks_us, time_ns

from micropython import const

from .errno import FAULT, INVAL, SUCCESS

TYPES = {"clock_res_get": "ii>i", "clock_time_get": "iIi>i"}

REALTIME = const(0)
MONOTONIC = const(1)

_RESOLUTION = const(1000)
_WRAP = ticks_add(0, -1)  # the highest tick

# MicroPython counts from 1970 or from 2000, as the port likes; WASI from 1970.
EPOCH = 946684800000000000 if gmtime(0)[0] == 2000 else 0

_ms = ticks_ms()
_us = ticks_us()
_now = 0


def monotonic():
    """Microseconds since this module was loaded, right if it is called once in 12 days.

    ``ticks_us`` wraps after 18 minutes on a 32-bit board; ``ticks_ms`` tells how often it did.
    """
    global _ms, _us, _now
    ms = ticks_ms()
    us = ticks_us()
    passed = (us - _us) & _WRAP
    wraps = (((ms - _ms) & _WRAP) * 1000 - passed + _WRAP // 2) // (_WRAP + 1)
    _now += passed + wraps * (_WRAP + 1)
    _ms = ms
    _us = us
    return _now


def realtime():
    """Nanoseconds since 1970, as the board's clock has it."""
    return time_ns() + EPOCH


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def clock_res_get(self, clock, out):
        return self._put(out, _RESOLUTION) if clock in (REALTIME, MONOTONIC) else INVAL

    def clock_time_get(self, clock, precision, out):
        if clock == MONOTONIC:
            return self._put(out, (monotonic() + self._table.since) * 1000)
        return self._put(out, realtime()) if clock == REALTIME else INVAL

    def _put(self, out, value):
        try:
            self._table.memory.set_u64(out, value)
        except IndexError:
            return FAULT
        return SUCCESS
