"""``poll_oneoff`` of ``wasi_snapshot_preview1``, with which a guest sleeps or waits for input."""

from time import sleep_ms, sleep_us

from micropython import const

from .clock import MONOTONIC, REALTIME, monotonic, realtime
from .errno import BADF, FAULT, INVAL, SUCCESS
from .rights import PREVIEW1, READ, WRITE

TYPES = {"poll_oneoff": "iiii>i"}

_SUBSCRIPTION = const(48)  # bytes of a subscription, and of an event
_EVENT = const(32)

_CLOCK = const(0)  # types of subscriptions
_FD_READ = const(1)
_FD_WRITE = const(2)

_REPORTED = -1  # in place of the time when a subscription is due


def sleep_until(due):
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
            self._wait(dues, start if stored else None)
            now = monotonic()
            for i, due in enumerate(dues):
                size = 0 if isinstance(due, int) else due.ready()
                if size or (isinstance(due, int) and 0 <= due <= now):
                    self._report(subscriptions + _SUBSCRIPTION * i, events + _EVENT * stored, SUCCESS, size)
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
        entry = self._table.entry(target)
        if entry is None or not (entry[0] == PREVIEW1 or hasattr(entry[2], "ready")):
            return BADF
        if entry[0] == PREVIEW1:
            right = 1 << 1 if kind == _FD_READ else 1 << 6
        else:
            right = READ if kind == _FD_READ else WRITE
        return SUCCESS if entry[1] & right else self._table.deny("poll_oneoff")

    def _due(self, at, start):
        """When the subscription at an address is due, by ``monotonic``, or what to ask if it is ``ready``."""
        memory = self._table.memory
        kind = memory.u32(at + 8) & 0xFF
        if kind == _FD_READ:
            entry = self._table.entry(memory.u32(at + 16))
            if entry[3] is None:
                from .input import console

                return console
            # The end of a file is there to be read, too.
            return start if entry[0] == PREVIEW1 else entry[2]
        if kind == _FD_WRITE:
            return start
        timeout = memory.u32(at + 24) | memory.u32(at + 28) << 32
        if not memory.u32(at + 40) & 1:
            return start + (timeout + 999) // 1000
        if memory.u32(at + 16) == REALTIME:
            timeout = max(0, timeout - realtime() + start * 1000)
        return (timeout + 999) // 1000

    def _wait(self, dues, limit):
        """Wait for the first of ``dues``, but not beyond ``limit`` if given."""
        awaited = []
        for due in dues:
            if not isinstance(due, int):
                awaited.append(due)
            elif due >= 0 and (limit is None or due < limit):
                limit = due
        if not awaited:
            sleep_until(limit)
        while awaited and not any(each.ready() for each in awaited):
            if limit is not None and monotonic() >= limit:
                return
            sleep_ms(1)

    def _report(self, at, to, errno, size=0):
        """Store the event of the subscription at an address; ``size`` is what can be read."""
        memory = self._table.memory
        event = bytearray(_EVENT)
        event[:8] = memory.read(at, 8)
        event[8] = errno
        event[10] = memory.u32(at + 8) & 0xFF
        event[16:20] = (0 if event[10] == _CLOCK else size or 1).to_bytes(4, "little")
        memory.write(to, event)
