"""Code on the simulated board finds a board there, and not the computer that it is simulated on."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev.board.link import Link
from wasmdev.errors import BoardError
from wasmdev_sim import SimBoard

pytestmark = pytest.mark.ports("sim")

# How code gets at the modules as MicroPython has them, behind what the board has in their place.
BUILT_IN = """import sys
for name in ("os", "vfs"): sys.modules.pop(name, None)
path, sys.path = sys.path, ()
import os, vfs, socket
sys.path = path
host = vfs.VfsPosix()
"""


@pytest.fixture
def link(tmp_path) -> Iterator[Link]:
    with SimBoard(tmp_path / "board") as board, Link(board.port) as opened:
        yield opened


@pytest.fixture
def secret(tmp_path) -> Path:
    path = tmp_path / "desk" / "secret"
    path.parent.mkdir()
    path.write_text("of the desk")
    return path


def test_what_leads_out_of_a_board_is_not_there(link):
    link.exec("import os, vfs")
    assert link.eval("[hasattr(os, name) for name in ('system', 'getenv', 'putenv', 'VfsPosix')]") == [False] * 4
    assert link.eval("[hasattr(os, name) for name in ('stat', 'ilistdir', 'urandom', 'VfsFat')]") == [True] * 4
    assert link.eval("[hasattr(vfs, name) for name in ('VfsPosix', 'VfsFat', 'mount')]") == [False, True, True]


def test_paths_end_at_the_root(link, secret):
    up = "/".join([".."] * 20)
    link.exec("import os\nf = open('/here', 'w')\nf.write('mine')\nf.close()\nos.mkdir('/d')\nos.chdir('/d')")
    try:
        for path in ("/../../here", f"{up}/here", "../here", "./..//./here", f"/d/{up}/here"):
            assert link.eval(f"open({path!r}).read()") == "mine"
        assert link.eval("os.getcwd()") == "/d"
        for function in ("open", "os.stat", "os.remove", "os.listdir", "os.chdir", "os.mkdir", "os.rmdir"):
            with pytest.raises(BoardError, match="the board raised OSError"):
                link.exec(f"{function}({up + str(secret)!r})")
        with pytest.raises(BoardError, match="OSError"):
            link.exec(f"os.rename({up + str(secret)!r}, 'mine')")
    finally:
        link.exec("os.chdir('..')\nos.rmdir('d')\nos.remove('here')")
    assert secret.read_text() == "of the desk"


@pytest.fixture
def jailed() -> None:
    import ctypes

    if ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) < 1:
        pytest.skip("this kernel has no Landlock")


@pytest.mark.usefixtures("jailed")
def test_not_even_the_modules_behind_lead_out(link, secret):
    link.exec(BUILT_IN)
    for code in (
        f"host.open({str(secret)!r}, 'r').read()",
        f"host.open({str(secret)!r}, 'w')",
        f"host.open({str(secret.parent / 'new')!r}, 'w')",
        f"list(host.ilistdir({str(secret.parent)!r}))",
        f"host.remove({str(secret)!r})",
        f"host.mkdir({str(secret.parent / 'folder')!r})",
        f"host.rename({str(secret)!r}, {str(secret) + '2'!r})",
        "host.open('/proc/self/mem', 'rb')",
        "host.open('/proc/self/environ', 'rb')",
        "vfs.VfsPosix('/').open('/etc/passwd', 'r')",
    ):
        with pytest.raises(BoardError, match=r"OSError: \[Errno (13|1)\]"):
            link.exec(code)
    assert [path.name for path in secret.parent.iterdir()] == ["secret"]
    assert secret.read_text() == "of the desk"


def test_no_command_is_run_and_nothing_connected_to(link, tmp_path):
    link.exec(BUILT_IN)
    assert link.eval(f"os.system('echo out > {tmp_path}/made')") != 0
    assert not (tmp_path / "made").exists()
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"socket.getaddrinfo('127.0.0.1', {server.getsockname()[1]})[0][-1]"
        for connect in (f"socket.socket().connect({place})", "socket.socket(socket.AF_UNIX)"):
            with pytest.raises(BoardError, match=r"OSError: "):
                link.exec(connect)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert os.environ["HOME"]
    assert link.eval("os.getenv('HOME')") is None


def test_it_is_known_which_board_it_stands_for(tmp_path, capsys):
    from wasmdev.board.board import Board

    with SimBoard(tmp_path, "pico2") as board, Link(board.port) as opened:
        assert Board(opened).name == "pico2"
        assert Board(opened).description.title == "Raspberry Pi Pico 2"
