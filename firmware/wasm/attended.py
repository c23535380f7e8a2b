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
            if _is_asked(console) and not task.done():
                task.app.snapshot(path)
                return None
        return await task
    finally:
        task.cancel()
        await asyncio.sleep_ms(0)  # it gives back what it holds


def _is_asked(console):
    read = sys.modules.get("wasi.input")
    if read and read.console.away:  # it came as the guest waited for what is typed
        return True
    if not console.poll(0):
        return False
    if read and read.console.asked:
        read.console.ready()
        return read.console.away
    byte = bytearray(1)
    sys.stdin.readinto(byte)
    return byte == _AWAY
