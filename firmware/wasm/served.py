"""What ``wasmdev`` asks of apps in the background: how they are, what they print, and to outlive a soft reset.

Before one they go to flash: a snapshot of each, and a list that tells which.
"""

import asyncio
import os
import sys

from micropython import const

from . import background, ring
from .crashes import crashes
from .flashed import FOLDER, remove
from .parts import part

_LOOK_MS = const(20)
_SNAPSHOT = const(".bg.snap")


def put_away():
    """Writes those that run to flash, whence ``run`` takes them after a soft reset. Names of those that can't be
    written, and will begin anew."""
    anew = []
    if background.kept is None:  # they are there already
        return anew
    with open(background.AWAY + "~", "w") as file:
        for name in background.running():
            app = background.apps[name]
            try:
                if not app.task.done():  # else it is about to begin again
                    app.task.app.snapshot(FOLDER + name + _SNAPSHOT)
            except (OSError, MemoryError, ValueError, RuntimeError):
                anew.append(name)
            file.write("%s %d\n" % (name, app.at_power_up))
    os.rename(background.AWAY + "~", background.AWAY)
    return anew


def forget_away():
    """Leaves nothing that would go on."""
    for name, _ in _away():
        remove(FOLDER + name + _SNAPSHOT)
    remove(background.AWAY)


def _away():
    """Names, and whether each is there since power-up."""
    try:
        with open(background.AWAY, "rb") as file:
            lines = file.read().split(b"\n")
        return [(str(line[:-2], "utf-8"), line[-1:] == b"1") for line in lines if line[-2:] in (b" 0", b" 1")]
    except (OSError, UnicodeError):
        return []


def wake():
    """Has those stand still in RAM that are in flash. Ctrl-C leaves them there."""
    if background.kept is not None:
        return
    try:
        for name, at_power_up in _away():
            try:
                before = max(0, crashes(name) - 1) if at_power_up else None
                background.start(name, before, FOLDER + name + _SNAPSHOT)
            except Exception as error:
                sys.print_exception(error)
    except KeyboardInterrupt:
        for name in background.running():
            background.apps.pop(name).stop()  # none has had a turn, so this is all
        background.kept = None
        raise
    forget_away()


def stop(name):
    """Ends an app; whether it ran. Nothing is known of it then."""
    app = background.apps.pop(name, None)
    if app is None:
        return False
    runs = app.runs
    background.inside(app.stop)
    _turn(_over(app))  # what it held is there for what comes
    return runs


async def _over(app):
    while app.runs:
        await asyncio.sleep_ms(1)


def _turn(coro):
    """Lets all go on until a coroutine has ended."""
    main = background.take()
    task = asyncio.create_task(coro)
    ring.quiet = True
    try:
        background.loop(task, main)
    finally:
        ring.quiet = False
        background.inside(task.cancel)


def states():
    """A tuple for each app (Background.state)."""
    return [app.state() for app in background.apps.values()]


def log(name):
    """The last bytes that an app has printed; KeyError where there is none."""
    return background.apps[name].log.since(0)[1]


def follow(names):
    """Goes on, and prints what apps have printed and print until they have ended: of several whole lines, with
    their names before."""
    _turn(_follow(names))


async def _follow(names):
    write = part("wasi.driven").write
    logs = [background.apps[name].log for name in names]
    places = [0 for _ in logs]
    while True:
        over = not any(name in background.running() for name in names)
        for i, log in enumerate(logs):
            places[i], data = log.since(places[i])
            if len(logs) > 1 and not over:
                data = data[: data.rfind(b"\n") + 1]
            places[i] += len(data)
            if len(logs) == 1:
                write(data)
            elif data:
                for line in data[: -1 if data.endswith(b"\n") else None].split(b"\n"):
                    write(b"%s | %s\n" % (names[i].encode(), line))
        if over:
            return
        await asyncio.sleep_ms(_LOOK_MS)
