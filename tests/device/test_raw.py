"""How large a raw module may be that a board compiles itself, with the heap of a Pico."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.device.script import HERE, run
from tests.wat import wat

BOARD = HERE / "raw_board.py"
HEAP = {32: "230k", 64: "330k"}  # of which some 199,000 bytes are free on 32 bits; objects of 64 are larger
ARGUMENT = 3


def module(count: int) -> bytes:
    """Functions as compilers write them, of some fifty bytes, each of which calls those before it."""
    functions = ["(func $f0 (param i32) (result i32) (local.get 0))"]
    for i in range(1, count):
        functions.append(f"""(func $f{i} (param $n i32) (result i32) (local $sum i32)
            (local.set $sum (i32.mul (local.get $n) (i32.const {i})))
            (if (i32.eqz (local.get $n))
                (then (i32.store (call $f{i // 2} (local.get $n)) (call $f{i // 3} (local.get $sum)))
                    (return (call $f{i // 4} (call $f{i // 5} (local.get $sum))))))
            (i32.add (local.get $sum) (call $f{i - 1} (i32.add (local.get $n) (i32.const {i})))))""")
    return wat(f"""(module (memory 1) {" ".join(functions)}
        (func (export "sum") (param i32) (result i32) (call $f{count - 1} (local.get 0))))""")


def result(count: int) -> int:
    """What its export comes to."""
    argument, total = ARGUMENT, 0
    for i in range(count - 1, 0, -1):
        total += argument * i
        argument += i
    total += argument
    return (total + (1 << 31)) % (1 << 32) - (1 << 31)


@pytest.mark.parametrize(("count", "size"), [(49, 3000), (200, 12_000)])
@pytest.mark.parametrize("bits", [64, 32])
def test_they_fit(bits: int, count: int, size: int, tmp_path: Path) -> None:
    binary = module(count)
    assert len(binary) > size
    file = tmp_path / "sum.wasm"
    file.write_bytes(binary)
    assert run(BOARD, str(file), str(ARGUMENT), bits=bits, heap=HEAP[bits]) == (0, f"{result(count)}\n")


@pytest.mark.parametrize("bits", [64, 32])
def test_what_has_no_room_is_compiled_on_the_host(bits: int, tmp_path: Path) -> None:
    binary = module(2000)
    file = tmp_path / "sum.wasm"
    file.write_bytes(binary)
    code, output = run(BOARD, str(file), str(ARGUMENT), bits=bits, heap=HEAP[bits])
    assert code == 0
    assert output == (f"MemoryError: no room to compile a module of {len(binary)} bytes here; "
                      "wasmdev flash compiles it on the host\n")
