"""Modules in the background of a board that stays under power: every command interrupts them, and they go on."""

from __future__ import annotations

import random
import re
import time

import pytest
from wasmdev.board.board import Board
from wasmdev.board.link import Link
from wasmdev.errors import BoardError

from tests.hil.test_moving import READS
from tests.wat import wat

pytestmark = pytest.mark.ports("sim", "pico", "xtensa")

# Prints 1, 2, 3 and so on, one each 100 ms, as four digits: whoever loses a turn or begins anew is noticed.
COUNTS = r"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory 1) (global $n (mut i32) (i32.const 1))
  (data (i32.const 0) "\10\00\00\00\05\00\00\00") (data (i32.const 20) "\n")
  (data (i32.const 88) "\01\00\00\00") (data (i32.const 96) "\00\e1\f5\05")
  (func $digit (param $at i32) (param $n i32)
    (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
    (if (i32.gt_u (local.get $at) (i32.const 16))
      (then (call $digit (i32.sub (local.get $at) (i32.const 1)) (i32.div_u (local.get $n) (i32.const 10))))))
  (func (export "_start")
    (loop
      (call $digit (i32.const 19) (global.get $n))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (drop (call $poll (i32.const 72) (i32.const 200) (i32.const 1) (i32.const 300)))
      (br 0))))"""
ENDLESS = '(module (func (export "_start") (loop (br 0))))'
EXITS = """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "_start") (call $exit (i32.const 3))))"""
ADDS = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'


@pytest.fixture
def flash(bench, tmp_path):
    def flash(name: str, text: str, *options: str) -> None:
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(wat(text))
        done = bench.wasmdev("flash", path, *options)
        assert done.code == 0, done.err

    return flash


@pytest.fixture
def ps(bench):
    def ps() -> dict[str, tuple[str, int]]:
        """State and fuel by name."""
        done = bench.wasmdev("ps")
        assert (done.code, done.err) == (0, "")
        rows = re.findall(r"^(\w+) +(\S.*?)  +[\d,]+ +([\d,]+) +\d+ \w+ ago", done.out, re.MULTILINE)
        return {name: (state, int(fuel.replace(",", ""))) for name, state, fuel in rows}

    return ps


def counted(bench, beyond: int = 0) -> list[int]:
    """What was counted last, whole: waits for more than ``beyond``, as an emulated board takes its time."""
    end = time.monotonic() + 60
    while True:
        done = bench.wasmdev("logs", "counts")
        assert (done.code, done.err) == (0, "")
        printed = [int(line) for line in done.out.split()[1:]]  # of the first the beginning may be gone
        if printed and printed[-1] > beyond:
            assert printed == list(range(printed[0], printed[-1] + 1))
            return printed
        assert time.monotonic() < end, printed
        time.sleep(0.3)


def test_they_run_while_nobody_is_there(bench, flash, ps):
    flash("counts", COUNTS)
    flash("endless", ENDLESS)
    assert "nothing runs in the background" in bench.wasmdev("ps").out
    done = bench.wasmdev("start", "counts", "endless")
    assert done.out == "  started   counts\n  started   endless\n", done.err
    time.sleep(1)
    first = ps()
    assert {name: state for name, (state, _) in first.items()} == {"counts": "waits", "endless": "runs"}
    time.sleep(1)
    second = ps()
    assert all(second[name][1] > fuel for name, (_, fuel) in first.items())
    assert len(counted(bench, 3)) > 1
    again = bench.wasmdev("start", "counts")
    assert (again.code, again.err) == (
        1, "error: can't start counts: counts runs already; see wasmdev ps, and wasmdev logs counts\n",
    )  # fmt: skip
    assert bench.wasmdev("stop", "endless", "nobody").out == "  stopped   endless\n  not there nobody\n"
    assert list(ps()) == ["counts"]
    assert bench.wasmdev("logs", "endless").err == (
        "error: endless was not started; start it with: wasmdev start endless\n"
    )


def test_every_command_interrupts_them_and_they_go_on(bench, flash, ps, tmp_path):
    """In RAM, or in flash where the command has the board restart."""
    flash("counts", COUNTS)
    flash("adds", ADDS)
    assert bench.wasmdev("start", "counts").code == 0
    last = counted(bench, 30)[-1]
    (tmp_path / "new.wasm").write_bytes(wat(EXITS))
    for command, code in (
        (("info",), 0),
        (("ls",), 0),
        (("call", "adds", "add", "2", "3"), 0),
        (("flash", tmp_path / "new.wasm"), 0),
        (("run", "new"), 3),
        (("run", tmp_path / "new.wasm"), 3),
        (("rm", "new"), 0),
        (("install",), 0),
    ):
        done = bench.wasmdev(*command)
        assert done.code == code, (command, done.err)
        assert "lost" not in done.err
        assert "anew" not in done.err
        printed = counted(bench, last)
        if command[0] in ("call", "flash", "run"):  # in which the board restarts: what was printed is gone
            assert printed[0] > 20
        last = printed[-1]
    with Link(bench.port, patience=10) as link:
        left = [name for name, _, _ in Board(link).files.list("/wasmdev")]
    assert "away" not in left
    assert not [name for name in left if "bg.snap" in name]


def test_no_moment_is_a_bad_one(bench, flash, ps):
    flash("endless", ENDLESS)
    flash("counts", COUNTS)
    bench.wasmdev("start", "endless", "counts")
    draw = random.Random(7)
    before = 0
    for _ in range(20):
        time.sleep(draw.uniform(0, 0.2))
        found = ps()
        assert {name: state for name, (state, _) in found.items()} == {"counts": "waits", "endless": "runs"}
        assert found["endless"][1] >= before
        before = found["endless"][1]
    time.sleep(1)
    assert ps()["endless"][1] > before
    counted(bench)


@pytest.mark.ports("sim", "xtensa")
def test_their_output_is_followed(bench, flash, ps):
    flash("counts", COUNTS)
    bench.wasmdev("start", "counts")
    followed = bench.wasmdev("logs", "counts", "--follow", "--timeout", "2")
    printed = [int(line) for line in followed.out.split()]
    assert len(printed) > 3
    assert printed == list(range(1, len(printed) + 1))
    assert ps()["counts"][0] == "waits"


@pytest.mark.ports("sim", "xtensa")
def test_how_one_has_ended_is_told(bench, flash, ps):
    flash("exits", EXITS)
    flash("traps", '(module (func (export "_start") unreachable))')
    bench.wasmdev("start", "exits", "traps")
    time.sleep(0.5)
    found = ps()
    assert found["exits"][0] == "ended with exit code 3"
    assert found["traps"][0].startswith("Trap: unreachable")
    assert bench.wasmdev("start", "exits").code == 0, "what has ended is started again"
    missing = bench.wasmdev("start", "nobody")
    assert missing.code == 1
    assert "no module 'nobody' on the board" in missing.err


PROGRAM = """
import asyncio, machine, wasm
pin = machine.Pin(15, machine.Pin.OUT, value=0)
turns = 0
async def main():
    global turns
    task = wasm.start("endless")
    while True:
        pin.toggle()
        turns += 1
        await asyncio.sleep_ms(50)
"""


@pytest.mark.ports("sim", "xtensa")
def test_so_does_a_program_of_the_boards_owner(bench, flash):
    """Its coroutine and its guest stand still while a command is served, and go on."""
    flash("endless", ENDLESS)
    with Link(bench.port, patience=10) as link:
        link.exec(PROGRAM)
        link.leave("wasm.run(main())")
    time.sleep(0.5)
    seen = []
    for _ in range(3):
        assert bench.wasmdev("info").code == 0
        time.sleep(0.5)
        with Link(bench.port, patience=10) as link:
            board = Board(link)
            assert board.interrupted
            seen.append((link.eval("turns"), link.eval("wasm.background.kept[2].done()")))
            board.leave()
    assert [done for _, done in seen] == [False] * 3
    assert seen[0][0] < seen[1][0] < seen[2][0]


@pytest.mark.ports("sim", "pico")
def test_a_turn_without_end_is_interrupted(bench, flash):
    """Of a coroutine of the owner's; what else there is goes on."""
    flash("counts", COUNTS)
    assert bench.wasmdev("start", "counts").code == 0
    last = counted(bench)[-1]
    with Link(bench.port, patience=10) as link:
        link.exec("async def main():\n while True: pass")
        link.exec("import wasm")
        link.leave("wasm.run(main())")
    time.sleep(0.5)
    assert bench.wasmdev("info").code == 0
    counted(bench, last)


ENDS = """(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory 1)
  (func (export "_start") (i32.store (i32.const 5000) (call $yield))))"""
SAYS = r"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory 1) (data (i32.const 0) "\08\00\00\00\06\00\00\00\04\04>\10\1b\03")
  (func (export "_start")
    (loop
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (drop (call $yield))
      (br 0))))"""
# Its start function has no end from the second time on: the file is there then.
HANGS_LATER = """(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $now (param i32 i64 i32) (result i32)))
  (memory 1)
  (func $begin
    (drop (call $now (i32.const 1) (i64.const 0) (i32.const 8)))
    (if (i64.gt_u (i64.load (i32.const 8)) (i64.const 3000000000)) (then (loop (br 0)))))
  (start $begin)
  (func (export "_start")))"""


@pytest.fixture
def restarts(flash, tmp_path):
    def restarts(name: str, text: str, how: str, *options: str) -> None:
        (tmp_path / f"{name}.toml").write_text(f'[run]\nrestart = "{how}"\n')
        flash(name, text, *options)

    return restarts


@pytest.mark.ports("sim", "pico")
def test_lives_are_no_burden_to_those_after_them(bench, restarts, ps):
    """Neither to the heap nor to flash."""
    restarts("ends", ENDS, "always", "--boot")
    with Link(bench.port, patience=10) as link:
        link.exec("import wasm.background as b\nb.start('ends', 0)\nbegins = b.Background.begin\nlives = 0")
        link.exec("def begin(app, path=None):\n global lives\n lives += 1\n begins(app, path)")
        link.exec("b.Background.begin = begin")
        link.leave("wasm.run()")
    end = time.monotonic() + 120
    lives = 0
    while lives < 30:
        assert time.monotonic() < end, lives
        time.sleep(0.5)
        with Link(bench.port, patience=10) as link:
            lives = link.eval("lives")
            assert link.eval("b.running()") == ["ends"]
            assert "ends.crashes" not in link.eval("__import__('os').listdir('/wasmdev')")
            Board(link).leave()
    assert bench.wasmdev("stop", "ends").out == "  stopped   ends\n"
    assert bench.wasmdev("rm", "ends").code == 0


@pytest.mark.ports("sim")
def test_a_start_function_without_end(bench, flash, restarts, ps):
    restarts("later", HANGS_LATER, "always")
    flash("counts", COUNTS)
    assert bench.wasmdev("start", "later", "counts").code == 0
    last = counted(bench)[-1]
    time.sleep(4)
    bench.wasmdev("info")  # whose Ctrl-C ends it
    last = counted(bench, last)[-1]
    assert ps()["later"][0] == "stopped"
    counted(bench, last)


@pytest.mark.ports("sim")
def test_what_they_say_at_the_console_is_not_the_boards(bench, flash):
    """While a command is served: what began at power-up prints on the console too."""
    flash("says", SAYS, "--boot")
    flash("counts", COUNTS)
    with Link(bench.port, patience=10) as link:
        link.exec("import wasm.background as b\nb.start('says', 0)\nb.start('counts')")
        Board(link).leave()
    followed = bench.wasmdev("logs", "counts", "--follow", "--timeout", "2")
    printed = [int(line) for line in followed.out.split()]
    assert printed == list(range(1, len(printed) + 1))
    assert bench.wasmdev("stop", "counts").out == "  stopped   counts\n"
    assert bench.wasmdev("rm", "says").code == 0


@pytest.mark.ports("sim")
def test_a_program_that_fails_leaves_the_others(bench, flash, ps):
    flash("counts", COUNTS)
    with Link(bench.port, patience=10) as link:
        link.exec("import wasm.background as b\nasync def main():\n b.start('counts')\n raise ValueError")
        with pytest.raises(BoardError, match="ValueError"):
            link.exec("b.run(main())")
        assert link.eval("b.kept is not None")
        Board(link).leave()
    counted(bench, counted(bench)[-1])
    assert bench.wasmdev("stop", "counts").out == "  stopped   counts\n"


@pytest.mark.ports("sim")
@pytest.mark.parametrize("text", [b"counts\n", b"\xff 1\n", b"nobody 0\n../counts 1\n", b" 1\n\n"])
def test_a_damaged_list_stops_nothing(bench, flash, text):
    flash("counts", COUNTS, "--boot")
    with Link(bench.port, patience=10) as link:
        Board(link).files.write("/wasmdev/away", text)
    assert bench.wasmdev("ps").code == 0
    with Link(bench.port, patience=10) as link:
        Board(link).files.write("/wasmdev/away", text)
        link.reset()
        link.leave("import wasm.boot; wasm.boot.start()")
    counted(bench, 3)
    assert bench.wasmdev("rm", "counts").code == 0


@pytest.mark.ports("sim")
def test_the_exit_code_is_that_of_the_first_that_was_named(bench, flash):
    flash("exits", EXITS)
    flash("traps", '(module (func (export "_start") unreachable))')
    assert bench.wasmdev("run", "exits", "traps", "--together").code == 3
    done = bench.wasmdev("run", "traps", "exits", "--together")
    assert done.code == 1
    assert "error: traps: Trap: unreachable" in done.err
    assert bench.wasmdev("run", "traps", "traps", "--together").code == 2


@pytest.mark.ports("sim")
def test_what_is_typed_waits_for_its_reader(bench, flash):
    """A program at power-up reads the console, whatever somebody else looks for there."""
    flash("echo", READS, "--boot")
    lines = [b"%02d %s" % (i, b"x" * 24) for i in range(30)]
    with Link(bench.port, patience=10) as link:
        link.leave("import wasm.boot; wasm.boot.start()")
        for line in lines:
            link.send(line + b"\n")
        said = b""
        end = time.monotonic() + 30
        while said.count(b"x" * 24) < len(lines):
            assert time.monotonic() < end, said
            said += link._wire.read(0.1)
    assert [line.strip() for line in said.splitlines() if line.strip()] == lines
    assert bench.wasmdev("rm", "echo").code == 0
