"""SimBoard: a board to plug in from Python."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .bridge import Bridge
from .description import load_board
from .hardware import Hardware, Offsets, registers
from .port import open_port
from .wired import WiredBoard


class SimBoard(WiredBoard):
    """A board under power from its making until ``kill``, ``close`` or the end of the ``with``.

    ``root`` is the folder that the board sees as ``/``; it is made when missing, and what is in it stays.
    ``board`` names a file of ``boards/``, or is the path of a TOML file. ``heap`` is the bytes free after
    boot, the board's own when None. ``flash`` is the bytes that its files may have together, any when None;
    ``serve`` is HOST:PORT for a TCP port in place of a pty, which only ``public`` lets other computers reach.
    Without ``main`` it begins at the raw prompt with ``boot.py`` alone, as after a soft reset there.

    Raises SimError when MicroPython is missing or doesn't start, when there is no such board, or when it
    can't be served there.
    """

    def __init__(
        self,
        root: Path | str,
        board: str | Path = "pico",
        *,
        heap: int | None = None,
        flash: int | None = None,
        serve: str | None = None,
        public: bool = False,
        main: bool = True,
    ) -> None:
        self.board = load_board(board)
        self.root = Path(root).expanduser()
        self.root.mkdir(parents=True, exist_ok=True)
        self.root = self.root.resolve()
        port = open_port(serve, public)
        offsets = Offsets(registers(self.board))
        hardware = Hardware(self.board, offsets)
        unique = hashlib.sha256(str(self.root).encode()).digest()[:8]
        heap = heap or self.board.heap
        bridge = Bridge(self.board, hardware, offsets.fds, self.root, heap, flash, unique, port, main)
        self.power(hardware, bridge)
