"""Code on a machine that qemu emulates reaches nothing of the computer that emulates it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev.board.link import Link
from wasmdev.errors import BoardError
from wasmdev_qemu import MACHINES
from wasmdev_qemu.board import QemuBoard

from tests.qemu import prepared

# Arm's semihosting by hand: the numbers of what is asked, in r0, and of its arguments, in r1.
ASK = """
import array, uctypes
@micropython.asm_thumb
def ask(r0, r1):
    data(2, 0xbeab)
def text(s):
    b = s.encode() + b"\\0"
    return b, uctypes.addressof(b), len(s)
def open_file(name):
    kept, at, size = text(name)
    return ask(1, array.array("I", [at, 0, size]))
def read_file(name):
    kept, at, size = text(name)
    return ask(1, array.array("I", [at, 1, size]))
def system(command):
    kept, at, size = text(command)
    return ask(0x12, array.array("I", [at, size]))
"""

# The environment, with what its owner keeps in it, of qemu and of what started that; what all processes were told.
PROCESSES = ("/proc/self/environ", f"/proc/{os.getpid()}/environ", "/proc/1/cmdline", "/proc/self/maps")


@pytest.fixture(params=MACHINES)
def board(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QemuBoard]:
    with QemuBoard(request.param, tmp_path / "flash.bin", prepared.firmware(request.param)) as board:
        yield board


def test_the_hosts_files_are_not_there(board: QemuBoard, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    with Link(board.port, patience=prepared.PATIENCE) as link:
        link.exec("import _host; _host.File('config')")
        with pytest.raises(BoardError, match="OSError"):
            link.exec(f"_host.File({str(secret)!r})")


def test_nor_by_what_native_code_can_ask(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    firmware = prepared.firmware("cortex-m")
    with QemuBoard("cortex-m", tmp_path / "flash.bin", firmware) as board, Link(board.port, patience=10) as link:
        link.exec(ASK)
        assert link.eval("open_file('config')") > 0
        for name in (str(secret), *PROCESSES):
            assert link.eval(f"(open_file({name!r}), read_file({name!r}))") == (-1, -1), name
        link.exec("system('echo > ran')")
        assert link.eval("open_file('ran')") == -1


def test_what_it_says_wrongly_of_itself_ends_nothing(board: QemuBoard) -> None:
    """Records of pins that it lacks, of no kind, and more typed bytes taken than there were."""
    with Link(board.port, patience=prepared.PATIENCE) as link:
        link.exec("import _host\nfor kind in (1, 2, 3, 4, 9): _host.send(kind, 250, 1, 0)")
        link.exec("import struct\n_host.File('registers').write(struct.pack('<5I', 0, 0, 0, 7, 0x80000000))")
    board.reset()
    with Link(board.port, patience=prepared.PATIENCE) as link:
        assert link.eval("1 + 1") == 2
