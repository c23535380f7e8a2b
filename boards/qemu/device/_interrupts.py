"""Interrupts: firmware looks at the host's count of events each millisecond, and schedules what takes them."""

import _events
import _host
import _pipes

_seen = None


def start():
    global _seen
    if _seen is None:
        _seen = _host.word(_pipes.NEWS)
        _host.on_event(_dispatch)


def _dispatch(_):
    global _seen
    while _seen != _host.word(_pipes.NEWS):
        event = _host.word(_pipes.EVENTS + _seen % 256)
        _seen += 1
        _events.take(event & 0xFF, event >> 8 & 0xFF, event >> 16)
