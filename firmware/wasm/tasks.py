"""Guests that share the board: their calls as tasks of asyncio, in slices of a few milliseconds."""

import asyncio
from asyncio import core
from time import sleep_us, ticks_diff, ticks_ms, ticks_us

from micropython import const

from .api import load
from .errors import Exit
from .execution import Unstoppable, begin, can_stop
from .values import Function

_SLICE_US = const(2000)
_LONGEST_US = const(6000)  # where nobody else has anything to do
_FIRST = const(100)  # turns of the first slice
_MOST = const(20000)
_LOOK_MS = const(1)  # between two looks at what is waited for


class Task:
    """A guest that runs beside others: ``await`` it for the exit code of its program. ``app`` is the App.

    What it holds of the board is given back when it ends.
    """

    _begun = False

    def __init__(self, app, coroutine, has_code):
        self.app = app
        self._task = asyncio.create_task(self._run(coroutine, has_code))

    async def _run(self, coroutine, has_code):
        self._begun = True
        try:
            result = await coroutine
        except Exit as end:
            return end.code
        finally:
            self.app.close()
        return 0 if has_code else result

    def cancel(self):
        """Stops it where it stands; who awaits it gets CancelledError."""
        if not self._begun:  # nothing of it will ever run
            execution = self.app._instance.execution
            if execution:
                execution.end()
            self.app.close()
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
    if not can_stop(app._instance.image):
        app.close()
        app = None  # there may be no room for two
        app = load(source, native=False, **given)
    if app.item("_start") is None:
        app.close()
        raise AttributeError("module has no _start: call one of its exports, see .exports")
    return Task(app, call(app, "_start", ()), True)


def resume(path, source=None, **given):
    """Goes on with a snapshot: a Task where a call was under way, for whose result it is awaited (for the exit
    code where it was that of ``_start``), else an App.

    ``source`` is the module if it isn't under the name that the snapshot has; the other arguments are those of
    ``load``, whose grants hold from now on. Raises what ``load`` does.
    """
    from .snapshot import Snapshot

    snapshot = Snapshot(path)
    try:
        for name, value in snapshot.given.items():
            given.setdefault(name, value)
        source = source or snapshot.app
        if source is None:
            raise ValueError("the app was loaded from bytes: give the module as source")
        try:
            app = load(source, snapshot=snapshot, **given)
        except Unstoppable:
            app = load(source, snapshot=snapshot, native=False, **given)
        execution = app._instance.execution
        return Task(app, _drive(execution), snapshot.program) if execution else app
    finally:
        snapshot.close()


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
    return await _drive(begin(instance, function.index, args))


async def _drive(execution):
    """Brings an execution to its end; what its function returns."""
    turns = _FIRST
    try:
        while True:
            began = ticks_us()
            if execution.step(turns):
                return execution.result
            took = ticks_diff(ticks_us(), began)
            if execution.waiting:
                await _over(execution.waiting)
            else:
                turns = min(_MOST, 2 * turns, 1 + turns * _slice() // max(1, took))
                await asyncio.sleep_ms(0)
    finally:
        execution.end()


def _slice():
    """Microseconds that the next slice may take: until another task is due, as far as that is known."""
    queue = getattr(core, "_task_queue", None)
    if queue is None:
        return _SLICE_US
    other = queue.peek()
    if other is None:
        return _LONGEST_US
    return min(_LONGEST_US, max(_SLICE_US, 1000 * ticks_diff(other.ph_key, ticks_ms())))


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
