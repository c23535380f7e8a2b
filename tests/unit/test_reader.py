"""Values and framing: LEB128, names, vectors and what is cut off."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wasmc import WasmError
from wasmc.binary.reader import Reader


def reader(data: bytes) -> Reader:
    return Reader(data, 0, len(data), "test")


def unsigned(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def signed(value: int) -> bytes:
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value & 0x7F])


@given(st.integers(0, 2**32 - 1), st.integers(0, 4))
def test_u32(value: int, padding: int) -> None:
    data = unsigned(value)
    if len(data) + padding <= 5 and padding:
        data = data[:-1] + bytes([data[-1] | 0x80]) + b"\x80" * (padding - 1) + b"\x00"
    cursor = reader(data + b"\xff")
    assert cursor.u32() == value
    assert cursor.pos == len(data)


@given(st.sampled_from([32, 33, 64]), st.data())
def test_signed(bits: int, data: st.DataObject) -> None:
    value = data.draw(st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))
    encoded = signed(value)
    cursor = reader(encoded + b"\xff")
    assert cursor.signed(bits) == value
    assert cursor.pos == len(encoded)


@pytest.mark.parametrize(
    ("data", "bits", "message", "offset"),
    [
        ("8080808080 00", 0, "integer representation too long", 4),
        ("80808080 10", 0, "integer too large", 4),
        ("8080", 0, "unexpected end", 2),
        ("8080808080 00", 32, "integer representation too long", 4),
        ("80808080 08", 32, "integer too large", 4),
        ("ffffffff 4f", 32, "integer too large", 4),
        ("ffffffff 0f", 32, "integer too large", 4),
        ("80808080 10", 33, "integer too large", 4),
        ("808080808080808080 01", 64, "integer too large", 9),
        ("808080808080808080 7e", 64, "integer too large", 9),
        ("80808080808080808080 00", 64, "integer representation too long", 9),
    ],
)
def test_bad_integer(data: str, bits: int, message: str, offset: int) -> None:
    cursor = reader(bytes.fromhex(data))
    with pytest.raises(WasmError, match=message) as caught:
        cursor.signed(bits) if bits else cursor.u32()
    assert (caught.value.kind, caught.value.offset) == ("malformed", offset)


@given(st.binary(max_size=12))
@example(b"\xed\xa0\x80")
@example(b"\xc0\x80")
@example(b"\xf4\x90\x80\x80")
@example(b"\xef\xbb\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf")
def test_name(text: bytes) -> None:
    cursor = reader(bytes([len(text)]) + text)
    try:
        expected = text.decode()
    except UnicodeDecodeError:
        with pytest.raises(WasmError, match="malformed UTF-8 encoding"):
            cursor.name()
    else:
        assert cursor.name() == expected


def test_name_longer_than_the_rest() -> None:
    with pytest.raises(WasmError, match="length out of bounds") as caught:
        reader(b"\x05abc").name()
    assert (caught.value.offset, caught.value.expected) == (0, "name of at most 3 bytes")


def test_count_is_held_against_the_bytes_left() -> None:
    with pytest.raises(WasmError, match="unexpected end") as caught:
        reader(b"\xff\xff\xff\xff\x0fabc").count()
    assert caught.value.expected == "4294967292 more bytes of the test"
