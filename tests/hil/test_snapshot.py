"""Snapshots on a board: what they take, and a guest that is moved from one board to another."""

from __future__ import annotations

import pytest
from wasmdev.board.link import Link

from tests.wat import wat

EXAMPLE = "examples/blink/blink.wasm"
BLINK_BYTES, BLINK_MS, BUSY_MS = 1024, 20, 60

PROGRAM = """
import asyncio, gc, os, time, wasm
def took(function, *args):
    gc.collect()
    start = time.ticks_us()
    found = function(*args)
    return time.ticks_diff(time.ticks_us(), start) // 1000, found
async def main():
    task = wasm.start({name!r})
    await asyncio.sleep_ms(700)
    saved = took(task.app.snapshot, "/a.snap")[0]
    again = took(task.app.snapshot, "/a.snap")[0]
    for _ in range(2):  # what is imported at first is there then
        task.cancel()
        await asyncio.sleep_ms(0)
        task = None
        gc.collect()
        resumed, task = took(wasm.resume, "/a.snap")
        await asyncio.sleep_ms(500)
    done = task.done()
    task.cancel()
    await asyncio.sleep_ms(0)
    task = None
    load = took(wasm.load, {name!r})[0]
    print(os.stat("/a.snap")[6], saved, again, resumed - load, load, done)
asyncio.run(main())
"""
BUSY = """(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory 1)
  (func (export "_start") (local $i i32)
    (loop
      (i32.store (local.get $i) (i32.mul (i32.add (local.get $i) (i32.const 77)) (i32.const 0x9E3779B1)))
      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 8192))))
    (loop (drop (call $yield)) (br 0))))"""


@pytest.fixture
def measured(bench, tmp_path):
    def run(path, name):
        flashed = bench.wasmdev("flash", path, "--portable")
        assert flashed.code == 0, flashed.err
        with Link(bench.port) as link:
            said = link.exec(PROGRAM.format(name=name), timeout=100).decode().split()
        print(name, said)
        assert said[-1] == "False", "it goes on"
        return [int(each) for each in said[:4]]  # its load is no part of the resumption

    return run


@pytest.mark.ports("pico")
def test_a_small_guest(measured):
    size, first, again, resumed = measured(EXAMPLE, "blink")
    assert size <= BLINK_BYTES
    assert max(again, resumed) <= BLINK_MS, (first, again, resumed)


@pytest.mark.ports("pico")
def test_a_guest_with_8_kb(measured, tmp_path):
    path = tmp_path / "busy.wasm"
    path.write_bytes(wat(BUSY))
    size, first, again, resumed = measured(path, "busy")
    assert size > 8192
    assert max(again, resumed) <= BUSY_MS, (first, again, resumed)
