"""decode(): what a Module says, and what is no module."""

import pytest
import wasmc
from wasmc.binary.instructions import Instructions
from wasmc.binary.module import ACTIVE, DECLARATIVE, FUNC, GLOBAL, MEMORY, PASSIVE
from wasmc.opcodes import EXTERNREF, F32, F64, FUNCREF, I32, I64, OPCODES, signature

from tests.samples import SAMPLES
from tests.wat import wat

HEADER = b"\0asm\1\0\0\0"


def section(number: int, contents: bytes) -> bytes:
    assert len(contents) < 0x80
    return bytes((number, len(contents))) + contents


def one(number: int, contents: bytes) -> bytes:
    return HEADER + section(number, contents)


def code(*bodies: bytes) -> bytes:
    types = section(1, b"\x01\x60\x00\x00")
    functions = section(3, bytes((len(bodies),)) + b"\x00" * len(bodies))
    sized = b"".join(bytes((len(body),)) + body for body in bodies)
    return HEADER + types + functions + section(10, bytes((len(bodies),)) + sized)


def malformed(binary: bytes) -> wasmc.WasmError:
    with pytest.raises(wasmc.WasmError) as caught:
        wasmc.decode(binary)
    assert caught.value.kind == "malformed"
    return caught.value


def test_memory_sample() -> None:
    module = wasmc.decode(wat(SAMPLES["memory"]))
    assert module.imports == [("env", "log", FUNC, 0), ("env", "base", GLOBAL, 0)]
    assert module.imported(FUNC) == module.imported(GLOBAL) == 1
    assert module.memories == [(1, 16, 16)]
    assert module.globals == [(I32, False), (I32, True), (I32, False), (F64, False)]
    assert ("memory", MEMORY, 0) in module.exports
    assert module.start == 3
    assert module.data_count == 2
    hello, later = module.segments
    assert (hello.mode, later.mode) == (ACTIVE, PASSIVE)
    assert module.data[hello.start : hello.end] == b"Hello"
    customs = {name: module.data[start:end] for name, start, end in module.customs}
    assert customs["note"] == b"dropped by strip"


def test_tables_sample() -> None:
    module = wasmc.decode(wat(SAMPLES["tables"]))
    assert module.tables == [(FUNCREF, 2, None), (FUNCREF, 4, 8), (EXTERNREF, 3, None)]
    active, passive, declarative = module.elements
    assert (active.mode, active.table, active.items) == (ACTIVE, 1, [0, 1])
    assert (passive.mode, passive.expressions, len(passive.items)) == (PASSIVE, True, 2)
    assert declarative.mode == DECLARATIVE


def test_control_sample() -> None:
    module = wasmc.decode(wat(SAMPLES["control"]))
    assert (bytes((F32,)), bytes((F32, I32))) in module.types
    body = module.bodies[1]
    assert body.locals == [(1, I32), (1, I64), (2, F32)]
    assert module.data[body.end - 1] == 0x0B
    assert len(list(module.bodies)) == len(module.functions) == 5


def test_small_pages_sample() -> None:
    assert wasmc.decode(wat(SAMPLES["small_pages"])).memories == [(3240, None, 0)]


def test_cut_within_a_section() -> None:
    binary = wat(SAMPLES["tables"])
    ends = {8} | {end for _, _, end in wasmc.decode(binary).sections}
    for size in set(range(len(binary))) - ends:
        malformed(binary[:size])


def test_instructions() -> None:
    text = bytes.fromhex(
        "41c000 42ff7e 43000080bf 440000000000000040 0e02010203 28028101 fc0c0102 1c017f 0240 027e 0201"
    )
    cursor = Instructions(text, 0, len(text), "test")
    read = []
    while cursor.pos < len(text):
        opcode = cursor.next()
        read.append((opcode, cursor.a))
        assert cursor.row == OPCODES[opcode]
    assert [opcode for opcode, _ in read] == [0x41, 0x42, 0x43, 0x44, 0x0E, 0x28, 0xFC0C, 0x1C, 2, 2, 2]
    assert [a for _, a in read[:4]] == [64, -129, 0xBF800000, 0x4000000000000000]
    assert list(read[4][1]) == [1, 2, 3]
    assert [a for _, a in read[5:]] == [129, 1, b"\x7f", -64, -2, 1]


def test_labels_above_255() -> None:
    text = b"\x0e\x01\xac\x02\x00"
    cursor = Instructions(text, 0, len(text), "test")
    cursor.next()
    assert list(cursor.a) == [300, 0]


def test_table_of_instructions() -> None:
    opcodes = list(OPCODES)
    assert len(opcodes) == len(set(opcodes)) == 203
    assert OPCODES[0x6A] == ("i32.add", "", "ii>i", "")
    assert OPCODES[0xC0] == ("i32.extend8_s", "", "i>i", "sign-extension")
    assert OPCODES[0xFC08] == ("memory.init", "dM", "iii>", "bulk-memory")
    assert signature("iI>F") == (bytes((I32, I64)), bytes((F64,)))
    assert OPCODES.get(0x06) is None
    with pytest.raises(KeyError):
        OPCODES[0xFC12]


@pytest.mark.parametrize(
    ("binary", "message", "offset", "expected"),
    [
        (b"\0as", "unexpected end", 3, "1 more byte of the header"),
        (b"\0asm\1\0\0", "unexpected end", 7, "1 more byte of the header"),
        (b"wasm\1\0\0\0", "magic header not detected", 0, "0061736d, found 7761736d"),
        (b"\0asm\x0d\0\1\0", "unknown binary version", 4, "01000000, found 0d000100"),
        (HEADER + b"\x0d\x00", "malformed section id", 8, "0 to 12, found 13"),
        (HEADER + b"\x01\x7f\x00", "length out of bounds", 9, "type section of at most 1 byte"),
        (one(1, b"\x01\x60\x01"), "unexpected end", 13, "1 more byte of the type section"),
        (one(1, b"\x01\x60\x01\x6e\x00"), "malformed value type", 13, "i32, i64"),
        (one(1, b"\x01\x5f\x00\x00"), "malformed function type", 11, "60"),
        (one(1, b"\x00\x00"), "section size mismatch", 11, "the end of the type section"),
        (one(1, b"\xff\xff\xff\xff\x0f"), "unexpected end", 15, "4294967295 more bytes"),
        (one(3, b"\x00") + section(1, b"\x00"), "unexpected content after last section", 11, "after the fu"),
        (one(2, b"\x01\x00\x00\x04"), "malformed import kind", 13, "0 to 3, found 4"),
        (one(2, b"\x01\x01\xff\x00\x00\x00"), "malformed UTF-8 encoding", 12, "UTF-8"),
        (one(4, b"\x01\x7f\x00\x00"), "malformed reference type", 11, "funcref or externref"),
        (one(5, b"\x01\x04\x00"), "malformed limits flags", 11, "no bits but 0x09, found 0x04"),
        (one(5, b"\x01\x08\x00\x41"), "invalid custom page size", 13, "0 or 16 as its log2"),
        (one(6, b"\x01\x7f\x02\x41\x00\x0b"), "malformed mutability", 12, "00 or 01, found 02"),
        (one(6, b"\x01\x7f\x00\xff\x0b"), "illegal opcode ff", 13, "an instruction"),
        (one(6, b"\x01\x7f\x00\xfc\x12"), "illegal opcode fc 12", 13, "an instruction"),
        (one(6, b"\x01\x7f\x00\x41\x00"), "unexpected end", 15, "1 more byte of the global"),
        (one(7, b"\x01\x00\x04\x00"), "malformed export kind", 12, "0 to 3, found 4"),
        (one(9, b"\x01\x08"), "malformed elements segment kind", 11, "0 to 7, found 8"),
        (one(9, b"\x01\x01\x01\x00"), "malformed element kind", 12, "00"),
        (one(11, b"\x01\x03"), "malformed data segment kind", 11, "0 to 2, found 3"),
        (one(12, b"\x01"), "data count and data section have", 11, "1 data segments"),
        (one(10, b"\x01\x02\x00\x0b"), "function and code section have", 11, "0 function bodies"),
        (code(b"\x02\xd0\x86\x03\x7f\x01\x7e\x0b"), "too many locals", 27, "at most 50000"),
        (code(b"\x02\xff\xff\xff\xff\x0f\x7f\x02\x7e\x0b"), "too many locals", 23, "at most 50000"),
    ],
)
def test_malformed(binary: bytes, message: str, offset: int, expected: str) -> None:
    error = malformed(binary)
    assert error.message.startswith(message)
    assert error.offset == offset
    assert expected in error.expected


def test_error_is_one_line() -> None:
    text = str(malformed(HEADER + b"\x0d\x00"))
    assert text == "malformed module: malformed section id at offset 0x8, expected 0 to 12, found 13"


def test_too_many_parameters() -> None:
    binary = HEADER + b"\x01\xee\x07\x01\x60\xe9\x07" + b"\x7f" * 1001 + b"\x00"
    error = malformed(binary)
    assert (error.message, error.offset) == ("too many parameters", 13)
