"""Interrupts: a thread waits for what the host sends, and MicroPython's scheduler runs it on the main thread.

The thread begins with the first timer or pin interrupt: a board that uses none has one thread only.
"""

import _thread
import gc
import time

import _events
import _pipes
from micropython import schedule

_record = bytearray(4)
_waiting = bytearray(1)
_started = False


def start():
    global _started
    if not _started:
        _started = True
        _thread.start_new_thread(_listen, ())


def _listen():
    while _pipes.wake.readinto(_record) == 4:
        _waiting[0] = 1
        while not _schedule():
            time.sleep_us(500)
        rounds = 0
        while _waiting[0]:
            time.sleep_us(200)
            rounds += 1
            # The main thread may sleep in a system call, at the prompt for one: the signal by which a
            # collection stops the other threads wakes it, and then it looks at the scheduler.
            if rounds % 16 == 4:
                gc.collect()


def _schedule():
    try:
        schedule(_dispatch, None)
        return True
    except RuntimeError:
        return False


def _dispatch(_):
    kind, number, argument = _record[0], _record[1], _record[2]
    _waiting[0] = 0
    _events.take(kind, number, argument)
