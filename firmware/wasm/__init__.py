"""WebAssembly on MicroPython: ``import wasm; app = wasm.load("app"); app.add(2, 3)``."""

from .api import load
from .app import App
from .errors import Exit, ImageError, LinkError, Trap
from .memory import Memory
from .table import Table
from .values import Global
