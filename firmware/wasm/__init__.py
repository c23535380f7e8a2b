"""WebAssembly on MicroPython: ``import wasm; app = wasm.load("app"); app.add(2, 3)``."""

from .api import App, Exit, Global, ImageError, LinkError, Memory, Table, Trap, load
