"""What modules take of a board's heap: pages that are not touched take none, calls allocate nothing."""

from __future__ import annotations

import re

import pytest
import wasmc
from wasmdev.app import apps, deploy
from wasmdev.board.ports import open_board

from tests.wat import wat

PAGES = (2, 17, 258)
MOST = 24_000  # bytes for an instance: its stack, its directory and the blocks of what it touches

# Memory is written near its beginning and its end and read back, by data segments, stores and memory.fill.
TOUCH = """(module
  (memory (export "memory") {pages})
  (data (i32.const 70000) "\\07")
  (func (export "touch") (param $at i32) (result i32) (local $end i32)
    (local.set $end (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))
    (i32.store (local.get $at) (i32.const 20))
    (i32.store (local.get $end) (i32.const 15))
    (memory.fill (i32.const 3000) (i32.const 0) (i32.const 6000))
    (i32.add (i32.add (i32.load (local.get $at)) (i32.load (local.get $end))) (i32.load8_u (i32.const 70000))))
  (func (export "twice") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1))))"""

MEASURE = """
import gc, wasm
def taken(path):
    gc.collect()
    before = gc.mem_alloc()
    app = wasm.load(path)
    found = [app.touch(1000)]
    try:
        app.touch(len(app.memory))
    except wasm.Trap as trap:
        found.append(trap.kind)
    gc.collect()
    return found + [len(app.memory) >> 16, gc.mem_alloc() - before]
def allocated(function):
    function(1000)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(1000):
        function(1000)
    after = gc.mem_alloc()
    gc.enable()
    return after - before
taken("/258.img")
"""


@pytest.mark.long_on("pico")
def test_pages_that_nobody_touches_and_calls(board):
    deploy.ensure_runtime(board)
    for pages in PAGES:
        board.files.write(f"/{pages}.img", wasmc.compile(wat(TOUCH.format(pages=pages))))
    board.restart()
    board.link.exec(MEASURE)
    for pages in PAGES:
        *answers, taken = board.link.eval(f"taken('/{pages}.img')")
        assert answers == [42, "out of bounds memory access", pages]
        assert taken < MOST
    assert board.link.eval("allocated(wasm.load('/2.img').twice)") == 0


def function(number):
    body = "(local.set 0 (i32.mul (i32.add (local.get 0) (i32.const 12345)) (i32.const 7)))" * 60
    return f'(func (export "f{number}") (param i32) (result i32) {body} (local.get 0))'


TOO_MUCH = {
    "code": ("(module %s)" % "".join(map(function, range(250))), (),
             r"code 24\d,\d{3} bytes, .*; build it for size, "),
    "data": ('(module (memory 5) (data (i32.const 0) "%s"))' % ("x" * 260_000), (),
             r"data 260,096 bytes, .*; let it begin with less "),
    "memory": ('(module (memory 5) (data (i32.const 0) "x"))', ("--memory", "250k"),
               r"memory in one piece 256,000 bytes, .*; give a smaller --memory; or none, "),
    "stack": ("(module (memory 5))", ("--stack", "300k"), r"stack 307,200 bytes, .*; give a smaller --stack"),
}  # fmt: skip


@pytest.mark.ports("sim", "pico")  # sizes are for a heap of 240 KB
@pytest.mark.parametrize("part", TOO_MUCH)
@pytest.mark.long_on("pico")
def test_what_can_not_fit_is_told_before_it_is_pushed(wasmdev, port, tmp_path, part):
    text, options, why = TOO_MUCH[part]
    path = tmp_path / f"much_{part}.wasm"
    path.write_bytes(wat(text))
    done = wasmdev("flash", path, *options)
    assert done.code == 1
    error = re.escape(f"error: {path} doesn't fit the board's heap: ") + why
    assert re.search(error, done.err)
    free, excess = (int(number.replace(",", "")) for number in re.search(FREE, done.err).groups())
    assert 100_000 < free < 242_000
    assert excess > 0
    with open_board(port) as board:
        assert f"much_{part}" not in apps.installed(board)


FREE = r"of ([\d,]+) that are free, ([\d,]+) too many; "
WRITES = """(module (memory 20) (func (export "_start") (local i32)
  (loop (i32.store8 (local.get 0) (i32.const 1))
    (local.set 0 (i32.add (local.get 0) (i32.const 1024))) (br 0))))"""


GROW = "(local i32) (drop (memory.grow (i32.const 19)))"


def too_much(wasmdev, tmp_path, text, *options):
    """What is said of a module that was flashed and doesn't fit when it runs."""
    path = tmp_path / "much.wasm"
    path.write_bytes(wat(text))
    flashed = wasmdev("flash", path, *options)
    assert flashed.code == 0, flashed.err
    done = wasmdev("run", "much")
    assert (done.code, done.out) == (1, "")
    return done.err.removeprefix("error: much needs more heap than the board has: ")


@pytest.mark.ports("sim", "pico")
@pytest.mark.long_on("pico")
def test_memory_that_was_too_much_is_told_when_it_was_written_to(wasmdev, tmp_path):
    said = too_much(wasmdev, tmp_path, WRITES, "--portable")
    assert re.match(r"memory that it wrote to [12]\d\d,\d{3} bytes, of [\d,]+ that are free; let it use ", said)


@pytest.mark.long_on("pico")
def test_native_code_and_its_piece_of_memory_are_told_where_they_ran(wasmdev, port, tmp_path):
    text = WRITES.replace("memory 20", "memory 1 20").replace("(local i32)", GROW)
    said = too_much(wasmdev, tmp_path, text, "--native")
    parts = r"memory that it wrote to [\d,]+ bytes|memory in one piece for it 65,536|native code [\d,]+"
    assert len(re.findall(parts, said)) == (2 if port == "xtensa" else 3), said  # whose code lies apart
    assert said.endswith("; flash it with --portable\n")


@pytest.mark.ports("sim")  # a Pico with the runtime in its firmware has more
@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("--memory", r"memory in one piece 193,536 bytes, of [\d,]+ that are free.*; give a smaller --memory; "),
        ("--stack", r"stack 193,536 bytes, data 1,024, of [\d,]+ that are free.*; give a smaller --stack\n"),
    ],
)
def test_a_piece_that_was_too_much_is_told_when_it_is_loaded(wasmdev, tmp_path, option, why):
    data = '(module (memory 5) (data (i32.const 0) "x") (func (export "_start")))'
    assert re.match(why, too_much(wasmdev, tmp_path, data, option, "189k"))
