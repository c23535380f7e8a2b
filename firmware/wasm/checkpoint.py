"""A program that outlives a cut of power: its last state is in flash, and at the next start it goes on from there.

Two files take turns, each written beside and renamed, so that there is always a whole one. The one with the higher
serial number is the newer. Nothing is written where the guest stands as it stood.
"""

import asyncio
import hashlib
import sys
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

from .errors import ImageError
from .flashed import FOLDER, remove
from .snapshot import Snapshot, save, state
from .tasks import resume

_LOOK_MS = const(200)


class Checkpoints:
    """The two files of an app. ``written`` counts how often one was written."""

    written = 0

    def __init__(self, name):
        self._name = name
        self._paths = [FOLDER + name + ".%d.snap" % i for i in range(2)]
        self._serial = 0
        self._last = None

    def newest(self, **given):
        """A Task that goes on from the newest that is whole and fits what is flashed; None where there is none.
        ``given`` are arguments as for ``load``.

        Raises MemoryError, and RuntimeError where something that it holds is in use: they are there the next time.
        """
        found = []
        for path in self._paths:
            try:
                snapshot = Snapshot(path)
            except (OSError, ImageError):
                continue
            found.append((snapshot.serial, path))
            snapshot.close()
        for serial, path in sorted(found, reverse=True):
            try:
                task = resume(path, self._name, **given)
            except ImageError as error:
                print("%s: no way on from %s" % (self._name, path))
                sys.print_exception(error)
                continue
            self._serial = serial
            return task
        return None

    async def follow(self, task, every_ms):
        """The exit code of a program, of which a snapshot is taken every so many milliseconds. When it has ended
        there is none."""
        due = ticks_add(ticks_ms(), every_ms)
        while not task.done():
            await asyncio.sleep_ms(min(every_ms, _LOOK_MS))
            if ticks_diff(ticks_ms(), due) >= 0 and not task.done():
                due = ticks_add(ticks_ms(), every_ms)
                try:
                    self.keep(task.app)
                except (OSError, MemoryError, ValueError, RuntimeError) as error:
                    # The flash or the heap is full: the program is worth more, and the last one stays.
                    print("%s: no checkpoint: %r" % (self._name, error))
        self.clear()
        return await task

    def keep(self, app):
        """Writes the state of an app, if it is another one than the last."""
        digest = state(app, hashlib.sha256())
        if digest == self._last:
            return
        serial = self._serial + 1
        save(app, self._paths[serial & 1], serial)
        self._serial = serial
        self._last = digest
        self.written += 1

    def clear(self):
        """Leaves none."""
        for path in self._paths:
            remove(path)
            remove(path + "~")
