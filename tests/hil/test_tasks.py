"""Guests in endless loops beside a coroutine of the board's owner, whose pin is seen from outside."""

from __future__ import annotations

import pytest
from wasmdev.board.link import Link

from tests.wat import wat

PERIOD_MS = 20
LATE_MS = 10
TURNS = 40

# Loops in loops, and calls: what each tier stops at.
GUEST = """(module (memory 1) (global $turns (export "turns") (mut i32) (i32.const 0))
  (func $step (param i32) (result i32) (i32.mul (local.get 0) (i32.const 17)))
  (func (export "endless") (local $i i32) (local $s i32)
    (loop
      (local.set $i (i32.const 0))
      (loop
        (local.set $s (i32.add (call $step (local.get $s)) (local.get $i)))
        (i32.store8 (i32.and (local.get $s) (i32.const 1023)) (local.get $i))
        (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (br 0))))"""

PROGRAM = f"""
import asyncio, time, machine, wasm
pin = machine.Pin(15, machine.Pin.OUT, value=0)
apps = [wasm.load("portable"), wasm.load("fast")]
print([app._instance.image.native is not None for app in apps])
async def blink():
    late = 0
    due = time.ticks_ms()
    for turn in range({TURNS}):
        due = time.ticks_add(due, {PERIOD_MS})
        await asyncio.sleep_ms(max(0, time.ticks_diff(due, time.ticks_ms())))
        pin.toggle()
        late = max(late, time.ticks_diff(time.ticks_ms(), due))
    return late
async def main():
    tasks = [asyncio.create_task(app.call_async("endless")) for app in apps]
    print(await blink())
    for task in tasks:
        task.cancel()
    print([app.turns > 2 for app in apps])
asyncio.run(main())
"""


@pytest.mark.ports("pico")
def test_a_pin_is_in_time_beside_endless_guests(bench, tmp_path):
    for name, tier in (("portable", "--portable"), ("fast", "--native")):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(wat(GUEST))
        flashed = bench.wasmdev("flash", path, "--memory", "2k", tier, "--tasks")
        assert flashed.code == 0, flashed.err
    with Link(bench.port) as link:
        said = link.exec(PROGRAM, timeout=100).decode().splitlines()
        assert said[0] == "[False, True]"
        assert said[2] == "[True, True]"
        late = int(said[1])
    edges = [change.time_us for change in bench.emulated.events if change.pin == 15][-TURNS:]
    assert len(edges) == TURNS
    first = edges[0]
    off = [(edge - first) / 1000 - PERIOD_MS * i for i, edge in enumerate(edges)]
    assert max(off) - min(off) <= LATE_MS, off
    assert late <= LATE_MS
