"""sim, the board that needs no hardware: real MicroPython behind a pty, with a simulated ``machine``."""

from .board import SimBoard
from .description import Board, load_board
from .error import SimError
from .hardware import PinChange
from .serve import serve

__all__ = ["Board", "PinChange", "SimBoard", "SimError", "load_board", "serve"]
