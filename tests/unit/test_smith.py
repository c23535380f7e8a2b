"""Modules come to the same in real MicroPython as in wasmtime: random ones, and some that chance seldom makes.

The environment variable ``WASM_SMITH`` says how many random ones; 2,000 where it isn't set.
"""

import os

import pytest

from tests.unit.smith import Oracle, Record, generate, records
from tests.wat import wat

MODULES = int(os.environ.get("WASM_SMITH", "2000"))
CHUNK = 50


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
    "100 parameters": many_cells(100),
    "150 parameters": many_cells(150),
}


def in_order(record: Record) -> Record:
    """The record with its exports by name: a dict of MicroPython has no order."""
    return sorted(record, key=lambda part: str(part[0]))


def compare(modules: dict[str, bytes], native: bool = False) -> None:
    oracles = [Oracle(binary, name) for name, binary in modules.items()]
    theirs = [in_order(oracle.record()) for oracle in oracles]
    calls = [oracle.calls for oracle in oracles]
    differing = []
    for bits in (64, 32):
        ours = map(in_order, records(bits, list(modules.values()), calls, native))
        for name, mine, right in zip(modules, ours, theirs, strict=True):
            if mine != right:
                parts = [pair for pair in zip(mine, right, strict=False) if pair[0] != pair[1]]
                differing.append((bits, name, parts[:3]))
    assert not differing


@pytest.mark.parametrize("native", [False, True], ids=("interpreted", "native"))
def test_crafted(native: bool) -> None:
    compare({name: wat(text) for name, text in CRAFTED.items()}, native)


@pytest.mark.parametrize("native", [False, True], ids=("interpreted", "native"))
@pytest.mark.parametrize("first", range(0, MODULES, CHUNK))
def test_random(first: int, native: bool) -> None:
    seeds = range(first, min(first + CHUNK, MODULES))
    compare({f"seed {seed}": generate(seed) for seed in seeds}, native)
