"""``poll_oneoff`` of ``wasi_snapshot_preview1``, with which a guest sleeps or waits for input."""

from time import sleep_ms, sleep_us

from .clock import MONOTONIC, REALTIME, monotonic, realtime
from .errno import FAULT, INVAL, SUCCESS
from .table import PREVIEW1, READ, WRITE

TYPES = {"poll_oneoff": "iiii>i"}

_SUBSCRIPTION = 48  # bytes of a subscription, and of an event
_EVENT = 32

_CLOCK = 0  # types of subscriptions
_FD_READ = 1
_FD_WRITE = 2

_INPUT = -1  # in place of the time when a subscription is due: when there is input
_REPORTED = -2


def _sleep_until(due):
    """Sleep to the microsecond; Ctrl-C has to wait only during the last two milliseconds."""
    while True:
        left = due - monotonic()
        if left <= 0:
            return
        if left > 2000:
            sleep_ms(min(left // 1000 - 1, 60000))
        else:
            sleep_us(left)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def poll_oneoff(self, subscriptions, events, count, out):
        """Wait until at least one subscription is due, then report all that are."""
        if count == 0:
            return INVAL
        table = self._table
        stored = 0
        dues = []
        try:
            table.memory.u32(out)
            table.inside(subscriptions, _SUBSCRIPTION * (count & 0xFFFFFFFF))
            table.inside(events, _EVENT * count)
            start = monotonic()
            for at in range(subscriptions, subscriptions + _SUBSCRIPTION * count, _SUBSCRIPTION):
                errno = self._check(at)
                if errno:
                    self._report(at, events + _EVENT * stored, errno)
                    stored += 1
                dues.append(_REPORTED if errno else self._due(at, start))
            arrived = self._wait(dues, start if stored else None)
            now = monotonic()
            for i, due in enumerate(dues):
                if 0 <= due <= now or (due == _INPUT and arrived):
                    self._report(subscriptions + _SUBSCRIPTION * i, events + _EVENT * stored, SUCCESS)
                    stored += 1
        except IndexError:
            return FAULT
        return table.put(out, stored)

    def _check(self, at):
        """What is wrong with the subscription at an address, an errno."""
        memory = self._table.memory
        kind = memory.u32(at + 8) & 0xFF
        target = memory.u32(at + 16)
        if kind == _CLOCK:
            return SUCCESS if target in (REALTIME, MONOTONIC) else INVAL
        if kind > _FD_WRITE:
            return INVAL
        stream = self._table.get(target, PREVIEW1, READ if kind == _FD_READ else WRITE, "poll_oneoff")
        return self._table.errno if stream is None else SUCCESS

    def _due(self, at, start):
        """When the subscription at an address is due, by ``monotonic``."""
        memory = self._table.memory
        kind = memory.u32(at + 8) & 0xFF
        if kind != _CLOCK:
            return _INPUT if kind == _FD_READ else start
        timeout = memory.u32(at + 24) | memory.u32(at + 28) << 32
        if not memory.u32(at + 40) & 1:
            return start + (timeout + 999) // 1000
        if memory.u32(at + 16) == REALTIME:
            timeout = max(0, timeout - realtime() + start * 1000)
        return (timeout + 999) // 1000

    def _wait(self, dues, limit):
        """Wait for the first of ``dues``, but not beyond ``limit`` if given; whether there is input."""
        for due in dues:
            if due >= 0 and (limit is None or due < limit):
                limit = due
        if _INPUT not in dues:
            _sleep_until(limit)
            return False
        from .streams import readable

        stdin = self._table.get(0, PREVIEW1, READ, "poll_oneoff")
        while not readable(stdin, 0):
            left = 1000000 if limit is None else limit - monotonic()
            if left <= 0:
                return False
            readable(stdin, min((left + 999) // 1000, 1000))
        return True

    def _report(self, at, to, errno):
        """Store the event of the subscription at an address."""
        memory = self._table.memory
        event = bytearray(_EVENT)
        event[:8] = memory.read(at, 8)
        event[8] = errno
        event[10] = memory.u32(at + 8) & 0xFF
        event[16] = 0 if event[10] == _CLOCK else 1
        memory.write(to, event)
