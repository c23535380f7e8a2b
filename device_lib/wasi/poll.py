"""``poll_oneoff`` of ``wasi_snapshot_preview1``, with which a guest sleeps or waits for input."""

import sys
from time import sleep_ms, sleep_us

from micropython import const

from .clock import MONOTONIC, REALTIME, monotonic, realtime
from .errno import BADF, FAULT, INVAL, SUCCESS
from .rights import PREVIEW1, READ, WRITE

TYPES = {"poll_oneoff": "iiii>i"}
WAITS = ("poll_oneoff",)

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


class Sleep:
    """A Wait (wasm/wait.py) for a time by ``monotonic``, None for ever."""

    def __init__(self, due):
        self._due = due
        self._start = monotonic()

    def ready(self):
        return None

    def left(self):
        return None if self._due is None else self._due - monotonic()

    def waited(self):
        """How long it is waited for, in microseconds."""
        return monotonic() - self._start

    def wait_less(self, time):
        """So many microseconds were waited before."""
        self._start -= time
        if self._due is not None:
            self._due -= time

    def finish(self):
        return SUCCESS


class _Polled(Sleep):
    """For the first of ``dues``, and for nothing where events are ``stored`` already."""

    def __init__(self, functions, addresses, dues, stored, start):
        limit = start if stored else None
        self._awaited = []
        for due in dues:
            if not isinstance(due, int):
                self._awaited.append(due)
            elif due >= 0 and (limit is None or due < limit):
                limit = due
        super().__init__(limit)
        self._functions = functions
        self._finish = addresses, dues, stored

    def ready(self):
        return any(each.ready() for each in self._awaited) if self._awaited else None

    def here(self):
        """Waits in place."""
        if not self._awaited:
            sleep_until(self._due)
        while self._awaited and not self.ready():
            if self._due is not None and self.left() <= 0:
                return
            sleep_ms(1)

    def wait_less(self, time):
        self._start -= time
        (subscriptions, _, _), dues, stored = self._finish
        if stored:  # it waits for nothing
            return
        self._due = None
        for i, due in enumerate(dues):
            if isinstance(due, int) and due >= 0:
                if self._functions.is_relative(subscriptions + _SUBSCRIPTION * i):
                    dues[i] = due = max(0, due - time)
                self._due = due if self._due is None else min(due, self._due)

    def finish(self):
        return self._functions.finish(*self._finish)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def poll_oneoff(self, subscriptions, events, count, out):
        """Wait until at least one subscription is due, then report all that are."""
        begun = self.begin_poll_oneoff(subscriptions, events, count, out)
        if isinstance(begun, int):
            return begun
        begun.here()
        return begun.finish()

    def begin_poll_oneoff(self, subscriptions, events, count, out):
        """The same for a task, as a Wait."""
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
        except IndexError:
            return FAULT
        return _Polled(self, (subscriptions, events, out), dues, stored, start)

    def finish(self, addresses, dues, stored):
        """Reports what is due, behind the events that are ``stored`` already."""
        subscriptions, events, out = addresses
        now = monotonic()
        try:
            for i, due in enumerate(dues):
                size = 0 if isinstance(due, int) else due.ready()
                if size or (isinstance(due, int) and 0 <= due <= now):
                    self._report(subscriptions + _SUBSCRIPTION * i, events + _EVENT * stored, SUCCESS, size)
                    stored += 1
        except IndexError:
            return FAULT
        return self._table.put(out, stored)

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
            if entry[2] is sys.stdin:
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
            return max(0, timeout - realtime() + start * 1000 + 999) // 1000
        return max(0, (timeout + 999) // 1000 - self._table.since)

    def is_relative(self, at):
        """Whether the subscription at an address is for a time from now."""
        memory = self._table.memory
        return memory.u32(at + 8) & 0xFF == _CLOCK and not memory.u32(at + 40) & 1

    def _report(self, at, to, errno, size=0):
        """Store the event of the subscription at an address; ``size`` is what can be read."""
        memory = self._table.memory
        event = bytearray(_EVENT)
        event[:8] = memory.read(at, 8)
        event[8] = errno
        event[10] = memory.u32(at + 8) & 0xFF
        event[16:20] = (0 if event[10] == _CLOCK else size or 1).to_bytes(4, "little")
        memory.write(to, event)
