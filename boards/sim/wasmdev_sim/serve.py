"""A simulated board for other programs: the port's path, then what happens on the pins."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from .board import SimBoard


def serve(root: Path | str, board: str | Path = "pico", out: TextIO | None = None) -> None:
    """Prints the port's path as the first line, then a line a pin change, until Ctrl-C.

    Raises SimError when the board doesn't start.
    """
    out = out or sys.stdout
    with SimBoard(root, board) as sim:
        names = {number: name for name, number in sim.board.pins.items()}
        print(sim.port, file=out, flush=True)
        try:
            for change in sim.watch():
                name = f" {names[change.pin]}" if change.pin in names else ""
                line = f"{change.time_us / 1e6:12.6f} s  GP{change.pin}{name} = {change.value}"
                print(line, file=out, flush=True)
        except KeyboardInterrupt:
            return
