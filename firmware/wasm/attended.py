"""Runs a guest for ``wasmdev``, which may have it put away at any moment: by one byte at the console."""

import asyncio
import sys
from select import POLLIN, poll

from micropython import const

_AWAY = b"s"
_LOOK_MS = const(20)


def run(task, path):
    """The exit code of a Task, or None where it was put away in a snapshot at ``path``, as was asked for."""
    return asyncio.run(_until(task, path))


async def _until(task, path):
    console = poll()
    console.register(sys.stdin, POLLIN)
    try:
        while not task.done():
            await asyncio.sleep_ms(_LOOK_MS)
            if console.poll(0) and _is_asked() and not task.done():
                task.app.snapshot(path)
                return None
        return await task
    finally:
        task.cancel()


def _is_asked():
    read = sys.modules.get("wasi.input")
    if read and read.console.asked:  # what comes may be the guest's
        read.console.ready()
        return read.console.away
    byte = bytearray(1)
    sys.stdin.readinto(byte)
    return byte == _AWAY
