"""Bad lines, full flash, and boards that are busy, foreign or not there: the transfer gets through, or there is
one line with a hint, in time. Against a real MicroPython wherever one is meant to be there.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time

import pytest
from wasmdev import cli
from wasmdev.board.files import Files
from wasmdev.board.link import Link
from wasmdev.errors import LinkError
from wasmdev_sim import SimBoard

from tests.faulty_line import FaultyLine
from tests.stand_in import StandIn, repl

DATA = random.Random(5).randbytes(20_000)
LIMIT = 30.0  # seconds for the slowest; a time limit that doesn't work takes for ever


@pytest.fixture
def sim(tmp_path):
    with SimBoard(tmp_path / "board") as board:
        yield board


class Spoiler:
    """Spoils one byte in so many, within the bytes that are part of a file."""

    def __init__(self, kind: str, every: int) -> None:
        self._kind, self._random, self._every = kind, random.Random(kind), every
        self.times = 0

    def __call__(self, data: bytes) -> bytes:
        if len(data) < 200:  # a command
            return data
        spoilt = bytearray()
        for byte in data:
            if self._random.randrange(self._every):
                spoilt.append(byte)
                continue
            self.times += 1
            one, other = bytes((byte,)), bytes((byte ^ 4,))
            spoilt += {"drop": b"", "repeat": one * 2, "corrupt": other, "interrupt": b"\x03"}[self._kind]
        return bytes(spoilt)


@pytest.mark.parametrize("kind", ["drop", "repeat", "corrupt", "interrupt"])
def test_a_file_gets_through_a_bad_line(sim, kind, monkeypatch):
    monkeypatch.setattr("wasmdev.board.files._SILENCE_S", 0.5)
    spoiler = Spoiler(kind, every=9000)
    with FaultyLine(sim.port) as line, Link(line.port) as link:
        line.up = spoiler
        Files(link).write("/f", DATA)
    assert spoiler.times > 0
    assert (sim.root / "f").read_bytes() == DATA


@pytest.mark.parametrize("spoilt_as", [b"", b"?", b"\x05\x05"])
def test_a_spoilt_answer_is_recovered_from(sim, spoilt_as, monkeypatch):
    monkeypatch.setattr("wasmdev.board.files._SILENCE_S", 0.5)
    spoilt = []

    def once(data: bytes) -> bytes:
        if data == b"\x05" and len(spoilt) < 2:
            spoilt.append(data)
            return spoilt_as
        return data

    with FaultyLine(sim.port, down=once) as line, Link(line.port) as link:
        Files(link).write("/f", DATA)
    assert spoilt
    assert (sim.root / "f").read_bytes() == DATA


def test_a_slow_line_only_takes_longer(sim):
    def slow(data: bytes) -> bytes:
        time.sleep(0.02)
        return data

    with FaultyLine(sim.port, slow, slow) as line, Link(line.port) as link:
        Files(link).write("/f", DATA)
    assert (sim.root / "f").read_bytes() == DATA


def test_a_line_that_spoils_everything_is_given_up(sim, monkeypatch):
    monkeypatch.setattr("wasmdev.board.files._SILENCE_S", 0.5)
    with FaultyLine(sim.port) as line, Link(line.port) as link:
        line.up = Spoiler("corrupt", every=100)
        with pytest.raises(LinkError, match=r"^/f arrives damaged on the board; check the cable"):
            Files(link).write("/f", DATA)
        line.up = None
        assert link.eval("6*7") == 42


def test_a_cable_that_is_pulled_in_mid_transfer(sim, monkeypatch):
    monkeypatch.setattr("wasmdev.board.files._SILENCE_S", 0.5)
    with FaultyLine(sim.port) as line, Link(line.port, timeout=1) as link:
        moved = []

        def pull(count: int) -> None:
            moved.append(count)
            if sum(moved) >= len(DATA) // 2:
                line.cut()

        began = time.monotonic()
        with pytest.raises(LinkError, match=r"no MicroPython prompt on .*: nothing answers"):
            Files(link).write("/f", DATA, pull)
        assert time.monotonic() - began < 10
    assert DATA.startswith((sim.root / "f").read_bytes())


def test_a_reset_in_mid_transfer_is_survived(sim):
    pressed = []

    def reset(count: int) -> None:
        if not pressed:
            pressed.append(count)
            sim.reset()

    with Link(sim.port) as link:
        Files(link).write("/f", DATA, reset)
    assert pressed
    assert (sim.root / "f").read_bytes() == DATA


def test_a_board_that_is_restarted_is_found_again(sim):
    (sim.root / "main.py").write_text("n = 0\nwhile True: n += 1\n")
    with Link(sim.port) as link:
        link.exec("x = 1")
        link.hard_reset()
        assert link.eval("'x' in globals()") is False


def test_a_port_that_goes_away_and_comes_back_is_found_again(tmp_path):
    """As USB does it: the same path, another device."""
    path = tmp_path / "ttyACM0"
    boards = [SimBoard(tmp_path / "a")]
    path.symlink_to(boards[0].port)

    def replug() -> None:
        boards[0].kill()
        path.unlink()
        time.sleep(0.5)
        boards.append(SimBoard(tmp_path / "b"))
        path.symlink_to(boards[1].port)

    try:
        with Link(str(path)) as link:
            thread = threading.Thread(target=replug)
            thread.start()
            link.hard_reset()
            link.exec("open('here','w').close()")
            thread.join()
        assert (tmp_path / "b" / "here").exists()
    finally:
        for board in boards:
            board.close()


def test_a_full_flash_is_told_and_leaves_the_board_as_it_was(tmp_path):
    with SimBoard(tmp_path, flash=50_000) as sim, Link(sim.port) as link:
        files = Files(link)
        files.write("/old", DATA)
        free = files.free()
        assert free <= 30_000
        with pytest.raises(LinkError, match=r"^no room on the board for /new \(40,000 bytes\); remove a module"):
            files.write("/new", DATA * 2)
        assert files.has("/old", DATA)
        files.remove("/new")
        assert files.free() == free


def fails(capsys, port: str, *options: str) -> str:
    """What ``wasmdev info`` says of a port where it can't work: one line, exit code 1, in time."""
    began = time.monotonic()
    with pytest.raises(SystemExit) as end:
        cli.main(["info", "--port", port, *options])
    assert time.monotonic() - began < LIMIT
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (1, "")
    assert err.startswith("error: ")
    assert "; " in err
    assert err.count("\n") == 1
    return err.removeprefix("error: ")


@pytest.mark.parametrize("main", [
    "while True: pass",
    "import time\nwhile True: time.sleep(100)",
    "while True: print('busy')",
    "import sys\nwhile True: sys.stdin.read(1)",
    "try:\n  while True: pass\nexcept KeyboardInterrupt:\n  print('once more')\n  while True: pass",
])  # fmt: skip
def test_a_board_that_is_busy_is_stopped(sim, main):
    (sim.root / "main.py").write_text(main)
    sim.reset()
    with Link(sim.port) as link:
        assert link.eval("6*7") == 42


def test_a_program_that_ignores_ctrl_c(sim, capsys):
    (sim.root / "main.py").write_text(
        "import time\nwhile True:\n  try:\n    while True:\n      print('mine')\n      time.sleep(0.1)\n"
        "  except KeyboardInterrupt: pass\n"
    )
    sim.reset()
    assert "it says 'mine'; if a program on it ignores Ctrl-C" in fails(capsys, sim.port)
    (sim.root / "main.py").unlink()
    sim.reset()
    with Link(sim.port) as link:
        assert link.eval("1") == 1


def test_what_is_silent(capsys):
    with StandIn(lambda _: b"") as other:
        assert ": nothing answers; is it the right port" in fails(capsys, other.port)


def test_what_echoes(capsys):
    with StandIn(lambda said: said) as other:
        assert ": what is sent there comes back; is it the right port?" in fails(capsys, other.port)


def test_what_speaks_otherwise(capsys):
    with StandIn(lambda _: b"\r\n# login incorrect\r\n") as other:
        said = fails(capsys, other.port)
    assert "it says '# login incorrect'; if a program on it ignores Ctrl-C, press its reset button while" in said
    assert said.endswith("; or it isn't MicroPython\n")


def test_circuitpython(capsys):
    with StandIn(repl(("circuitpython", (9, 2, 1), "Raspberry Pi Pico with rp2040", 518))) as other:
        assert fails(capsys, other.port) == (
            "the board runs circuitpython 9.2.1; put MicroPython on it, from micropython.org/download\n"
        )


def test_no_device(capsys, tmp_path):
    assert "there is no such port" in fails(capsys, str(tmp_path / "ttyACM0"))
    assert "something listening there?" in fails(capsys, "socket://127.0.0.1:9")


def test_a_port_that_another_program_holds(capsys, sim):
    code = "import sys, serial; s = serial.Serial(sys.argv[1], exclusive=True); print('held', flush=True); input()"
    command = [sys.executable, "-c", code, sim.port]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert "another program may be using it" in fails(capsys, sim.port)
        holder.communicate(b"\n")
    with Link(sim.port) as link:
        assert link.eval("1") == 1
