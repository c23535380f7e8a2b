"""``wasmdev flash --boot``: the module starts at power-up, and can't lock anybody out of the board."""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev import folders
from wasmdev.app import boot
from wasmdev.board.board import Board
from wasmdev.board.ports import open_board
from wasmdev.errors import LinkError
from wasmdev_sim import SimBoard

from tests.hil.test_power_cut import cost, cut_after
from tests.wat import wat

BLINK = Path(__file__).parents[2] / "examples" / "blink" / "blink.wasm"
CRASHING = '(module (func $fall (export "_start") unreachable))'
ENDLESS = r"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\08\00\00\00\04\00\00\00up!\n")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
    (loop (br 0))))"""
EXITING = """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "_start") (call $exit (i32.const 3))))"""
PROMPT = b">>> "
LIMIT = 60.0  # seconds for a restart, also of an emulated board
sim_only = pytest.mark.ports("sim")  # it can be unplugged by a program


@pytest.fixture(autouse=True)
def _nothing_starts(port: str) -> Iterator[None]:
    yield
    with open_board(port) as board:
        for name in boot.armed(board):
            boot.disarm(board, name)
        for name, _, _ in board.files.list("/"):
            if name == "main.py":
                board.files.remove(boot.MAIN)


@pytest.fixture
def guest(tmp_path: Path):
    def make(text: str, name: str = "guest") -> Path:
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(wat(text))
        return path

    return make


def restarted(board: Board, interrupt: bool = False) -> str:
    """What a board says from a soft reset to its prompt, with ``main.py`` run; Ctrl-C stops that if asked to."""
    serial = board.link._wire.serial
    serial.write(b"\x02")
    _until(serial, PROMPT)
    serial.write(b"\x04")
    said = _until(serial, b"soft reboot\r\n")
    if interrupt:
        said += _until(serial, b"up!\r\n")
        serial.write(b"\x03")
    said += _until(serial, PROMPT)
    board.restart()
    return said.decode().replace("\r\n", "\n")


def _until(serial, awaited: bytes) -> bytes:
    said = b""
    end = time.monotonic() + LIMIT
    while not said.endswith(awaited):
        assert time.monotonic() < end, f"{awaited!r} never came after {said!r}"
        said += serial.read(1)
    return said


def at_power_up(wasmdev) -> str:
    return re.search(r"^at power-up +(.*)$", wasmdev("info").out, re.MULTILINE)[1]


@pytest.mark.long_on("pico")
def test_three_crashes_in_a_row_stop_it_until_it_is_flashed_again(wasmdev, port, guest):
    assert "boot      guest starts at power-up" in wasmdev("flash", guest(CRASHING), "--boot").out
    assert re.match("guest(, crash [12] of 3|$)", at_power_up(wasmdev))  # a board may start as wasmdev connects
    with open_board(port) as board:
        boot.arm(board, "guest")
        for _ in range(3):
            assert "Trap: unreachable" in restarted(board)
        said = restarted(board)
        assert "guest crashed 3 times in a row and is not started: wasmdev info" in said
        assert "Trap" not in said
    shown = at_power_up(wasmdev)
    assert re.fullmatch(
        r"guest, stopped after 3 crashes in a row: unreachable in fall at 0x[0-9a-f]+; flash it again with --boot",
        shown,
    )
    assert re.search(r"^guest .* stopped ", wasmdev("ls").out, re.MULTILINE)
    wasmdev("flash", guest(CRASHING), "--boot")
    with open_board(port) as board:
        assert "Trap: unreachable" in restarted(board)
    again = wasmdev("flash", guest(CRASHING))
    assert "boot      guest doesn't start at power-up any more" in again.out
    assert at_power_up(wasmdev) == "nothing"
    with open_board(port) as board:
        assert "Trap" not in restarted(board)
        assert "main.py" not in [name for name, _, _ in board.files.list("/")]


@pytest.mark.long_on("pico")
def test_what_ends_by_itself_starts_again_and_again(wasmdev, port, guest):
    wasmdev("flash", guest(EXITING), "--boot")
    with open_board(port) as board:
        for _ in range(4):
            assert "guest ended with exit code 3" in restarted(board)
        assert boot.states(board) == [boot.Boot("guest", 0, "")]


@pytest.mark.long_on("pico")
def test_ctrl_c_stops_it_and_is_no_crash(wasmdev, port, guest):
    wasmdev("flash", guest(ENDLESS), "--boot")
    with open_board(port) as board:
        for _ in range(4):
            said = restarted(board, interrupt=True)
            assert "guest stands still: wasm.run() goes on with it" in said
            assert "Traceback" not in said
        assert boot.states(board)[0].crashes == 0


@pytest.mark.long_on("pico")
def test_a_main_of_the_users_own_is_kept(wasmdev, port, guest):
    own = b"print('mine')\n"
    with open_board(port) as board:
        board.files.write(boot.MAIN, own)
    refused = wasmdev("flash", guest(EXITING, "unwanted"), "--boot")
    assert (refused.code, refused.err) == (
        1,
        "error: the board has a /main.py of its own that doesn't start modules; "
        "add the line to it: import wasm.boot; wasm.boot.start()\n",
    )
    assert "unwanted" not in wasmdev("ls").out
    with open_board(port) as board:
        board.files.write(boot.MAIN, own + boot.START.encode())
    assert wasmdev("flash", guest(EXITING), "--boot").code == 0
    with open_board(port) as board:
        assert "mine\nguest ended with exit code 3" in restarted(board)
    assert wasmdev("rm", "guest").code == 0
    with open_board(port) as board:
        assert "mine\n" in (said := restarted(board))
        assert "guest" not in said
        assert board.files.read(boot.MAIN) == own + boot.START.encode()


@pytest.mark.long_on("pico")
def test_removing_it_undoes_it(wasmdev, port, guest):
    wasmdev("flash", guest(CRASHING, "other"))
    wasmdev("flash", guest(CRASHING), "--boot")
    wasmdev("rm", "other")
    assert at_power_up(wasmdev).startswith("guest")
    wasmdev("rm", "guest")
    assert at_power_up(wasmdev) == "nothing"


@pytest.mark.long_on("pico")
def test_several_start_and_each_crashes_for_itself(wasmdev, port, guest):
    wasmdev("flash", guest(CRASHING), "--boot")
    wasmdev("flash", guest(EXITING, "other"), "--boot")
    with open_board(port) as board:
        boot.arm(board, "guest")  # a board may have started as it was flashed
        assert boot.armed(board) == ["other", "guest"]
        for times in (1, 2, 3, 3):
            said = restarted(board)
            assert "other ended with exit code 3" in said
            assert [each.crashes for each in boot.states(board)] == [0, times]
    assert re.fullmatch("other; guest, stopped after 3 crashes .*", at_power_up(wasmdev))
    assert wasmdev("rm", "guest").code == 0
    assert at_power_up(wasmdev) == "other"


@pytest.mark.long_on("pico")
def test_a_module_without_a_start_is_refused(wasmdev, guest):
    done = wasmdev("flash", guest('(module (func (export "f")))'), "--boot")
    assert (done.code, done.err) == (
        1,
        "error: guest can't start at power-up: it exports no _start; flash it without --boot\n",
    )


@pytest.fixture
def sim(wasmdev) -> Path:
    """The files of the simulated board, once blink starts there."""
    wasmdev("flash", BLINK, "--boot")
    return folders.sim()


def blinks(root: Path) -> bool:
    """Power the board until its LED changes, or for some seconds; whether it did."""
    with SimBoard(root) as board:
        return next(board.watch(3), None) is not None


@sim_only
def test_resets_and_power_cuts_are_crashes(sim):
    with SimBoard(sim) as board:
        assert next(board.watch(5)).boot == 1
        board.reset()
        assert next(change.boot for change in board.watch(5) if change.boot == 2)
    assert blinks(sim)
    assert not blinks(sim)
    with open_board("sim") as board:
        assert boot.states(board) == [boot.Boot("blink", 3, "")]
        boot.arm(board, "blink")
    assert blinks(sim)


@sim_only
def test_ten_seconds_of_life_are_no_crash(sim, wasmdev, guest):
    wasmdev("flash", guest(ENDLESS), "--boot")
    crashes = sim / "wasmdev" / "guest.crashes"
    with SimBoard(sim):
        began = time.monotonic()
        while not crashes.exists():
            assert time.monotonic() < began + 10
        while crashes.exists():
            assert time.monotonic() < began + 25
        assert time.monotonic() > began + 8
    assert not crashes.exists()


@sim_only
def test_arming_cut_at_50_points(sim, wasmdev, guest):
    wasmdev("flash", guest(EXITING))

    draw = random.Random(5)
    totals = {boot.arm: cost(lambda board: boot.arm(board, "guest"))}
    totals[boot.disarm] = cost(lambda board: boot.disarm(board, "guest"))
    now, seen = ["blink"], set()
    for i in range(50):
        change = boot.disarm if "guest" in now else boot.arm
        after = ["blink"] if "guest" in now else ["blink", "guest"]
        with open_board("sim") as board:
            # A third of them near the end, where the commit point is.
            total = totals[change]
            cut_after(board, draw.randint(1 if i % 3 else max(1, total - 10), total + 10))
            with contextlib.suppress(LinkError):
                change(board, "guest")
        with open_board("sim") as board:
            found = boot.armed(board)
            assert found in (now, after)
            seen.add((change, found == now))
            now = found
    assert len(seen) == 4


@sim_only
def test_starts_cut_at_20_moments_are_counted_or_not_begun(sim):
    draw = random.Random(6)
    crashes = sim / "wasmdev" / "blink.crashes"
    before = 0
    for _ in range(20):
        with SimBoard(sim):
            time.sleep(draw.uniform(0, 0.2))
        text = crashes.read_text() if crashes.exists() else ""
        assert text in ("\n" * before, "\n" * (before + 1))
        before = len(text)
        if before == 3:
            assert not blinks(sim)
            crashes.unlink()
            before = 0


@sim_only
def test_an_app_that_is_gone_is_a_crash_with_its_reason(sim, wasmdev):
    (sim / "wasmdev" / "blink.json").unlink()
    with open_board("sim") as board:
        boot.arm(board, "blink")
        assert "no module 'blink' on this board" in restarted(board)
        assert boot.states(board)[0].reason.startswith("OSError: no module 'blink' on this board")
