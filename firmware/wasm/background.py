"""Apps that run beside each other and beside Python's coroutines, and that wasmdev interrupts without harm.

While they run, Ctrl-C is a byte like any other: a coroutine looks for it, so it comes between two turns of the
others and hits none in the midst of one, but of one that takes longer than any should. What it interrupts is kept
as it stands, in queues of its own that no program at the prompt touches. A soft reset would be its end: before one
it goes to flash.
"""

import asyncio
import select
import sys
from asyncio import core
from collections import OrderedDict
from time import ticks_diff, ticks_ms, time

import micropython
from micropython import const

from . import ring, tasks
from .crashes import MOST, count, forget, tell
from .damage import check
from .errors import ImageError
from .flashed import exists, settings
from .parts import part

_LOOK_MS = const(20)
_LASTING_MS = const(10000)  # what runs so long has not crashed
_TURN_MS = const(1000)  # how long nobody's turn takes
_PATIENT = const(25)  # looks at a full buffer, before what is typed is lost: Ctrl-C may stand behind it
_CTRL_C = const(3)
AWAY = const("/wasmdev/away")  # tells which wait in flash (served.py)

kept = None  # what stands still: its queues, and the task that is awaited
apps = OrderedDict()  # name -> Background, in the order of their starts
_runs = False  # whether the loop does
_stream = getattr(sys.stdin, "buffer", sys.stdin)
_poller = select.poll()
_poller.register(sys.stdin, select.POLLIN)
_rounds = 0  # of what looks for Ctrl-C, since somebody looked at it


class Background:
    """An app: how it is, since when, and what it printed last.

    One that is started at power-up tells ``crashes``, and how many they were before, None for any other one.
    """

    task = None  # or one that is done, until it begins again; none where it never will
    runs = True  # or will again
    ended = None  # how it has, in words
    _figures = (0, 0, 0, 0)  # of state()

    def __init__(self, name, before):
        self.name = name
        self.at_power_up = before is not None
        self.log = ring.Ring(self.at_power_up)
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
                self.task.done()
            except (OSError, ImageError, AttributeError):
                self.task = None  # there is none, another module has that name now, or no call was under way
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
                self.begin()
        except Exception as error:
            self._failed(error)
        finally:
            self.runs = False
            self.state()
            self.task = None  # what it had of the heap is others'

    async def _life(self):
        """From a beginning to the end; whether there is another one."""
        crashed = False
        lasting = asyncio.create_task(self._last()) if self.at_power_up else None
        try:
            if self._checkpoints:
                code = await self._checkpoints.follow(self.task, self._every_ms)
            else:
                code = await self.task
            self._over(code)
        except Exception as error:
            crashed = True
            self._failed(error)
        finally:
            if lasting:
                lasting.cancel()
        lasted = ticks_diff(ticks_ms(), self._began) >= _LASTING_MS
        self._crashes = int(crashed) + (0 if lasted or not crashed else self._crashes)
        await asyncio.sleep_ms(_LOOK_MS)  # what begins again at once leaves others their turn
        again = self._restart == "always" or (crashed and self._restart == "crash")
        if again and crashed and self.at_power_up:
            count(self.name)  # no other start: what has ended by itself once is known, and flash wears
        return again and self._crashes < MOST

    def stop(self):
        """Ends it where it stands, and gives back what it holds."""
        self._restart = None
        if self.task:
            self.task.cancel()

    def state(self):
        """``(name, how it is in words, bytes of memory, turns, seconds, denied calls)``."""
        how = self.ended or "stopped"
        if self.task:
            app = self.task.app
            instance = app._instance
            table = app._host.table
            memory = 0 if app.memory is None else len(app.memory)
            self._figures = memory, instance.used, int(time() - self.since), table.denied if table else 0
            if self.ended is None:
                execution = instance.execution
                how = "waits" if execution and execution.waiting else "runs"
        if self._crashes >= MOST:
            how += ", %d times in a row" % self._crashes
        return (self.name, how) + self._figures

    async def _last(self):
        await asyncio.sleep_ms(_LASTING_MS)
        forget(self.name)

    def _over(self, code):
        self.ended = "ended with exit code %d" % code
        if self.at_power_up:
            forget(self.name)
            if code and not ring.quiet:
                print("%s %s" % (self.name, self.ended))

    def _failed(self, error):
        self.ended = words(error)
        if self.at_power_up:
            tell(self.name, self.ended)
            if not ring.quiet:
                sys.print_exception(error)


def run(coro=None):
    """What a coroutine returns: ``asyncio.run`` for programs that wasmdev interrupts, and that go on after it.

    Without one: goes on with what stands still, or was put away before a soft reset, until all has ended.
    """
    main = None
    if coro:
        main = inside(asyncio.create_task, coro)
    elif kept is None and exists(AWAY):
        part("wasm.served").wake()
    if kept is None:
        return None
    before = take()
    main = main or before
    try:
        result = loop(main, main)
    finally:
        if running() and kept is None:
            keep(asyncio.create_task(_all()))
    if kept and not coro:
        main = take()
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
    global _runs
    rest = main if task is not main else None
    timer = _timer()
    if timer is None:  # somebody's turn may take for ever
        micropython.kbd_intr(_CTRL_C)
    console = part("wasi.input").console
    console.feed(b"")
    watch = asyncio.create_task(_watch(console))
    _runs = True
    try:
        try:
            return core.run_until_complete(task)
        finally:
            micropython.kbd_intr(-1)  # where one Ctrl-C hit somebody more may follow
    except KeyboardInterrupt:
        rest = main
        raise
    finally:
        if core.cur_task is not watch:  # else it has raised that
            watch.cancel()
        if timer:
            timer.deinit()
        _runs = False
        console.feed(None)
        if rest:
            keep(rest)
        micropython.kbd_intr(_CTRL_C)


async def _watch(console):
    """Raises KeyboardInterrupt when Ctrl-C was typed: through the loop, past all others in it."""
    global _rounds
    byte = bytearray(1)
    full = 0  # how long what was typed is read by nobody
    while True:
        await asyncio.sleep_ms(_LOOK_MS)
        _rounds += 1
        full = full + 1 if console.full() else 0
        while (not console.full() or full > _PATIENT) and _typed(byte):
            if byte[0] == _CTRL_C:
                raise KeyboardInterrupt
            console.feed(byte)


def _timer():
    """One that has Ctrl-C interrupt whose turn has no end; None where the board has none."""
    try:
        from machine import Timer
    except ImportError:
        return None
    for number in (-1, 3, 1, 0):  # one of the system, or the hardware's last
        try:
            return Timer(number, mode=Timer.PERIODIC, period=_TURN_MS, callback=_look)
        except (ValueError, OSError):
            continue


def _look(_):
    global _rounds
    if not _runs:  # it was about to be called as the loop ended
        return
    micropython.kbd_intr(-1 if _rounds else _CTRL_C)
    if not _rounds:
        byte = bytearray(1)
        while _typed(byte):  # what is full takes no Ctrl-C
            pass
    _rounds = 0


def _typed(byte):
    """Takes a byte that was typed, if there is one; whether there was."""
    return _poller.poll(0) and _stream.readinto(byte)


def keep(main):
    """Has all that the queues have stand still."""
    global kept
    kept = core._task_queue, core._io_queue, main
    asyncio.new_event_loop()


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
