"""What a board without hardware tells the one who watches it: its port, then a line a pin change."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Protocol, TextIO

from .changes import PinChange
from .description import Board


class Watched(Protocol):
    """A board without hardware."""

    @property
    def board(self) -> Board:
        """Which board it stands for."""

    @property
    def port(self) -> str:
        """What other programs open."""

    def watch(self, timeout: float | None = None) -> Iterator[PinChange]:
        """Pin changes as they happen."""


def show(board: Watched, out: TextIO | None = None) -> None:
    """Prints the port as the first line, then the pin changes as they happen, until Ctrl-C."""
    out = out or sys.stdout
    print(board.port, file=out, flush=True)
    try:
        for change in board.watch():
            label = board.board.label(change.pin)
            print(f"{change.time_us / 1e6:12.6f} s  {label} = {change.value}", file=out, flush=True)
    except KeyboardInterrupt:
        return
