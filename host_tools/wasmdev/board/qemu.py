"""Where the firmware of the machines that qemu emulates lies, and their flash."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wasmdev_qemu import MACHINES

from wasmdev import data, folders
from wasmdev.errors import LinkError

if TYPE_CHECKING:
    from wasmdev_qemu.board import QemuBoard

_BUILT = "build/firmware"  # in a checkout, by make qemu


def firmware(machine: str) -> Path:
    """The ELF of a machine, in the folder that ``WASMDEV_QEMU_FIRMWARE`` names or where it was built.

    Raises :class:`LinkError` where there is none.
    """
    path = _elf(machine)
    if not path.exists():
        build = "build it with make qemu, or " if (data.root() / "Makefile").exists() else ""
        raise LinkError(f"there is no firmware for {machine}",
                        f"{build}name the folder that has {path.name} in WASMDEV_QEMU_FIRMWARE")
    return path


def is_built(machine: str) -> bool:
    """Whether there is firmware for a machine."""
    return _elf(machine).exists()


def _elf(machine: str) -> Path:
    chosen = os.environ.get("WASMDEV_QEMU_FIRMWARE")
    return (Path(chosen) if chosen else data.root() / _BUILT) / MACHINES[machine].firmware


@contextmanager
def open_machine(
    machine: str, name: str | None = None, serve: str | None = None, public: bool = False
) -> Iterator[QemuBoard]:
    """A machine on the user's file for its flash, with the pins of the board ``name``, or of its own.

    ``serve`` is HOST:PORT for a TCP port, which other computers reach only where it is ``public``. Raises
    :class:`LinkError`, and in place of one of the block's the reason for which the machine has ended.
    """
    from wasmdev_qemu.board import QemuBoard
    from wasmdev_sim import SimError

    flash = folders.qemu() / f"{machine}.bin"
    try:
        with QemuBoard(machine, flash, firmware(machine), board=name, serve=serve, public=public) as board:
            try:
                yield board
            except LinkError as error:
                if not board.failure:
                    raise
                raise LinkError(f"{machine}: {board.failure}") from error
    except SimError as error:
        raise LinkError(f"{machine}: {error}") from error
