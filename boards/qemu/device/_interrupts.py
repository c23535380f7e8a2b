"""Interrupts: firmware looks at the host's count of events each millisecond, and schedules what takes them."""

import _host
import _pipes

TICK = 0
EDGE = 1

timers = {}
edges = {}
count = 0

_seen = None


def start():
    global _seen
    if _seen is None:
        _seen = _host.word(_pipes.NEWS)
        _host.on_event(_dispatch)


def _dispatch(_):
    global _seen, count
    while _seen != _host.word(_pipes.NEWS):
        event = _host.word(_pipes.EVENTS + _seen % 256)
        _seen += 1
        count += 1
        number, argument = event >> 8 & 0xFF, event >> 16
        if event & 0xFF == TICK:
            _pipes.send(_pipes.TAKEN, number)
            timer = timers.get(number)
            if timer:
                timer._fire()
        else:
            irq = edges.get(number)
            if irq:
                irq._fire(argument)
