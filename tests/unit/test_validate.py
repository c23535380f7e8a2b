"""validate(): the rules, where each was broken, and what would have been right there."""

import pytest
import wasmc

from tests.samples import SAMPLES
from tests.wat import wat


def invalid(binary: bytes) -> wasmc.WasmError:
    with pytest.raises(wasmc.WasmError) as caught:
        wasmc.validate(wasmc.decode(binary))
    assert caught.value.kind == "invalid"
    return caught.value


@pytest.mark.parametrize("name", SAMPLES)
def test_valid(name: str) -> None:
    wasmc.validate(wasmc.decode(wat(SAMPLES[name])))


# The offset is that of the byte given, the last such in the module where there are several.
@pytest.mark.parametrize(
    ("text", "message", "byte", "expected"),
    [
        ("(func (i64.const 0) (i32.eqz) (drop))", "type mismatch", 0x45, "i32, found i64"),
        ("(func (drop))", "type mismatch", 0x1A, "an operand, found nothing"),
        ("(func (result f32))", "type mismatch", 0x0B, "f32, found nothing"),
        ("(func (i32.const 7))", "type mismatch", 0x0B, "an empty stack, found i32"),
        ("(func (unreachable) (i32.const 7))", "type mismatch", 0x0B, "an empty stack, found i32"),
        (
            "(func (drop (if (result i32) (i32.const 1) (then (i32.const 5)))))",
            "type mismatch", None, "an else",
        ),
        (
            "(func (param externref) local.get 0 local.get 0 i32.const 1 select drop)",
            "type", 0x1B, "a number",
        ),
        ("(func (drop (ref.is_null (f64.const 0))))", "type mismatch", 0xD1, "a reference, found f64"),
        ("(func (result i32) (return_call 1)) (func)", "type mismatch", 0x12, "returns (i32), found ()"),
        (
            "(func (block (result i32) (br_table 0 1 (i32.const 1) (i32.const 1))) (drop))",
            "type mismatch",
            0x0E,
            "labels of 0 operands, found one of 1",
        ),
        ("(func (local i32) (drop (local.get 1)))", "unknown local 1", 0x20, "an index below 1"),
        ("(func (local.set 0 (i32.const 9)))", "unknown local 0", 0x21, "at all"),
        (
            "(func (drop (global.get 3))) (global i32 (i32.const 1))",
            "unknown global 3", 0x23, "an index below 1",
        ),
        (
            "(global i32 (i32.const 1)) (func i32.const 1 global.set 0)",
            "global is immutable", 0x24, "mutable",
        ),
        ("(func (br 0) (br 1))", "unknown label 1", None, "an index below 1"),
        ("(func (call 7))", "unknown function 7", 0x10, "an index below 1"),
        ("(func (call_indirect (type 0) (i32.const 0)))", "unknown table 0", 0x11, "at all"),
        ("(func (drop (i32.load (i32.const 0))))", "unknown memory 0", 0x28, "at all"),
        (
            "(memory 1) (func (drop (i32.load align=8 (i32.const 0))))",
            "alignment", 0x28, "at most 4, found 8",
        ),
        ("(table 1 externref) (func (call_indirect (i32.const 0)))", "type mismatch", 0x11, "funcref"),
        ("(func (drop (ref.func 0)))", "undeclared function reference", 0xD2, "an export"),
        ("(global i32 (i32.clz (i32.const 1)))", "constant expression required", 0x67, "found i32.clz"),
        ("(global i32 (i64.const 1))", "type mismatch", 0x0B, "i32, found i64"),
        ("(global i32 (global.get 0))", "unknown global 0", 0x23, "a global that stands before this one"),
        ("(global i32 (global.get 2))", "unknown global 2", 0x23, "an index below 1"),
        (
            "(global i32 (global.get 1)) (global i32 (i32.const 1))",
            "unknown global 1", 0x23, "a global that stands before this one",
        ),
        (
            "(global (mut i32) (i32.const 1)) (global i32 (global.get 0))",
            "constant expression required", 0x23, "a global that is immutable",
        ),
        (
            '(memory 1) (global (mut i32) (i32.const 1)) (data (global.get 0) "a")',
            "constant expression required", 0x23, "a global that is immutable",
        ),
        (
            '(memory 1) (global i32 (i32.const 1)) (data (global.get 1) "a")',
            "unknown global 1", 0x23, "an index below 1",
        ),
        (
            "(table 1 funcref) (global (mut funcref) (ref.null func))"
            " (elem (i32.const 0) funcref (item (global.get 0)))",
            "constant expression required", 0x23, "a global that is immutable",
        ),
    ],
)
def test_code(text: str, message: str, byte: int | None, expected: str) -> None:
    binary = wasmc.strip(wat(f"(module {text})"))
    error = invalid(binary)
    assert error.message.startswith(message)
    assert expected in error.expected
    if byte is not None:
        assert error.offset == binary.rindex(byte)


@pytest.mark.parametrize(
    ("text", "message", "entry", "expected"),
    [
        ("(memory 1) (memory 2)", "multiple memories", "0002", "one memory at most"),
        ("(memory 3 2)", "size minimum must not be greater", "010302", "at most 2, found 3"),
        ("(memory 65537)", "memory size must be at most 65536", "00818004", "fewer, found 65537"),
        ("(memory 1 (pagesize 2))", "invalid custom page size", "080101", "1 or 65536, found 2**1"),
        ("(table 0 funcref) (table 9 8 funcref)", "size minimum must not", "70010908", "at most 8, found 9"),
        ('(func) (func (export "a")) (export "b" (func 2))', "unknown function 2", "01620002", "below 2"),
        ('(func (export "a") (export "a"))', "duplicate export name", "01610000", "another name than 'a'"),
        ("(func (param i32)) (start 0)", "start function", "00", "without parameters and results"),
        ("(start 0)", "unknown function 0", "00", "no function at all"),
        ("(elem (table 4) (i32.const 0) func)", "unknown table 4", "0204", "at all"),
        (
            "(table 1 externref) (elem (i32.const 0) func)",
            "type mismatch", "0041", "externref, found funcref",
        ),
        ("(elem func 5)", "unknown function 5", "01000105", "at all"),
        ('(data (i32.const 0) "x")', "unknown memory 0", "0041000b", "at all"),
    ],
)
def test_module(text: str, message: str, entry: str, expected: str) -> None:
    binary = wasmc.strip(wat(f"(module {text})"))
    error = invalid(binary)
    assert error.message.startswith(message)
    assert binary[error.offset :].startswith(bytes.fromhex(entry)), binary[error.offset :].hex()
    assert expected in error.expected


def test_unknown_type_is_found_in_its_section() -> None:
    binary = bytes.fromhex("0061736d01000000 0104 01600000 0304 0300 0005 0a0a 03 02000b 02000b 02000b")
    error = invalid(binary)
    assert (error.message, error.offset, error.expected) == ("unknown type 5", 19, "an index below 1")


def test_instructions_are_read_while_validating() -> None:
    binary = wat("(module (func (nop) (nop)))").replace(b"\x01\x01\x0b", b"\x01\xff\x0b")
    module = wasmc.decode(binary)
    with pytest.raises(wasmc.WasmError, match="illegal opcode ff") as caught:
        wasmc.validate(module)
    assert caught.value.kind == "malformed"
    assert binary[caught.value.offset] == 0xFF


def test_deep_nesting() -> None:
    depth = 50_000
    wasmc.validate(wasmc.decode(wat("(module (func %s %s))" % ("block " * depth, "end " * depth))))
