"""What is under way in all instances together, and what waits for its end."""

import sys
from array import array

from micropython import const

from .core import HOLDING, RUNNING, WAITING

_MOST_WAITING = const(16)

# While a guest is inside the interpreter nothing else runs; what is counted is guests that may have called Python.
life = array("I", (0, 0, 0))
_waiting = []


def between(function, instance=None):
    """Calls ``function()`` as soon as no guest is running: at once, or when the outermost call has ended.

    If it is for one instance, that is when no task is in that one either. What it raises is printed: there is
    nobody else to tell.
    """
    if instance and instance.execution:
        instance.execution.later(function)
        return
    if life[RUNNING]:
        if function not in _waiting and len(_waiting) < _MOST_WAITING:
            _waiting.append(function)
            life[WAITING] = 1
        return
    try:
        function()
    except Exception as error:
        sys.print_exception(error)


def settle():
    """Runs what waits for the end of a call, once its results are out of the cells."""
    while _waiting and not life[RUNNING]:
        between(_waiting.pop(0))
    life[WAITING] = len(_waiting)


def busy(function, *args):
    """Calls ``function`` for a guest that is running, and goes on to: what is to be between calls waits."""
    running = life[RUNNING]
    life[RUNNING] = running + 1
    try:
        return function(*args)
    finally:
        life[RUNNING] = running


def held(function, *args):
    """The same for a guest that doesn't look afterwards where its memory is: that may not move meanwhile."""
    holding = life[HOLDING]
    life[HOLDING] = holding + 1
    try:
        return busy(function, *args)
    finally:
        life[HOLDING] = holding


def room(calls=8):
    """Raises RuntimeError where there is no room on MicroPython's stack for that many calls of Python.

    Compiled code does not look whether there is; this is more than what it takes between two calls of Python.
    """
    if calls:
        room(calls - 1)
