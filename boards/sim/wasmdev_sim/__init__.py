"""sim, the board that needs no hardware: real MicroPython behind a pty, with a simulated ``machine``."""

from .board import SimBoard
from .changes import Changes, PinChange
from .description import Board, load_board
from .error import SimError
from .serve import serve
from .show import show

__all__ = ["Board", "Changes", "PinChange", "SimBoard", "SimError", "load_board", "serve", "show"]
