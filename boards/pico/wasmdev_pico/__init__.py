"""pico, the board that needs no hardware: real RP2040 firmware in an emulator, behind a serial port."""

from .board import NS_PER_CYCLE, PicoBoard
from .error import PicoError
from .flash import uf2_blocks

__all__ = ["NS_PER_CYCLE", "PicoBoard", "PicoError", "uf2_blocks"]
