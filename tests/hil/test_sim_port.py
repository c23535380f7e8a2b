"""sim's port is a board's port: plain mpremote and a terminal find what they find on a real one."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev_sim import SimBoard, SimError

from tests.hil.sim_client import LIMIT, Terminal, mpremote

pytestmark = pytest.mark.ports("sim")


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[SimBoard]:
    with SimBoard(tmp_path / "root") as board:
        yield board


def test_mpremote_executes_and_evaluates(sim: SimBoard) -> None:
    assert mpremote(sim.port, "exec", "print('a'); print('b')") == "a\nb\n"
    assert mpremote(sim.port, "eval", "6*7") == "42\n"
    assert "ZeroDivisionError" in mpremote(sim.port, "exec", "1/0", fails=True)


def test_mpremote_copies_both_ways_and_lists(sim: SimBoard, tmp_path: Path) -> None:
    data = random.Random(1).randbytes(20_000)
    (tmp_path / "up.bin").write_bytes(data)
    mpremote(sim.port, "mkdir", ":lib", "+", "cp", str(tmp_path / "up.bin"), ":lib/data.bin")
    assert (sim.root / "lib" / "data.bin").read_bytes() == data
    mpremote(sim.port, "cp", ":lib/data.bin", str(tmp_path / "down.bin"))
    assert (tmp_path / "down.bin").read_bytes() == data
    assert "lib/" in mpremote(sim.port, "fs", "ls")
    assert "data.bin" in mpremote(sim.port, "fs", "ls", ":lib")


def test_mpremote_runs_a_script_of_the_host(sim: SimBoard, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys\nfor i in range(500):\n    print(i)\nprint(sys.implementation.name)\n")
    lines = mpremote(sim.port, "run", str(script)).splitlines()
    assert lines == [str(i) for i in range(500)] + ["micropython"]


def test_the_board_sees_its_folder_alone(sim: SimBoard) -> None:
    (sim.root / "lib").mkdir()
    (sim.root / "lib" / "answer.py").write_text("N = 42\n")
    said = mpremote(
        sim.port, "exec", "import os, sys, answer; print(os.listdir('/'), os.getcwd(), sys.path, answer.N)"
    )
    assert said == "['lib'] / ['', '.frozen', '/lib'] 42\n"


def test_soft_reset_forgets_what_ran_and_resume_keeps_it(sim: SimBoard) -> None:
    mpremote(sim.port, "exec", "x = 5")
    assert mpremote(sim.port, "resume", "exec", "print(x)") == "5\n"
    assert "NameError" in mpremote(sim.port, "exec", "print(x)", fails=True)
    mpremote(sim.port, "resume", "exec", "x = 5", "soft-reset")
    assert "NameError" in mpremote(sim.port, "resume", "exec", "print(x)", fails=True)


@pytest.mark.parametrize("call", ["machine.soft_reset()", "machine.reset()", "__import__('sys').exit()"])
def test_the_port_outlives_a_reset_by_the_program(sim: SimBoard, call: str) -> None:
    pid = sim.pid
    mpremote(sim.port, "resume", "exec", "--no-follow", f"import machine; {call}")
    until = time.monotonic() + 60
    while sim.pid == pid and time.monotonic() < until:  # mpremote doesn't wait for it, and it may take its time
        time.sleep(0.05)
    assert mpremote(sim.port, "resume", "eval", "7") == "7\n"
    assert sim.pid != pid


def test_the_heap_is_as_small_as_the_boards(sim: SimBoard) -> None:
    free = int(mpremote(sim.port, "exec", "import gc; gc.collect(); print(gc.mem_free())"))
    assert abs(free - sim.board.heap) < 2048
    most = sim.board.heap
    assert "MemoryError" in mpremote(sim.port, "exec", f"b = bytearray({most})", fails=True)
    assert mpremote(sim.port, "exec", f"b = bytearray({most * 3 // 4}); print(len(b))") == f"{most * 3 // 4}\n"


def test_another_heap_on_request(tmp_path: Path) -> None:
    with SimBoard(tmp_path, heap=100_000) as sim:
        free = int(mpremote(sim.port, "exec", "import gc; gc.collect(); print(gc.mem_free())"))
        assert abs(free - 100_000) < 2048


@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(1000)", "print('x' * 10**5)"])
def test_ctrl_c_ends_what_runs(sim: SimBoard, code: str) -> None:
    with Terminal(sim.port) as terminal:
        for _ in range(3):
            terminal.type(f"\x05{code}\nwhile True: pass\n\x04")
            terminal.until("=== \r\n")
            time.sleep(0.1)
            terminal.type("\x03")
            terminal.until("KeyboardInterrupt: \r\n>>> ")
        assert terminal.run("1+1") == "2\r\n"


def test_ctrl_c_at_any_moment_is_a_ctrl_c(sim: SimBoard) -> None:
    """Also while code is compiled, has just ended, or with three at once: the process never ends by it."""
    moments = random.Random(2)
    with Terminal(sim.port) as terminal:
        pid = sim.pid
        for _ in range(60):
            terminal.type("for i in range(9): j = [i] * i\r\r")
            time.sleep(moments.random() * 0.004)
            terminal.type("\x03" * moments.randrange(1, 4))
        terminal.type("\r'do' + 'ne'\r")
        terminal.until("'done'\r\n>>> ")
        assert sim.pid == pid


def test_ctrl_c_reaches_what_mpremote_executes(sim: SimBoard) -> None:
    mpremote(sim.port, "exec", "--no-follow", "while True: pass")
    assert mpremote(sim.port, "resume", "eval", "1") == "1\n"
    mpremote(sim.port, "exec", "--no-follow", "import time\nwhile True: time.sleep(60)")
    assert mpremote(sim.port, "eval", "1") == "1\n"


def test_ctrl_d_is_a_soft_reboot_with_boot_and_main(sim: SimBoard) -> None:
    (sim.root / "boot.py").write_text("print('boot')\nB = 1\n")
    (sim.root / "main.py").write_text("import time\nprint('main', B)\nwhile True: time.sleep(9)\n")
    with Terminal(sim.port) as terminal:
        terminal.type("\x04")
        assert terminal.until("main 1\r\n") == "\r\nMPY: soft reboot\r\nboot\r\nmain 1\r\n"
        terminal.type("\x03")
        said = terminal.until(">>> ")
        assert said.startswith("Traceback (most recent call last):\r\n")
        assert re.search(r'  File "main.py", line [23], in <module>\r\n', said)
        assert "KeyboardInterrupt: \r\nMicroPython " in said
        assert terminal.run("B") == "1\r\n"
        terminal.type("\x01")
        terminal.until("raw REPL; CTRL-B to exit\r\n>")
        terminal.type("\x04")
        expected = "OK\r\nMPY: soft reboot\r\nboot\r\nraw REPL; CTRL-B to exit\r\n>"
        assert terminal.until("exit\r\n>") == expected


def test_an_endless_boot_file_can_be_left(tmp_path: Path) -> None:
    (tmp_path / "boot.py").write_text("while True: pass\n")
    with SimBoard(tmp_path) as sim:
        time.sleep(0.1)
        with Terminal(sim.port) as terminal:
            assert terminal.run("1+1") == "2\r\n"


def test_an_error_in_main_is_shown_and_leads_to_the_prompt(sim: SimBoard) -> None:
    (sim.root / "main.py").write_text("def f():\n    return 1/0\nf()\n")
    with Terminal(sim.port) as terminal:
        terminal.type("\x04")
        said = terminal.until(">>> ")
    assert (
        'Traceback (most recent call last):\r\n  File "main.py", line 3, in <module>\r\n'
        '  File "main.py", line 2, in f\r\nZeroDivisionError: divide by zero\r\nMicroPython '
    ) in said


def test_output_without_a_client_holds_nothing_up(sim: SimBoard) -> None:
    mpremote(
        sim.port,
        "exec",
        "--no-follow",
        "for i in range(5000): print('nobody reads this line')\nopen('done', 'w').close()",
    )
    end = time.monotonic() + LIMIT
    while not (sim.root / "done").exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_client_that_comes_late_gets_all_of_a_long_output(sim: SimBoard) -> None:
    """A reader slower than the board holds it up, and loses nothing."""
    with Terminal(sim.port) as terminal:
        terminal.type("for i in range(20000): print('%05d' % i)\r\r")
        time.sleep(0.5)
        said = terminal.until("19999\r\n>>> ")
    numbers = [line for line in said.split("\r\n") if line.isdecimal()]
    assert numbers == [f"{i:05}" for i in range(20000)]


def test_pulling_the_plug_in_a_write_leaves_a_bootable_folder(tmp_path: Path) -> None:
    moments = random.Random(3)
    for _ in range(5):
        with SimBoard(tmp_path) as sim:
            assert mpremote(sim.port, "eval", "1") == "1\n"
            code = "f = open('log', 'ab')\nwhile True: f.write(b'0123456789')"
            mpremote(sim.port, "exec", "--no-follow", code)
            pid = sim.pid
            time.sleep(0.02 + moments.random() * 0.05)
            sim.kill()
            assert not alive(pid)
            assert not os.path.exists(sim.port)
    assert (tmp_path / "log").stat().st_size > 10


def test_a_killed_board_says_so(tmp_path: Path) -> None:
    sim = SimBoard(tmp_path)
    sim.kill()
    sim.kill()
    for call in (lambda: sim.set_pin(1, 1), lambda: sim.set_temperature(20), sim.reset):
        with pytest.raises(SimError, match="no power"):
            call()


def test_reset_button(sim: SimBoard) -> None:
    mpremote(sim.port, "exec", "--no-follow", "while True: pass")
    pid = sim.pid
    sim.reset()
    assert not alive(pid)
    assert mpremote(sim.port, "resume", "exec", "import machine; print(machine.reset_cause())") == "1\n"


def test_a_crash_of_the_process_is_a_reset(sim: SimBoard) -> None:
    mpremote(sim.port, "exec", "x = 1")
    os.kill(sim.pid, 11)
    assert "NameError" in mpremote(sim.port, "resume", "exec", "print(x)", fails=True)


def test_twenty_boards_leave_no_process_behind(tmp_path: Path) -> None:
    pids = []
    for i in range(0, 20, 4):
        boards = [SimBoard(tmp_path / str(i + k)) for k in range(4)]
        pids += [board.pid for board in boards]
        for board in boards:
            board.close()
    assert len(set(pids)) == 20
    assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("hang_up", ["SIG_DFL", "SIG_IGN"])  # the latter is what nohup leaves to programs
def test_a_host_that_is_killed_takes_its_board_along(tmp_path: Path, hang_up: str) -> None:
    code = (
        f"import signal, sys, time; signal.signal(signal.SIGHUP, signal.{hang_up})\n"
        "from wasmdev_sim import SimBoard\n"
        f"b = SimBoard({str(tmp_path)!r}); print(b.pid, b.port, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        pid, port = host.stdout.readline().split()
        mpremote(port, "resume", "exec", "--no-follow", "while True: pass")
        host.kill()
    end = time.monotonic() + LIMIT
    while alive(int(pid)):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_board_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(SimError, match=r"^MicroPython ends before boot.py: MemoryError: .*$"):
        SimBoard(tmp_path, heap=100)


def test_a_board_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(SimError, match=r"no board nano; use one of .*\bpico\b"):
        SimBoard(tmp_path, "nano")


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
