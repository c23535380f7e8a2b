"""Flash of a machine that qemu emulates, with the runtime in it: made once, copied for each test that wants it."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from pathlib import Path

import pytest
from wasmdev.board.board import Board
from wasmdev.board.link import Link
from wasmdev.runtime.runtime import Runtime, install
from wasmdev_qemu import MACHINES
from wasmdev_qemu.board import QemuBoard

BUILT = Path(__file__).parents[2] / "build"
PATIENCE = 10.0  # a process waits for its turn on a busy machine


def firmware(machine: str) -> Path:
    """The firmware of a machine. Skips the test where there is none, or no qemu."""
    path = BUILT / "firmware" / MACHINES[machine].firmware
    if not path.exists():
        pytest.skip(f"no MicroPython for {machine}: make qemu")
    if shutil.which(MACHINES[machine].system) is None:
        pytest.skip(f"no {MACHINES[machine].system} on this machine")
    return path


def flash(machine: str, target: Path, arch: str | None = None) -> Path:
    """A file with the contents of a flash that has the present runtime for ``arch``, at ``target``."""
    image = firmware(machine)
    runtime = Runtime(arch or MACHINES[machine].arch)
    key = hashlib.sha256(image.read_bytes())
    key.update(runtime.hash.encode())
    made = BUILT / "flash" / f"{machine}-{key.hexdigest()[:16]}.bin"
    made.parent.mkdir(exist_ok=True)
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            beside = made.with_suffix(".new")
            beside.unlink(missing_ok=True)
            with QemuBoard(machine, beside, image) as board, Link(board.port, patience=PATIENCE) as link:
                install(Board(link, board.board.name, board), runtime, lambda count: None)
            beside.rename(made)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, target)
    return target
