"""``wasmdev call`` with every number that WebAssembly has: in and out in full, on single-precision boards too."""

from __future__ import annotations

import pytest

from tests.wat import wat

SAME = """(module
  (func (export "i32") (param i32) (result i32) (local.get 0))
  (func (export "i64") (param i64) (result i64) (local.get 0))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "mixed") (param f32 i64 f64) (result f64 i64 f32) (local.get 2) (local.get 1) (local.get 0))
  (func (export "ref") (param externref) (result externref funcref) (local.get 0) (ref.func 0))
  (func (export "a b") (param i32))
  (func (export "divide") (param f64 f64) (result f64) (f64.div (local.get 0) (local.get 1))))"""


@pytest.fixture
def same(wasmdev, tmp_path):
    path = tmp_path / "same.wasm"
    path.write_bytes(wat(SAME))
    assert wasmdev("flash", path).code == 0
    return lambda *words: wasmdev("call", "same", words[0], "--", *words[1:])


ECHOED = [
    ("i32", "-2147483648"), ("i64", "-9223372036854775808"), ("i64", "9223372036854775807"),
    ("f32", "nan"), ("f32", "-inf"), ("f32", "3.4028235e+38"), ("f32", "1e-45"), ("f32", "0.1"),
    ("f64", "nan"), ("f64", "inf"), ("f64", "-inf"), ("f64", "-0.0"), ("f64", "1.7976931348623157e+308"),
    ("f64", "5e-324"), ("f64", "1e+300"), ("f64", "0.1"), ("f64", "-nan:0x1"),
]  # fmt: skip


@pytest.mark.ports("sim")
@pytest.mark.parametrize(("function", "number"), ECHOED)
def test_a_number_comes_back_as_it_was_given(same, function, number):
    done = same(function, number)
    assert (done.code, done.out, done.err) == (0, number + "\n", "")


def test_numbers_of_several_types(same):
    done = same("mixed", "-inf", "-1", "1e300")
    assert (done.code, done.out) == (0, "1e+300\n-1\n-inf\n")


@pytest.mark.ports("sim")
def test_unsigned_integers_are_shown_signed(same):
    assert same("i32", "4294967295").out == "-1\n"
    assert same("i64", "0xffffffffffffffff").out == "-1\n"


@pytest.mark.ports("sim")
def test_results_that_are_no_numbers(same):
    assert same("ref", "null").out == "null\nfuncref\n"
    assert same("divide", "0", "0").out.lstrip("-") == "nan\n"


@pytest.mark.parametrize(("function", "number", "hint"), [
    ("i32", "4294967296", "give a whole number from -2**31 to 2**32-1"),
    ("i32", "1.5", "give a whole number from -2**31 to 2**32-1"),
    ("i64", "nan", "give a whole number from -2**63 to 2**64-1"),
    ("f32", "1e39", "it is beyond the largest f32; give a smaller one, or inf"),
    ("f64", "1e999", "it is beyond the largest f64; give a smaller one, or inf"),
])  # fmt: skip
@pytest.mark.ports("sim")
def test_what_does_not_fit_is_wrong_usage(same, function, number, hint):
    done = same(function, number)
    assert (done.code, done.out, done.err) == (2, "", f"error: {number} is no {function}; {hint}\n")


@pytest.mark.ports("sim")
def test_a_hint_can_be_typed(same):
    assert same("a b").err == "error: a b takes (i32), not 0 arguments; write: wasmdev call same 'a b' I32\n"
