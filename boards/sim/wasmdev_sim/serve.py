"""A simulated board for other programs: the port's path, then what happens on the pins."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from .board import SimBoard
from .show import show


def serve(root: Path | str, board: str | Path = "pico", out: TextIO | None = None) -> None:
    """Prints the port's path as the first line, then a line a pin change, until Ctrl-C.

    Raises SimError when the board doesn't start.
    """
    with SimBoard(root, board) as sim:
        show(sim, out)
