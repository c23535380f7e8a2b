"""A port is opened and closed without a reset by DTR and RTS; a board that resets all the same is waited for."""

from __future__ import annotations

import os
import threading
import time

import pytest
import serial
from wasmdev.board.link import Link
from wasmdev.cli import main
from wasmdev.errors import LinkError
from wasmdev_sim import SimBoard

from tests.reset_lines import Bridge
from tests.stand_in import StandIn
from tests.wat import wat

HELLO = '(module (func (export "_start")) (func (export "three") (result i32) (i32.const 3)))'


@pytest.fixture
def board(tmp_path, monkeypatch):
    monkeypatch.setenv("WASMDEV_PATIENCE", "3")  # it is a process among others
    with SimBoard(tmp_path / "board") as sim:
        yield sim


@pytest.fixture
def wasmdev(capsys, monkeypatch, tmp_path):
    for variable in ("WASMDEV_DATA", "WASMDEV_SIM"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    monkeypatch.setenv("WASMDEV_BOARD", "pico")

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            main([*map(str, arguments)])
        return (end.value.code, *capsys.readouterr())

    return run


def flash(wasmdev, tmp_path, url):
    path = tmp_path / "hello.wasm"
    path.write_bytes(wat(HELLO))
    code, out, err = wasmdev("flash", path, "--port", url)
    assert code == 0, err
    assert "  verified  sha256 " in out


def test_no_command_resets_a_board(board, wasmdev, tmp_path):
    with Bridge(board) as bridge:
        flash(wasmdev, tmp_path, bridge.url)
        assert wasmdev("call", "hello", "three", "--port", bridge.url) == (0, "3\n", "")
        assert wasmdev("run", "hello", "--port", bridge.url) == (0, "", "")
        code, out, err = wasmdev("info", "--port", bridge.url)
        assert (code, err) == (0, "")
        assert "hello (portable)" in out
        assert bridge.circuit.starts == []


def test_a_port_that_is_given_up_is_closed_without_a_reset(board, monkeypatch):
    monkeypatch.setattr("wasmdev.board.link._AGAIN_S", 0.1)
    with Bridge(board) as bridge:
        bridge.circuit._ready_at = time.monotonic() + 60
        with pytest.raises(LinkError, match="nothing answers"):
            Link(bridge.url, timeout=0.2)
        assert bridge.circuit.starts == []


def test_the_order_of_the_lines_matters(board):
    """The stand-in would tell: RTS alone is the reset, and the way to the boot loader is esptool's."""
    with Bridge(board) as bridge:
        port = serial.serial_for_url(bridge.url, do_not_open=True)
        port.dtr = False
        port.open()
        port.rts = False
        assert bridge.circuit.starts == ["run"]
        port.rts = True
        port.dtr = True
        assert bridge.circuit.starts == ["run", "run"]
        port.close()


def test_a_board_that_resets_as_it_is_opened_is_waited_for(board, wasmdev, tmp_path):
    with Bridge(board, "run", boot_s=3.0) as bridge:
        flash(wasmdev, tmp_path, bridge.url)
        assert wasmdev("call", "hello", "three", "--port", bridge.url) == (0, "3\n", "")
        assert bridge.circuit.starts == ["run", "run"]


def test_a_chip_in_its_boot_loader_is_told_at_once(board, wasmdev):
    with Bridge(board, "download") as bridge:
        began = time.monotonic()
        code, out, err = wasmdev("info", "--port", bridge.url)
        assert time.monotonic() - began < 20, "a board without a prompt is given up after 30"
        assert (code, out) == (1, "")
        assert err == (f"error: no MicroPython prompt on {bridge.url}: its chip waits in the boot loader; "
                       "let go of BOOT and press its reset button\n")  # fmt: skip


def test_a_flash_without_a_program_is_told():
    said = b"rst:0x10 (RTCWDT_RTC_RESET)\r\ninvalid header: 0xffffffff\r\n"
    with StandIn(lambda _: said) as chip, pytest.raises(LinkError, match="there is no program in its flash; put "):
        Link(chip.port)


def test_a_port_that_goes_away_as_it_is_opened_is_waited_for(board, tmp_path):
    """As USB does that is part of the chip which resets."""
    port = tmp_path / "port"
    first, second = os.openpty()
    port.symlink_to(os.ttyname(second))

    def come_back():
        os.read(first, 1)
        port.unlink()
        os.close(second)
        os.close(first)
        time.sleep(0.5)
        port.symlink_to(board.port)

    chip = threading.Thread(target=come_back)
    chip.start()
    with Link(str(port)) as link:
        assert link.eval("6*7") == 42
    chip.join()
