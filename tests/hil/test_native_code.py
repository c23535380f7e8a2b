"""Native code on a board: it gives what the interpreter gives, and can be stopped."""

from __future__ import annotations

import pytest

from tests.wat import wat

# A loop of arithmetic that ends after so many turns, never for 0: what native code is made for.
COUNT = """(module
  (func $count (export "count") (param $turns i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.xor (i32.rotl (local.get $sum) (i32.const 3)) (local.get $turns)))
      (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
      (br_if $again (local.get $turns)))
    (local.get $sum))
  (func (export "_start") (loop (drop (call $count (i32.const 0))) (br 0))))"""


@pytest.fixture
def counter(wasmdev, tmp_path):
    path = tmp_path / "count.wasm"
    path.write_bytes(wat(COUNT))

    def flash(*options: str) -> str:
        done = wasmdev("flash", path, *options)
        assert done.code == 0, done.err
        return done.out

    return flash


def expected(turns: int) -> int:
    total = 0
    for turn in range(turns, 0, -1):
        total = ((total << 3 | total >> 29) ^ turn) & 0xFFFFFFFF
    return total - (total >> 31 << 32)


def test_native_and_portable_give_the_same(wasmdev, counter):
    assert "  native    " in counter("--native")
    native = wasmdev("call", "count", "count", "300").out
    assert "  native    " not in counter("--portable")
    assert wasmdev("call", "count", "count", "300").out == native == f"{expected(300)}\n"


def test_ctrl_c_stops_native_code(wasmdev, counter):
    assert "  native    " in counter("--native")
    stopped = wasmdev("run", "count", "--timeout", "1")
    assert (stopped.code, stopped.err) == (0, "stopped after 1 s\n")
    assert wasmdev("call", "count", "count", "5").out == f"{expected(5)}\n"
