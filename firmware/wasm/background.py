"""Apps that run beside each other and beside Python's coroutines, and that wasmdev interrupts without harm.

While they run, Ctrl-C is a byte like any other: a coroutine looks for it, so it comes between two turns of the
others and hits none in the midst of one. What it interrupts is kept as it stands, in queues of its own that no
program at the prompt touches. A soft reset would be its end: before one it goes to flash.
"""

import asyncio
import os
import select
import sys
from asyncio import core
from time import ticks_diff, ticks_ms, time

import micropython
from micropython import const

from . import tasks
from .crashes import MOST, count, forget, tell
from .damage import check
from .errors import ImageError
from .flashed import settings
from .parts import part
from .ring import Ring

_LOOK_MS = const(20)
_LASTING_MS = const(10000)  # what runs so long has not crashed
_CTRL_C = const(3)
AWAY = const("/wasmdev/away")  # tells which wait in flash (served.py)

kept = None  # what stands still: its queues, and the task that is awaited
apps = {}  # name -> Background, in the order of their starts
_runs = False  # whether the loop does


class Background:
    """An app: how it is, since when, and what it printed last.

    One that is started at power-up tells ``crashes``, and how many they were before, None for any other one.
    """

    task = None
    runs = True  # or will again
    ended = None  # how it has, in words

    def __init__(self, name, before):
        self.name = name
        self.at_power_up = before is not None
        self.log = Ring(self.at_power_up)
        self._crashes = before or 0  # in a row
        manifest = check(name) if self.at_power_up else settings(name)[1]
        self._restart = manifest.get("restart")
        self._every_ms = manifest.get("checkpoint") if self.at_power_up else None
        self._checkpoints = None
        if self._every_ms:
            from .checkpoint import Checkpoints

            self._checkpoints = Checkpoints(name)

    def begin(self, path=None):
        """Has it run as a task: from a snapshot at ``path`` or a checkpoint where there is one, else from its
        beginning. Raises what ``wasm.start`` does."""
        self.since = time()
        self._began = ticks_ms()
        self.ended = self.task = None
        given = {"stdout": self.log.write}
        if not self.at_power_up:  # others read the console
            given["stdin"] = _nothing
        if path:
            try:
                self.task = tasks.resume(path, self.name, **given)
            except (OSError, ImageError):
                pass  # there is none, or another module has that name now
        elif self._checkpoints and self._crashes < MOST - 1:  # else the fault may be in what was kept
            self.task = self._checkpoints.newest(**given)
        if self.task is None:
            if self._checkpoints:
                self._checkpoints.clear()
            self.task = tasks.start(self.name, **given)

    async def mind(self):
        """Brings it to its end, and begins it again as its manifest says."""
        try:
            while await self._life():
                if self.at_power_up:
                    count(self.name)
                self.begin()
        except Exception as error:
            self._over(words(error), error)
        finally:
            self.runs = False

    async def _life(self):
        """From a beginning to the end; whether there is another one."""
        crashed = False
        if self.at_power_up:
            asyncio.create_task(self._last(self.task))
        try:
            if self._checkpoints:
                code = await self._checkpoints.follow(self.task, self._every_ms)
            else:
                code = await self.task
            self._over("ended with exit code %d" % code, None, code)
        except Exception as error:
            crashed = True
            self._over(words(error), error)
        lasted = ticks_diff(ticks_ms(), self._began) >= _LASTING_MS
        self._crashes = int(crashed) + (0 if lasted or not crashed else self._crashes)
        await asyncio.sleep_ms(_LOOK_MS)  # what begins again at once leaves others their turn
        again = self._restart == "always" or (crashed and self._restart == "crash")
        return again and self._crashes < MOST

    def stop(self):
        """Ends it where it stands, and gives back what it holds."""
        self._restart = None
        self.task.cancel()

    def state(self):
        """``(name, how it is in words, bytes of memory, turns, seconds, denied calls)``."""
        app = self.task.app
        instance = app._instance
        execution = instance.execution
        waits = execution and execution.waiting
        how = self.ended or ("stopped" if not self.runs else "waits" if waits else "runs")
        if self._crashes >= MOST:
            how += ", %d times in a row" % self._crashes
        memory = 0 if app.memory is None else len(app.memory)
        table = app._host.table
        return self.name, how, memory, instance.used, int(time() - self.since), table.denied if table else 0

    async def _last(self, task):
        await asyncio.sleep_ms(_LASTING_MS)
        if self.task is task and not task.done():
            forget(self.name)

    def _over(self, how, error, code=0):
        self.ended = how
        if not self.at_power_up:
            return
        if error:
            tell(self.name, how)
            sys.print_exception(error)
            return
        forget(self.name)
        if code:
            print("%s %s" % (self.name, how))


def run(coro=None):
    """What a coroutine returns: ``asyncio.run`` for programs that wasmdev interrupts, and that go on after it.

    Without one: goes on with what stands still, or was put away before a soft reset, until all has ended.
    """
    global kept
    main = None
    if coro:
        main = inside(asyncio.create_task, coro)
    elif kept is None and is_away():
        part("wasm.served").wake()
    if kept is None:
        return None
    before = take()
    main = main or before
    result = loop(main, main)
    if running():
        main = asyncio.create_task(_all())
        if coro:
            kept = core._task_queue, core._io_queue, main
            asyncio.new_event_loop()
        else:
            loop(main, main)
    return result


def start(name, before=None, path=None):
    """Begins an app; at the prompt it stands still until ``run``.

    ``before``: how often it has crashed in a row, for one that is started at power-up. ``path`` is that of a
    snapshot to go on from. Raises RuntimeError where it runs already, and what ``wasm.start`` does.
    """
    if name in running():
        raise RuntimeError("%s runs already" % name)
    app = Background(name, before)
    inside(app.begin, path)
    apps[name] = app
    inside(_mind, app)


def running():
    """The names of those that have not ended."""
    return [name for name, app in apps.items() if app.runs]


def is_away():
    """Whether some wait in flash."""
    try:
        os.stat(AWAY)
        return True
    except OSError:
        return False


def words(error):
    """An exception in one line."""
    return "%s: %s" % (type(error).__name__, " ".join(str(error).split()))


def _nothing(_):
    return b""


def _mind(app):
    asyncio.create_task(app.mind())


async def _all():
    while running():
        await asyncio.sleep_ms(_LOOK_MS)


def loop(task, main):
    """Runs until a task is done; what it returns. The rest stands still then, where that was not the ``main`` one
    or Ctrl-C came."""
    global kept, _runs
    rest = task is not main
    watch = asyncio.create_task(_watch())
    _runs = True
    _feed(b"")
    try:
        result = core.run_until_complete(task)
        watch.cancel()
        return result
    except KeyboardInterrupt:
        rest = True
        raise
    finally:
        _runs = False
        _feed(None)
        if rest:
            kept = core._task_queue, core._io_queue, main
            asyncio.new_event_loop()
        micropython.kbd_intr(_CTRL_C)


async def _watch():
    """Raises KeyboardInterrupt when Ctrl-C was typed: through the loop, past all others in it."""
    poller = select.poll()
    poller.register(sys.stdin, select.POLLIN)
    stream = getattr(sys.stdin, "buffer", sys.stdin)
    byte = bytearray(1)
    while True:
        await asyncio.sleep_ms(_LOOK_MS)
        while poller.poll(0) and stream.readinto(byte):
            if byte[0] == _CTRL_C:
                raise KeyboardInterrupt
            _feed(byte)


def _feed(typed):
    """Gives what was typed to guests that read the console."""
    console = part("wasi.input").console
    if hasattr(console, "feed"):  # else it is wasmdev's
        console.feed(typed)


def take():
    """Puts the queues that are kept in place, for ``loop``; the task that is awaited there."""
    global kept
    micropython.kbd_intr(-1)
    core._task_queue, core._io_queue, main = kept
    kept = None
    return main


def inside(function, *args):
    """Calls what makes tasks, in the queues that are kept, in new ones where there are none."""
    global kept
    if _runs:
        return function(*args)
    before = core._task_queue, core._io_queue
    if kept:
        core._task_queue, core._io_queue, _ = kept
    else:
        asyncio.new_event_loop()
        kept = core._task_queue, core._io_queue, asyncio.create_task(_all())
    try:
        return function(*args)
    finally:
        core._task_queue, core._io_queue = before
