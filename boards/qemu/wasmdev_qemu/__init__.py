"""Boards that need no hardware: MicroPython on other processors, which qemu emulates, behind a serial port.

The board itself is ``wasmdev_qemu.board.QemuBoard``: asking which machines there are loads no more than that.
"""

from .machines import MACHINES, Machine

__all__ = ["MACHINES", "Machine"]
