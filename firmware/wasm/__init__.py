"""WebAssembly on MicroPython: ``import wasm; app = wasm.load("app"); app.add(2, 3)``."""

from .api import load
from .app import App
from .errors import Exit, ImageError, LinkError, Trap
from .memory import Memory
from .parts import part
from .table import Table
from .values import Global


def start(source, **given):
    """A task of asyncio that runs a module's ``_start`` beside others (tasks.py); arguments as for ``load``."""
    return part("wasm.tasks").start(source, **given)


def resume(path, source=None, **given):
    """Goes on with a guest of which ``app.snapshot(path)`` was taken: a Task or an App (tasks.py)."""
    return part("wasm.tasks").resume(path, source, **given)


def run(coro=None):
    """``asyncio.run`` for a program that wasmdev interrupts, and that goes on after it; without a coroutine it
    goes on with what Ctrl-C interrupted (background.py)."""
    return part("wasm.background").run(coro)


driven = False  # whether wasmdev runs this, and speaks with guests by the protocol of wasi.driven
