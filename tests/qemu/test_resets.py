"""The life of a machine that qemu emulates: how it is reset, and what is said when it is gone."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from pathlib import Path

import pytest
import serial
from wasmdev.board import ports
from wasmdev.board.link import Link
from wasmdev.errors import LinkError
from wasmdev_qemu import MACHINES
from wasmdev_qemu.board import QemuBoard

from tests.qemu import prepared

CAUSE = "__import__('machine').reset_cause()"
POWER_ON, WATCHDOG = 1, 3


@pytest.mark.parametrize("name", MACHINES)
def test_why_it_was_reset(name: str, tmp_path: Path) -> None:
    with QemuBoard(name, tmp_path / "flash.bin", prepared.firmware(name)) as board:
        with Link(board.port, patience=prepared.PATIENCE) as link:
            assert link.eval(CAUSE) == POWER_ON
            for _ in range(3):
                link.hard_reset()
                assert link.eval(CAUSE) == WATCHDOG
        board.reset()
        with Link(board.port, patience=prepared.PATIENCE) as link:
            assert link.eval(CAUSE) == POWER_ON


@pytest.mark.parametrize("name", MACHINES)
def test_why_it_is_gone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared.firmware(name)
    monkeypatch.setenv("WASMDEV_QEMU", str(tmp_path))
    monkeypatch.setenv("WASMDEV_PATIENCE", "10")
    ended = f"{name}: {MACHINES[name].system} ended with -9"
    with pytest.raises(LinkError, match=ended):
        asked_of_a_killed(name)


def asked_of_a_killed(name: str) -> None:
    with ports.open_board(name) as board:
        assert isinstance(board.emulated, QemuBoard)
        os.kill(board.emulated.pid, signal.SIGKILL)
        board.link.exec("print(1)", timeout=60)


@pytest.mark.parametrize("name", MACHINES)
def test_what_is_typed_as_it_is_reset(name: str, tmp_path: Path) -> None:
    with QemuBoard(name, tmp_path / "flash.bin", prepared.firmware(name)) as board:
        port = serial.serial_for_url(board.port, write_timeout=0.1)
        typing = threading.Thread(target=type_until_closed, args=(port,))
        typing.start()
        for _ in range(10):
            board.reset()
        port.close()
        typing.join()
        with Link(board.port, patience=prepared.PATIENCE) as link:
            assert link.eval("1 + 1") == 2


def type_until_closed(port: serial.SerialBase) -> None:
    while port.is_open:
        with contextlib.suppress(serial.SerialException, TypeError, OSError):  # full, or closed meanwhile
            port.write(b"\r")
