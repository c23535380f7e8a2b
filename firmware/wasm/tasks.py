"""Guests that share the board: their calls as tasks of asyncio, in slices of a few milliseconds."""

import asyncio
from time import sleep_us, ticks_diff, ticks_us

from micropython import const

from .api import load
from .errors import Exit
from .execution import Execution
from .values import Function

_SLICE_US = const(3000)
_FIRST = const(100)  # turns of the first slice
_MOST = const(20000)
_LOOK_MS = const(1)  # between two looks at what is waited for


class Task:
    """A guest's program that runs beside others: ``await`` it for its exit code. ``app`` is the App.

    What it holds of the board is given back when it ends.
    """

    def __init__(self, app):
        self.app = app
        self._task = asyncio.create_task(_program(app))

    def cancel(self):
        """Stops it where it stands; who awaits it gets CancelledError."""
        return self._task.cancel()

    def done(self):
        """Whether it has ended."""
        return self._task.done()

    def __iter__(self):
        return (yield from self._task)

    __await__ = __iter__


def start(source, **given):
    """A Task that runs ``_start`` of a module; the arguments are those of ``load``.

    Native code that can't stop for others is left alone. Raises what ``load`` does, and AttributeError where there
    is no ``_start``.
    """
    app = load(source, **given)
    image = app._instance.image
    if image.native and not image.stops:
        app.close()
        app = image = None  # there may be no room for two
        app = load(source, native=False, **given)
    if app.item("_start") is None:
        app.close()
        raise AttributeError("module has no _start: call one of its exports, see .exports")
    return Task(app)


async def _program(app):
    try:
        await call(app, "_start", ())
    except Exit as end:
        return end.code
    finally:
        app.close()
    return 0


async def call(app, name, args):
    """Calls an export; what it returns. Others run between its slices.

    A second call of the same App begins when the first has ended. Raises KeyError, TypeError, RuntimeError (native
    code that can't stop), Trap, and what imported functions raise.
    """
    function = app[name]
    if not isinstance(function, Function):
        raise TypeError("%s is no function" % name)
    instance = function.instance
    if function.index < len(instance.targets):
        return function(*args)
    while instance.execution:
        await asyncio.sleep_ms(_LOOK_MS)
    execution = Execution(instance, function.index, args)
    try:
        await _drive(execution)
    finally:
        if instance.execution is execution:
            execution.end()
    return execution.result


async def _drive(execution):
    turns = _FIRST
    while True:
        began = ticks_us()
        if execution.step(turns):
            return
        took = ticks_diff(ticks_us(), began)
        if execution.waiting:
            await _over(execution.waiting)
        else:
            turns = min(_MOST, 2 * turns, 1 + turns * _SLICE_US // max(1, took))
            await asyncio.sleep_ms(0)


async def _over(wait):
    """Waits for what a guest waits for: to the millisecond as others run, then to the microsecond."""
    await asyncio.sleep_ms(0)
    while True:
        ready = wait.ready()
        if ready:
            return
        left = wait.left()
        if left is not None and left < 1000:
            if left > 0:
                sleep_us(left)
            return
        await asyncio.sleep_ms(left // 1000 if ready is None else _LOOK_MS)
