"""Runs a guest for ``wasmdev``, which may have it put away at any moment: by one byte at the console."""

import asyncio

from micropython import const
from wasi.input import console

_LOOK_MS = const(20)


def run(task, path):
    """The exit code of a Task, or None where it was put away in a snapshot at ``path``, as was asked for."""
    return asyncio.run(_until(task, path))


async def _until(task, path):
    try:
        while not task.done():
            await asyncio.sleep_ms(_LOOK_MS)
            if console.away() and not task.done():
                task.app.snapshot(path)
                return None
        return await task
    finally:
        task.cancel()
        await asyncio.sleep_ms(0)  # it gives back what it holds
