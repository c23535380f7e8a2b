"""QemuBoard: MicroPython on another processor, to plug in from Python."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from wasmdev_sim import SimError, load_board
from wasmdev_sim.hardware import Hardware, configuration, registers
from wasmdev_sim.port import open_port
from wasmdev_sim.wired import WiredBoard

from .machines import MACHINES
from .qemu import Qemu
from .shared import Shared

_BLOCK = 16  # bytes of heap, which have three bits beside them
_TABLES = 1.0245
_WORD = 4
_SIMULATION = 9_500  # bytes of heap that the simulated hardware takes


class QemuBoard(WiredBoard):
    """A board under power from its making until ``kill``, ``close`` or the end of the ``with``.

    ``machine`` is one of ``MACHINES``, ``flash`` the file with the contents of its flash, made when missing;
    what the board writes is there at once. ``firmware`` is the ELF for it. ``board`` names a file of ``boards/``
    whose pins and converters it has, its own one when None. ``heap`` is the bytes free after boot, ``executable``
    those of RAM for native code where the machine has that apart from the heap; the board's and the machine's
    when None. ``serve`` is HOST:PORT for a TCP port in place of a pty, which only ``public`` lets other computers
    reach.

    Raises SimError when qemu or the firmware is missing or doesn't start, or when it can't be served there.
    """

    def __init__(
        self,
        machine: str,
        flash: Path | str,
        firmware: Path | str,
        *,
        board: str | Path | None = None,
        heap: int | None = None,
        executable: int | None = None,
        serve: str | None = None,
        public: bool = False,
    ) -> None:
        self.machine = MACHINES[machine]
        if shutil.which(self.machine.system) is None:
            raise SimError(f"this machine has no {self.machine.system}: apt-get install {self.machine.package}")
        if not Path(firmware).exists():
            raise SimError(f"no firmware for {machine} at {firmware}")
        self.board = load_board(board or self.machine.board)
        self.flash = Path(flash).resolve()
        port = open_port(serve, public)
        count = registers(self.board)
        size = round((heap or self.board.heap) * _TABLES) + _SIMULATION
        code = (executable or load_board(self.machine.board).executable) // _WORD * _WORD
        self._shared = Shared(self.flash, self.board.filesystem, size // _BLOCK * _BLOCK, code, count)
        hardware = Hardware(self.board, self._shared)
        unique = hashlib.sha256(str(self.flash).encode()).digest()[:8]
        config = configuration(self.board, unique, 0) | {"registers": count}
        qemu = Qemu(self.machine, Path(firmware).resolve(), hardware, self._shared, port, config)
        self.power(hardware, qemu)
