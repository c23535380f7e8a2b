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
from .crashes import MOST, count, crashes, forget, tell
from .damage import check
from .errors import ImageError
from .flashed import FOLDER, settings
from .parts import part
from .ring import Ring

_LOOK_MS = const(20)
_LASTING_MS = const(10000)  # what runs so long has not crashed
_CTRL_C = const(3)
_AWAY = const("/wasmdev/away")  # the names of those that wait in flash, a line each, and what they are there
_SNAPSHOT = const(".bg.snap")

kept = None  # what stands still: its queues, and the task that is awaited
_apps = {}  # name -> Background, in the order of their starts
_runs = False  # whether the loop does


class Background:
    """An app: how it is, since when, and what it printed last.

    One that is started at power-up tells ``crashes``, and how many they were before, None for any other one.
    """

    task = None
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
        while True:
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
            if self._crashes >= MOST or not (self._restart == "always" or (crashed and self._restart == "crash")):
                return
            await asyncio.sleep_ms(_LOOK_MS)  # what restarts at once leaves others their turn
            try:
                if self.at_power_up:
                    count(self.name)
                self.begin()
            except Exception as error:
                return self._over(words(error), error)

    def stop(self):
        """Ends it where it stands, and gives back what it holds."""
        self._restart = None
        if self.ended is None:
            self.task.cancel()

    def state(self):
        """``(name, how it is in words, bytes of memory, turns, seconds, denied calls)``."""
        app = self.task.app
        instance = app._instance
        execution = instance.execution
        how = self.ended or ("waits" if execution and execution.waiting else "runs")
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


def run(coroutine):
    """What a coroutine returns: ``asyncio.run`` for programs that wasmdev interrupts, and that go on after it."""
    main = asyncio.create_task(coroutine)
    return _loop(main, main)


def go_on():
    """Goes on with what stands still, or was put away before a soft reset, until all has ended; what ``run`` would
    have returned."""
    wake()
    if kept is None:
        return None
    micropython.kbd_intr(-1)
    main = _take()
    result = _loop(main, main)
    if running():
        main = asyncio.create_task(_all())
        _loop(main, main)
    return result


def follow(names, place=None):
    """Goes on, and prints what apps print until those have ended: of several whole lines, with their names before.

    ``place`` is where in its log the first begins; None: what comes from now on.
    """
    micropython.kbd_intr(-1)
    main = _take() if kept else None
    _loop(asyncio.create_task(_follow(names, place)), main)


def start(name, before=None, path=None):
    """Begins an app; at the prompt it stands still until ``go_on``.

    ``before``: how often it has crashed in a row, for one that is started at power-up. ``path`` is that of a
    snapshot to go on from. Raises RuntimeError where it runs already, and what ``wasm.start`` does.
    """
    if name in running():
        raise RuntimeError("%s runs already" % name)
    app = Background(name, before)
    _inside(app.begin, path)
    _apps[name] = app
    _inside(_mind, app)


def stop(name):
    """Ends an app; whether it ran. Nothing is known of it then."""
    app = _apps.pop(name, None)
    if app is None:
        return False
    runs = app.ended is None
    _inside(app.stop)
    return runs


def running():
    """The names of those that have not ended."""
    return [name for name, app in _apps.items() if app.ended is None]


def states():
    """A tuple for each app (Background.state)."""
    return [app.state() for app in _apps.values()]


def log(name, place=0):
    """``(place, bytes)`` of what an app has printed since; KeyError where there is none."""
    return _apps[name].log.since(place)


def put_away():
    """Writes those that run to flash, whence ``go_on`` takes them after a soft reset. Names of those that can't be
    written, and will begin anew."""
    anew = []
    if kept is None:  # they are there already
        return anew
    with open(_AWAY, "w") as file:
        for name in running():
            app = _apps[name]
            try:
                app.task.app.snapshot(FOLDER + name + _SNAPSHOT)
            except (OSError, MemoryError, ValueError, RuntimeError):
                anew.append(name)
            file.write("%s %d\n" % (name, app.at_power_up))
    return anew


def words(error):
    """An exception in one line."""
    return "%s: %s" % (type(error).__name__, " ".join(str(error).split()))


def forget_away():
    """Leaves nothing that would go on."""
    for name, _ in _away():
        _remove(FOLDER + name + _SNAPSHOT)
    _remove(_AWAY)


def _away():
    try:
        with open(_AWAY) as file:
            return [line.split(" ") for line in file.read().split("\n") if line]
    except OSError:
        return []


def wake():
    """Has those stand still in RAM that are in flash. Ctrl-C leaves them there."""
    global kept
    if kept is not None:
        return
    try:
        for name, at_power_up in _away():
            try:
                start(name, crashes(name) if int(at_power_up) else None, FOLDER + name + _SNAPSHOT)
            except Exception as error:
                sys.print_exception(error)
    except KeyboardInterrupt:
        for name in running():
            stop(name)
        kept = None
        raise
    forget_away()


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass  # there is none


def _nothing(_):
    return b""


def _mind(app):
    asyncio.create_task(app.mind())


async def _all():
    while running():
        await asyncio.sleep_ms(_LOOK_MS)


async def _follow(names, place):
    write = part("wasi.driven").write
    logs = [_apps[name].log for name in names]
    places = [log.end for log in logs]
    if place is not None:
        places[0] = place
    while True:
        over = not any(name in running() for name in names)
        for i, log in enumerate(logs):
            places[i], data = log.since(places[i])
            if len(logs) > 1:
                data = data[: len(data) if over else data.rfind(b"\n") + 1]
                for line in data.split(b"\n")[: -1 if data.endswith(b"\n") else None]:
                    write(b"%s | %s\n" % (names[i].encode(), line))
            else:
                write(data)
            places[i] += len(data)
        if over:
            return
        await asyncio.sleep_ms(_LOOK_MS)


def _loop(task, main):
    """Runs until a task is done; what it returns. Whatever else there is stands still then, where that was not the
    ``main`` one or Ctrl-C came."""
    global kept, _runs
    rest = task is not main
    micropython.kbd_intr(-1)
    asyncio.create_task(_watch())
    _runs = True
    _feed(b"")
    try:
        return core.run_until_complete(task)
    except KeyboardInterrupt:
        if task is not main:
            task.cancel()
        rest = True
        raise
    finally:
        _runs = False
        _feed(None)
        if rest and main:
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


def _take():
    """Puts the queues that are kept in place; the task that is awaited there."""
    global kept
    core._task_queue, core._io_queue, main = kept
    kept = None
    return main


def _inside(function, *args):
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
