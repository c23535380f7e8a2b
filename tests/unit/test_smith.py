"""Modules come to the same in real MicroPython as in wasmtime: random ones, and some that chance seldom makes.

The environment variable ``WASM_SMITH`` says how many random ones; where it isn't set, each day takes a quarter of
1,000.
"""

import os

import pytest

from tests.sampling import of_the_day
from tests.unit.oracle import INTERPRETED, NATIVE, PIECE, TIERS, Tier, compare
from tests.unit.smith import generate
from tests.wat import wat

MODULES = int(os.environ.get("WASM_SMITH", "1000"))
SHARE = 1 if "WASM_SMITH" in os.environ else 4
CHUNK = 50
# A part of them is enough for the other ways: they take twice as long.
PARTS = dict.fromkeys(TIERS, MODULES // 10) | {INTERPRETED: MODULES, NATIVE: MODULES, PIECE: MODULES // 4}
SEEDS = {tier: of_the_day(part, part // SHARE) for tier, part in PARTS.items()}


def many_cells(count: int) -> str:
    """A function whose frame has more cells than a byte can name, and a call with all of its arguments."""
    mix = "".join(
        f"(local.set {count} (i64.xor (i64.rotl (local.get {count}) (i64.const 1)) (local.get {i})))"
        for i in range(count)
    )
    arguments = "".join(f"(i64.add (local.get 0) (i64.const {i}))" for i in range(count))
    return f"""(module
        (func $mix (param {"i64 " * count}) (result i64) (local i64) {mix} (local.get {count}))
        (func (export "mix") (param i64) (result i64) (i64.xor (call $mix {arguments}) (local.get 0))))"""


CRAFTED = {
    "trap amid integers of 64 bits": """(module
        (func $divide (param i64 i64) (result i64)
            (i64.add (i64.mul (local.get 0) (i64.const 3))
                (i64.div_s (i64.sub (local.get 0) (i64.const 5)) (i64.xor (local.get 1) (local.get 1)))))
        (func (export "divide") (param i64 i64) (result i64) (i64.rotl (call $divide
            (i64.add (local.get 0) (i64.const 1)) (local.get 1)) (i64.const 7))))""",
    "what is done between integers of 64 bits": """(module
        (func (export "one") (export "two") (export "three") (export "four")
            (param i64 i64 i32 i32) (result i64 i64 i32 i32) (local i64 i64)
            (local.set 4 (i64.add (local.get 0) (local.get 1)))
            (local.set 4 (i64.or (local.get 4) (local.get 1)))
            (local.set 5 (i64.and (local.get 4) (i64.const 0x7FFFFF00FFF0FFF1)))
            (local.set 2 (i32.sub (local.get 3) (local.get 2)))
            (local.set 5 (i64.xor (local.get 5) (local.get 0)))
            (local.set 3 (i32.or (local.get 3) (i32.const 0x80010)))
            (local.set 4 (local.get 5))
            (local.set 3 (i32.and (local.get 3) (local.get 2)))
            (i64.mul (local.get 4) (local.get 0))
            (i64.sub (local.get 1) (local.get 5))
            (local.get 2)
            (local.get 3)))""",
    "two words that are made one": """(module
        (func (export "pack") (param i32 i32) (result i64)
            (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1))))
        (func (export "high") (param i32) (result i32) (i32.wrap_i64 (i64.shr_u
            (i64.mul (i64.extend_i32_u (local.get 0)) (i64.const 6)) (i64.const 32))))
        (func (export "add") (param i32 i64) (result i64) (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
        (func (export "rotl") (param i32) (result i64)
            (i64.rotl (i64.extend_i32_u (local.get 0)) (i64.const 40)))
        (func (export "less") (param i32 i64) (result i32)
            (i64.lt_u (i64.extend_i32_u (local.get 0)) (local.get 1)))
        (func (export "choose") (param i32 i64) (result i64)
            (select (i64.extend_i32_u (local.get 0)) (local.get 1) (i32.and (local.get 0) (i32.const 1)))))""",
    "a cell that is written by what reads it": """(module (memory (export "memory") 1)
        (func (export "byte") (param $p i32) (param $v i32) (local $i i32)
            (local.set $i (local.get $p)) (local.set $i (i32.load8_u (local.get $i)))
            (i32.store8 offset=65280 (local.get $i) (local.get $v)))
        (func (export "bit") (param $p i32) (param $v i32) (local $i i32)
            (local.set $i (i32.and (local.get $p) (i32.const 7)))
            (local.set $i (i32.rotl (i32.const 1) (local.get $i)))
            (i32.store8 offset=65280 (local.get $i) (local.get $v)))
        (func (export "quotient") (param $p i32) (result i32)
            (local.set $p (i32.or (i32.mul (local.get $p) (i32.const 3)) (i32.const 1)))
            (i32.div_u (local.get $p) (local.get $p)))
        (func (export "equal") (param $p i32) (result i32)
            (local.set $p (i32.mul (local.get $p) (i32.const 3)))
            (if (i32.ge_u (local.get $p) (local.get $p)) (then (return (i32.const 7)))) (i32.const 8)))""",
    "constants of constants": """(module
        (func (export "quotient") (param i32) (result i32)
            (i32.and (local.get 0) (i32.shl (i32.div_u (i32.const 134217720) (i32.const 2)) (i32.const 30))))
        (func (export "rest") (param i32) (result i32)
            (i32.xor (local.get 0) (i32.shl (i32.rem_u (i32.const 134217721) (i32.const 1000)) (i32.const 29))))
        (func (export "minus one") (param i32) (result i32)
            (i32.add (local.get 0) (i32.shl (i32.div_u (i32.const -1) (i32.const 3)) (i32.const 31)))))""",
    "what is read before it changes": """(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 5))
        (func $change (param i32 i32) (i32.store (local.get 0) (local.get 1)) (global.set $g (local.get 1)))
        (func (export "stored") (param $p i32) (param $v i32) (result i32)
            (local.set $p (i32.and (local.get $p) (i32.const 1020)))
            (i32.load (local.get $p)) (i32.store (local.get $p) (i32.add (local.get $v) (i32.const 1))))
        (func (export "narrow") (param $p i32) (param $v i32) (result i32)
            (local.set $p (i32.and (local.get $p) (i32.const 1020)))
            (i32.add (i32.load8_u (local.get $p)) (i32.const 3)) (i32.store16 (local.get $p) (local.get $v)))
        (func (export "filled") (param $p i32) (param $v i32) (result i32)
            (local.set $p (i32.and (local.get $p) (i32.const 1020)))
            (i32.load (local.get $p)) (memory.fill (local.get $p) (local.get $v) (i32.const 9)))
        (func (export "called") (param $p i32) (param $v i32) (result i32)
            (local.set $p (i32.and (local.get $p) (i32.const 1020)))
            (i32.load (local.get $p)) (call $change (local.get $p) (local.get $v)))
        (func (export "global") (param $v i32) (result i32) (global.get $g) (global.set $g (local.get $v)))
        (func (export "global in a call") (param $v i32) (result i32)
            (i32.mul (global.get $g) (i32.const 3)) (call $change (i32.const 8) (local.get $v))))""",
    "what overlaps": """(module (memory (export "memory") 1) (table 40 funcref) (elem func $change)
        (data (i32.const 0) "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        (func $change (result i32) (i32.const 3))
        (func (export "up") (param $p i32) (param $n i32) (result i64)
            (local.set $p (i32.and (local.get $p) (i32.const 15)))
            (memory.copy (i32.add (local.get $p) (i32.const 5)) (local.get $p)
                (i32.and (local.get $n) (i32.const 31))) (i64.load offset=12 (local.get $p)))
        (func (export "down") (param $p i32) (param $n i32) (result i64)
            (local.set $p (i32.and (local.get $p) (i32.const 15)))
            (memory.copy (local.get $p) (i32.add (local.get $p) (i32.const 3))
                (i32.and (local.get $n) (i32.const 31))) (i64.load offset=12 (local.get $p)))
        (func (export "by words") (result i64)
            (memory.copy (i32.const 8) (i32.const 0) (i32.const 40)) (i64.load (i32.const 24)))
        (func (export "bytes") (result i64)
            (memory.copy (i32.const 1) (i32.const 0) (i32.const 40)) (i64.load (i32.const 24)))
        (func (export "table") (result i32)
            (table.set (i32.const 0) (ref.func $change)) (table.copy (i32.const 1) (i32.const 0) (i32.const 8))
            (i32.or (ref.is_null (table.get (i32.const 1))) (i32.shl (ref.is_null (table.get (i32.const 3)))
                (i32.const 1)))))""",
    "turns that carry nothing": """(module (global $g (mut i32) (i32.const 0)) (global $h (mut i32) (i32.const 0))
        (func (export "count") (result i32)
            (global.set $g (i32.const 99))
            (loop $a
                (global.set $g (i32.sub (global.get $g) (i32.const 1)))
                (if (i32.and (global.get $g) (i32.const 4)) (then
                    (loop $b
                        (global.set $g (i32.sub (global.get $g) (i32.const 2)))
                        (br_if $b (i32.and (global.get $g) (i32.const 24))))))
                (global.set $h (i32.xor (i32.shl (global.get $h) (i32.const 3)) (global.get $g)))
                (br_if $a (i32.gt_s (global.get $g) (i32.const 0))))
            (global.get $h)))""",
    "100 parameters": many_cells(100),
    "150 parameters": many_cells(150),
}


@pytest.mark.parametrize("tier", TIERS, ids=str)
def test_crafted(tier: Tier) -> None:
    tally = compare({name: wat(text) for name, text in CRAFTED.items()}, tier)
    assert not tier.native or tally.interpreted == 8, "native code has no cells for the many parameters alone"


@pytest.mark.parametrize(
    ("tier", "first"), [(tier, first) for tier in TIERS for first in SEEDS[tier][::CHUNK]], ids=str
)
def test_random(tier: Tier, first: int) -> None:
    seeds = range(first, min(first + CHUNK, SEEDS[tier].stop))
    tally = compare({f"seed {seed}": generate(seed) for seed in seeds}, tier)
    assert not tier.native or tally.native > 10 * tally.interpreted, tally
