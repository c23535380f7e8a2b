"""A simulated board for other programs: the port, then what happens on the pins."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from .board import SimBoard
from .show import show


def serve(
    root: Path | str,
    board: str | Path = "pico",
    out: TextIO | None = None,
    at: str | None = None,
    public: bool = False,
) -> None:
    """Prints the port as the first line, then a line a pin change, until Ctrl-C.

    The port is a pty or, with ``at``, a TCP port at HOST:PORT, which only ``public`` lets other computers reach.

    Raises SimError when the board doesn't start.
    """
    with SimBoard(root, board, serve=at, public=public) as sim:
        show(sim, out)
