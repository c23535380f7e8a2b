"""WebAssembly on MicroPython: ``import wasm; app = wasm.load("app"); app.add(2, 3)``."""

from .api import load
from .app import App
from .errors import Exit, ImageError, LinkError, Trap
from .memory import Memory
from .table import Table
from .values import Global


def start(source, **given):
    """A task of asyncio that runs a module's ``_start`` beside others (tasks.py); arguments as for ``load``."""
    from .tasks import start

    return start(source, **given)


def resume(path, source=None, **given):
    """Goes on with a guest of which ``app.snapshot(path)`` was taken: a Task or an App (tasks.py)."""
    from .tasks import resume

    return resume(path, source, **given)


def run(coroutine):
    """As ``asyncio.run``, for a program that wasmdev interrupts, and that goes on after it (background.py)."""
    from .background import run

    return run(coroutine)


def go_on():
    """Goes on with apps in the background, or with what ``run`` ran, after Ctrl-C (background.py)."""
    from .background import go_on

    return go_on()


driven = False  # whether wasmdev runs this, and speaks with guests by the protocol of wasi.driven
