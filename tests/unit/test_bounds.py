"""Accesses around the end of memory, interpreted and as native code, against wasmtime.

Native code leaves out checks of what it checked before. So the functions here reach one address in several ways:
wider, farther on, behind a join or a call, in a loop, and after the address has changed.
"""

from __future__ import annotations

import pytest

from tests.unit.oracle import TIERS, Call, Oracle, Tier, records
from tests.wat import wat

END = 65536
EDGES = [*range(END - 18, END + 2), 0, 1, 5, END - 1000, 0x7FFFFFF8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 2**32 - 1]
WIDTHS = {"8": 1, "16": 2, "32": 4, "64": 8}
TYPES = {"8": "i32", "16": "i32", "32": "i32", "64": "i64"}


def load(bits: str, offset: int = 0) -> str:
    """Loads an i64 from the local ``a``."""
    if bits == "64":
        return f"(i64.load offset={offset} (local.get $a))"
    op = "i32.load" if bits == "32" else f"i32.load{bits}_s"
    return f"(i64.extend_i32_s ({op} offset={offset} (local.get $a)))"


def store(bits: str, offset: int = 0) -> str:
    """Stores -2 there."""
    type_ = TYPES[bits]
    op = f"{type_}.store" if bits in ("32", "64") else f"i32.store{bits}"
    return f"({op} offset={offset} (local.get $a) ({type_}.const -2))"


def function(name: str, body: str) -> str:
    return f'(func (export "{name}") (param $a i32) (result i64) (local $n i32) (local $sum i64) {body})'


def functions() -> list[str]:
    found = []
    for bits in WIDTHS:
        for offset in (0, 1, 7, 0xFFFF, 0x10000, 0xFFFFFFFF):
            found.append(function(f"load{bits}+{offset}", load(bits, offset)))
            found.append(function(f"store{bits}+{offset}", f"{store(bits, offset)} (i64.const 1)"))
        for other in WIDTHS:
            both = f"(i64.add {load(bits)} {load(other)})"
            found.append(function(f"{bits} then {other}", both))
            both = f"(i64.add {load(bits)} {load(other, 3)}) {store(other)}"
            found.append(function(f"{bits}, {other} farther on and stored", both))
        step = WIDTHS[bits]
        walk = f"""(local.set $n (i32.const 5))
            (loop $next {store(bits)} (local.set $sum (i64.add (local.get $sum) {load(bits)}))
              (local.set $a (i32.add (local.get $a) (i32.const {step})))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)"""
        found.append(function(f"walk {bits}", walk))
        back = walk.replace("(i32.add (local.get $a)", "(i32.sub (local.get $a)")
        found.append(function(f"walk {bits} back", back))
        found.append(function(f"walk {bits} far", walk.replace(f"(i32.const {step})", "(i32.const 0x3fffffff)")))
        one_way = f"(if (i32.and (local.get $a) (i32.const 1)) (then (drop {load('64')})))"
        found.append(function(f"{bits} after one way", f"{one_way} {load(bits)}"))
        found.append(function(f"{bits} after two ways", f"""
            (if (i32.and (local.get $a) (i32.const 1)) (then (drop {load("8")})) (else (drop {load("16")})))
            {store(bits)} {load(bits)}"""))
        found.append(function(f"{bits} moved", f"""(drop {load("64")})
            (local.set $a (i32.add (local.get $a) (i32.const 6))) {load(bits)}"""))
        found.append(function(f"{bits} by another name", f"""(local.set $n (local.get $a)) (drop {load("64")})
            (local.set $a (i32.const 65535)) (local.set $a (local.get $n)) {load(bits, 1)}"""))
        found.append(function(f"{bits} after a call", f"(drop {load('16')}) (call $clear) {load(bits)}"))
    return found


MODULE = wat(f"""(module (memory (export "memory") 1)
    (func $clear (memory.fill (i32.const 65000) (i32.const 0x55) (i32.const 536)))
    {" ".join(functions())})""")


@pytest.mark.parametrize("tier", TIERS, ids=str)
@pytest.mark.parametrize("bits", [64, 32])
def test_the_same_accesses_trap(bits: int, tier: Tier) -> None:
    oracle = Oracle(MODULE, "")
    names = sorted({name for name, _ in oracle.calls})
    oracle.calls = [(name, [["i", address]]) for name in names for address in EDGES]
    right = oracle.record()
    calls: list[Call] = oracle.calls
    [found] = records(bits, [MODULE], [calls], tier)
    differing = [pair for pair in zip(found, right, strict=True) if pair[0] != pair[1]]
    assert not differing, differing[:5]
    traps = sum(part[1:2] == ["trap"] for part in right)
    assert traps > 500
    assert len(right) - traps > 500
