"""Numbers as ``wasmdev call`` takes and shows them."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasmdev.errors import UsageError
from wasmdev.module import values

F32 = st.integers(0, (1 << 32) - 1)
F64 = st.integers(0, (1 << 64) - 1)


def f32(bits: int) -> float:
    return struct.unpack("<f", struct.pack("<I", bits))[0]


@pytest.mark.parametrize(("text", "kind", "bits"), [
    ("-2147483648", "i32", -(1 << 31)), ("4294967295", "i32", (1 << 32) - 1), ("0xff", "i32", 255),
    ("007", "i32", 7),
    ("-9223372036854775808", "i64", -(1 << 63)), ("18446744073709551615", "i64", (1 << 64) - 1),
    ("nan", "f32", 0x7FC00000), ("-nan", "f32", 0xFFC00000), ("nan:0x1", "f32", 0x7F800001),
    ("nan", "f64", 0x7FF8 << 48), ("-nan:0xabc", "f64", 0xFFF0 << 48 | 0xABC),
    ("inf", "f32", 0x7F800000), ("-inf", "f64", 0xFFF0 << 48), ("Infinity", "f64", 0x7FF0 << 48),
    ("-0", "f64", 1 << 63), ("0", "f32", 0), ("1e-400", "f64", 0), ("0x10", "f64", 0x4030 << 48),
    ("1.7976931348623157e308", "f64", 0x7FEFFFFFFFFFFFFF), ("5e-324", "f64", 1), ("1e-45", "f32", 1),
    ("3.4028235677973362e38", "f32", 0x7F7FFFFF), ("16777217", "f32", 0x4B800000),
    ("1e300", "f64", 0x7E37E43C8800759C), ("null", "externref", None),
])  # fmt: skip
def test_a_number_is_its_bits(text, kind, bits):
    values.check(text)
    assert values.bits(text, kind) == bits


@pytest.mark.parametrize(("text", "bits"), [
    ("1.000000059604644775390624", 0x3F800000), ("1.000000059604644775390625", 0x3F800000),
    ("1.0000000596046447753906250000000000000001", 0x3F800001),
    ("1.0000001788139343261718749999999999999999", 0x3F800001), ("1.000000178813934326171875", 0x3F800002),
])  # fmt: skip
def test_a_float_is_rounded_once(text, bits):
    """What is next to the middle of two: by way of a double it would go to the wrong one."""
    assert values.bits(text, "f32") == bits


@pytest.mark.parametrize(("text", "kind"), [
    ("4294967296", "i32"), ("-2147483649", "i32"), ("1.5", "i32"), ("1.0", "i32"), ("1e3", "i64"), ("nan", "i32"),
    ("inf", "i64"), ("18446744073709551616", "i64"), ("-9223372036854775809", "i64"), ("null", "i32"),
    ("1e39", "f32"), ("3.4028236e38", "f32"), ("1e309", "f64"), ("9" * 400, "f64"), ("nan:0x0", "f32"),
    ("nan:0x800000", "f32"), ("1", "externref"), ("9" * 5000, "i64"),
])  # fmt: skip
def test_what_does_not_fit_is_wrong_usage(text, kind):
    with pytest.raises(UsageError, match=f"is no {kind}; "):
        values.bits(text, kind)


@pytest.mark.parametrize("text", ["two", "", "1,5", "0xfg", "nan:1", "--1", "1e", "None"])
def test_what_is_no_number_at_all_is_told_before_the_board_is_asked(text):
    with pytest.raises(UsageError, match="is no number; give for example"):
        values.check(text)


@pytest.mark.parametrize(("bits", "kind", "text"), [
    (-1, "i32", "-1"), (7, "i64", "7"), (0x7FC00000, "f32", "nan"), (-(1 << 22), "f32", "-nan"),
    (0x7F800001, "f32", "nan:0x1"), (0x7F800000, "f32", "inf"), (0xFFF0 << 48, "f64", "-inf"),
    (0x3DCCCCCD, "f32", "0.1"), (0x7F7FFFFF, "f32", "3.4028235e+38"), (0x4B800000, "f32", "16777216.0"),
    (1, "f32", "1e-45"), (1, "f64", "5e-324"), (0x7FEFFFFFFFFFFFFF, "f64", "1.7976931348623157e+308"),
    (1 << 63, "f64", "-0.0"), (None, "funcref", "null"), (0, "externref", "externref"),
])  # fmt: skip
def test_bits_are_shown_as_a_number(bits, kind, text):
    assert values.shown(bits, kind) == text


@given(F32)
def test_each_f32_reads_as_itself(bits):
    assert values.bits(values.shown(bits, "f32"), "f32") == bits


@given(F64)
def test_each_f64_reads_as_itself(bits):
    assert values.bits(values.shown(bits, "f64"), "f64") == bits


@given(st.integers(0, 0x7F7FFFFE), st.integers(-3, 3))
def test_what_is_near_the_middle_of_two_goes_to_the_nearer(bits, nudge):
    low, high = Fraction(f32(bits)), Fraction(f32(bits + 1))
    exact = (low + high) / 2 + nudge * Fraction(1, 10**400)
    scaled = exact * 10**420
    text = f"{round(scaled)}e-420"
    expected = bits if nudge < 0 else bits + 1 if nudge > 0 else bits + (bits & 1)
    if math.isfinite(f32(bits + 1)):
        assert values.bits(text, "f32") == expected
