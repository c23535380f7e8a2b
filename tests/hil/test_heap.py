"""What modules take of a board's heap: pages that are not touched take none, calls allocate nothing."""

from __future__ import annotations

import wasmc
from wasmdev import deploy

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
