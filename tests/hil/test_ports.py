"""The port of a board without hardware, as a pty and as TCP, for several clients one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from wasmdev.board.link import Link
from wasmdev.errors import LinkError
from wasmdev_qemu import MACHINES
from wasmdev_sim import SimBoard, SimError
from wasmdev_sim.port import open_port

from tests.hil.sim_client import LIMIT, mpremote


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with SimBoard(tmp_path_factory.mktemp("board"), serve="127.0.0.1:0") as board:
        yield board


def test_a_board_over_tcp(served: SimBoard) -> None:
    assert re.fullmatch(r"socket://127\.0\.0\.1:\d+", served.port)
    assert mpremote(served.port, "eval", "6*7") == "42\n"
    for _ in range(3):
        with Link(served.port) as link:
            assert link.eval("1+1") == 2
            link.reset()
            assert link.eval("2+2") == 4
    data = os.urandom(20_000)
    (served.root / "f").write_bytes(data)
    with Link(served.port) as link:
        assert link.eval("open('/f','rb').read()") == data


def test_ctrl_c_over_tcp(served: SimBoard) -> None:
    mpremote(served.port, "exec", "--no-follow", "while True: print('busy')")
    assert mpremote(served.port, "eval", "1") == "1\n"


def test_a_second_client_is_sent_away_and_the_first_goes_on(served: SimBoard) -> None:
    with Link(served.port) as link:
        with pytest.raises(LinkError, match=r"lost the connection to socket://.*; is another program using it\?"):
            Link(served.port)
        assert link.eval("3") == 3


def test_what_cannot_be_served() -> None:
    taken = open_port("127.0.0.1:0")
    try:
        with pytest.raises(SimError, match=r"^can't serve at 127\.0\.0\.1:\d+: Address already in use$"):
            open_port(taken.address.removeprefix("socket://"))
    finally:
        taken.close()
    for nonsense in ("4000x", "127.0.0.1:port", "127.0.0.1:99999", "127.0.0.1:-1", "no.such.host.invalid:4000"):
        with pytest.raises(SimError, match=r"give HOST:PORT, as in 127\.0\.0\.1:4000"):
            open_port(nonsense)


@pytest.mark.parametrize("place", ["0.0.0.0:0", "[::]:0", "192.0.2.1:4000"])
def test_other_computers_are_not_served_unless_it_is_said(place: str, tmp_path: Path, port: str) -> None:
    with pytest.raises(SimError, match=r"runs code for anyone in the network: give 127.0.0.1:\d+, .* --public"):
        open_port(place)
    served = ("qemu", port) if port in MACHINES else (port,)
    command = [sys.executable, "-m", "wasmdev", *served, "--serve", place]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: --serve: served at {place} it runs code for anyone in the network: ")
    assert done.stderr.count("\n") == 1


def test_other_computers_are_served_where_it_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "wasmdev", "sim", "--serve", "0.0.0.0:0", "--public"]
    environment = os.environ | {"WASMDEV_SIM": str(tmp_path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, env=environment) as process:
        assert process.stdout
        assert process.stderr
        assert process.stderr.readline().startswith("warning: whoever reaches 0.0.0.0:0 can run code on the board")
        assert re.fullmatch(r"socket://0\.0\.0\.0:\d+\n", process.stdout.readline())
        process.terminate()


@pytest.mark.parametrize("place", ["localhost:0", "127.0.0.2:0", "[::1]:0", ":0"])
def test_this_computer_is_served(place: str) -> None:
    open_port(place).close()


@pytest.mark.parametrize("serve", [None, "127.0.0.1:0"])
def test_a_port_passes_all_bytes_and_waits_for_neither_side(serve: str | None) -> None:
    import serial

    port = open_port(serve)
    data = bytes(range(256)) * 20
    try:
        port.write(b"nobody reads this")
        for _ in range(3):
            with serial.serial_for_url(port.address, timeout=LIMIT) as client:
                client.write(data)
                got = bytearray()
                while len(got) < len(data):
                    got += port.read()
                assert got == data
                port.write(data)
                there = bytearray()
                while len(there) < len(data):
                    there += client.read(1)
                    there += client.read(client.in_waiting)
                    port.write(b"")
                assert there == data
                port.write(bytes(10**7))
                assert len(port.unsent) > 0
            while port.connected():
                port.read()
            assert not port.unsent
    finally:
        port.close()


def test_where_there_are_no_ptys(tmp_path: Path) -> None:
    """As on Windows: no termios, no tty. A process of its own, so that nothing has been imported yet."""
    code = f"""
import os, sys
del os.openpty
for name in ("termios", "tty", "pty"):
    sys.modules[name] = None
from wasmdev_sim import SimBoard
with SimBoard({str(tmp_path)!r}) as board:
    print(board.port, flush=True)
    sys.stdin.readline()
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        port = process.stdout.readline().strip()
        assert port.startswith("socket://127.0.0.1:")
        with Link(port) as link:
            data = bytes(range(256))
            link.exec(f"open('f','wb').write({data!r})")
            assert (tmp_path / "f").read_bytes() == data
            link.reset()
            assert link.eval("open('f','rb').read()") == data
        mpremote(port, "exec", "--no-follow", "while True: pass")
        assert mpremote(port, "eval", "1") == "1\n"
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.wait(LIMIT) == 0


def test_the_command_serves_over_tcp(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "wasmdev", "sim", "--serve", "127.0.0.1:0"]
    environment = os.environ | {"WASMDEV_SIM": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        mpremote(port, "exec", "from machine import Pin; Pin('LED', Pin.OUT, value=1)")
        assert process.stdout.readline().endswith("GP25 LED = 1\n")
        process.terminate()
