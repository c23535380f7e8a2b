"""WebAssembly on MicroPython: ``import wasm; app = wasm.load("app"); app.add(2, 3)``."""

from .api import load
from .app import App
from .errors import Exit, ImageError, LinkError, Trap
from .memory import Memory
from .table import Table
from .values import Global

driven = False  # whether wasmdev runs this, and speaks with guests by the protocol of wasi.driven
