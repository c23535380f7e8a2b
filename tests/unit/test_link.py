"""The link keeps its time limits and says what is wrong, on a real MicroPython."""

from __future__ import annotations

import os
import threading
import time
import tty

import pytest
from wasmdev.board.files import Files
from wasmdev.board.link import Link
from wasmdev.errors import BoardError, LinkError, TimeLimit
from wasmdev_sim import SimBoard


@pytest.fixture(scope="module")
def sim(tmp_path_factory):
    with SimBoard(tmp_path_factory.mktemp("board")) as board:
        yield board


@pytest.fixture
def link(sim):
    with Link(sim.port) as opened:
        yield opened


def test_exec_and_eval(link):
    assert link.exec("print(6*7)") == b"42\r\n"
    assert link.eval("{'a': (1, None, 2.5)}") == {"a": (1, None, 2.5)}


def test_output_comes_as_it_is_printed(link):
    times = []
    code = "import time\nfor i in range(3): print(i); time.sleep(0.2)"
    link.exec(code, output=lambda _: times.append(time.monotonic()))
    assert times[-1] - times[0] > 0.3


def test_an_exception_on_the_board(link):
    with pytest.raises(BoardError) as raised:
        link.exec("def f(): return 1//0\nf()")
    assert raised.value.exception == "ZeroDivisionError"
    assert str(raised.value) == "the board raised ZeroDivisionError: divide by zero"
    assert "in f" in raised.value.traceback
    assert link.eval("1") == 1


def test_a_silent_board_is_given_up(link):
    began = time.monotonic()
    with pytest.raises(LinkError, match=r"silent for 0.3 s; press its reset button"):
        link.exec("import time; time.sleep(2)", timeout=0.3)
    assert time.monotonic() - began < 1.5


def test_a_program_beyond_its_limit_is_interrupted(link):
    with pytest.raises(TimeLimit):
        link.exec("n = 0\nwhile 1: n += 1", timeout=None, limit=0.3)
    before = link.eval("n")
    time.sleep(0.1)
    assert link.eval("n") == before > 0


def test_ctrl_c_on_the_host_stops_the_board(link):
    def press_ctrl_c(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        link.exec("print(1)\nn = 0\nwhile 1: n += 1", timeout=None, output=press_ctrl_c)
    before = link.eval("n")
    time.sleep(0.1)
    assert link.eval("n") == before


def test_a_busy_board_is_stopped_on_connecting(sim):
    with Link(sim.port) as first:
        first._begin(b"while 1: print('busy')")
    with Link(sim.port) as second:
        assert second.eval("1+1") == 2


@pytest.mark.parametrize("fill", ["held = []\nwhile 1: held.append(bytearray(100))",
                                  "held = None\nwhile 1: held = [held]"])  # fmt: skip
def test_a_board_whose_heap_is_full_is_restarted_on_connecting(sim, fill):
    with Link(sim.port) as link, pytest.raises(BoardError, match="MemoryError"):
        link.exec(fill)
    with Link(sim.port) as link:
        assert link.eval("1+1") == 2


def test_a_board_that_goes_away(tmp_path):
    sim = SimBoard(tmp_path)
    link = Link(sim.port)
    threading.Timer(0.2, sim.kill).start()
    began = time.monotonic()
    with pytest.raises(LinkError, match=r"lost the connection|silent"):
        link.exec("while 1: pass", timeout=3)
    assert time.monotonic() - began < 3
    link.close()


def test_no_such_port():
    with pytest.raises(LinkError, match=r"can't open /dev/ttyNONE; there is no such port"):
        Link("/dev/ttyNONE")


def test_a_port_without_micropython():
    master, slave = os.openpty()
    tty.setraw(slave)
    try:
        began = time.monotonic()
        with pytest.raises(LinkError, match="no MicroPython prompt on"):
            Link(os.ttyname(slave), timeout=0.5)
        assert time.monotonic() - began < 8
    finally:
        os.close(master)
        os.close(slave)


def test_a_port_that_never_stops_talking():
    master, slave = os.openpty()
    tty.setraw(slave)
    done = threading.Event()

    def talk():
        while not done.is_set():
            os.write(master, b"$GPGGA,noise\r\n")
            time.sleep(0.01)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        with pytest.raises(LinkError, match="no MicroPython prompt on"):
            Link(os.ttyname(slave), timeout=0.5)
    finally:
        done.set()
        thread.join()
        os.close(master)
        os.close(slave)


def test_files_are_written_verified_and_replaced(link):
    files = Files(link)
    data = os.urandom(5000)
    moved = []
    files.make_folder("/a/b")
    files.write("/a/b/c", data, moved.append)
    assert sum(moved) == len(data)
    assert files.has("/a/b/c", data)
    assert not files.has("/a/b/c", data[:-1])
    assert files.missing({"/a/b/c": data, "/a/d": b""}) == {"/a/d": b""}
    files.replace("/a/b/c", b"new")
    assert files.read("/a/b/c") == b"new"
    assert files.list("/a/b") == [("c", False, 3)]
    assert files.read("/a/none") == b""
    assert files.list("/none") == []
    files.remove_tree("/a")
    assert "a" not in [name for name, _, _ in files.list("/")]
