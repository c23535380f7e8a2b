"""How deep the frames of a module can get, as its image tells it."""

import struct

import pytest
import wasmc
from wasmc.image.file import HEADER, NONE

from tests.wat import wat

CHAIN = 100


def numbers(text: str) -> tuple[int, ...]:
    """The numbers of a module's image."""
    image = wasmc.compile(wat(text))
    kept, size = struct.unpack_from(HEADER, image)[9:11]
    return struct.unpack_from(f"<{size // 4}I", image, struct.calcsize(HEADER) + kept)


def frames(text: str) -> int:
    """The bytes that frames take, of a module without imports."""
    imports, stack, *_ = numbers(text)
    assert imports == 0
    return stack


def cells(text: str) -> int:
    size = frames(text)
    assert size % 4 == 0
    return size // 4


def test_a_frame_holds_locals_and_the_way_back() -> None:
    assert frames("(module)") == 0
    assert cells("(module (func (param i32 i64) (local f64)))") == 6  # five cells and the link
    one = cells("(module (func))")
    assert cells("(module (func (local i64)) (func))") == one + 2  # the deepest counts


@pytest.mark.parametrize("order", [1, -1], ids=["callees first", "callers first"])
def test_a_chain_takes_the_frames_of_all(order: int) -> None:
    chain = ["(func $f0)", *(f"(func $f{i} (call $f{i - 1}))" for i in range(1, CHAIN))]
    assert cells(f"(module {' '.join(chain[::order])})") == CHAIN


def test_the_callee_begins_where_the_caller_says() -> None:
    outer = "(func (param i32) (drop (call $inner (i32.const 1) (local.get 0))))"
    inner = "(func $inner (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
    before = 2  # the caller's argument and link
    assert cells(f"(module {inner} {outer})") == before + cells(f"(module {inner})")


@pytest.mark.parametrize(
    "text",
    [
        "(func $f (call $f))",
        "(func $f (call $g)) (func $g (call $f))",
        "(table 1 funcref) (func (call_indirect (i32.const 0)))",
        "(table 1 funcref) (func (return_call_indirect (i32.const 0)))",
    ],
    ids=["recursion", "mutual recursion", "indirect", "indirect tail"],
)
def test_what_may_go_on_without_end_has_no_bound(text: str) -> None:
    assert frames(f"(module {text})") == NONE


def test_a_table_that_nothing_refers_to_is_not_made() -> None:
    assert numbers("(module (table 7 funcref))")[2] == 0
    for use in (
        "(func (call_indirect (i32.const 0)))",
        '(export "t" (table 0))',
        "(func $f) (elem (i32.const 0) $f)",
        "(func (drop (table.size 0)))",
        "(func (table.set 0 (i32.const 1) (ref.null func)))",
        "(func $f) (elem $e func $f) (func (table.init $e (i32.const 0) (i32.const 0) (i32.const 0)))",
    ):
        assert numbers(f"(module (table 7 funcref) {use})")[2:5] == (1, ord("p"), 7), use
