"""disassemble(): every shape of an instruction by hand, and that whole images are read without a gap."""

import re

import pytest
import wasmc
from wasmc.image import file
from wasmc.image.disassemble import disassemble, instruction
from wasmc.image.isa import IMMEDIATE, KERNELS, OPS, TRAPS, VERSION, kernel

from tests.bench.suite import load
from tests.samples import SAMPLES
from tests.wat import wat


def encode(name: str, a: int, b: int, c: int, *words: int, flag: int = 0) -> bytes:
    first = bytes((OPS[name][0] | flag, a, b, c))
    return first + b"".join((word & 0xFFFFFFFF).to_bytes(4, "little") for word in words)


def halves(low: int, high: int) -> int:
    return low | high << 16


# Cells are told apart, the 16-bit number 0x0201 in bytes b and c is 513.
SHAPES = {
    "alu": [(encode("i32.sub", 1, 2, 3), "i32.sub", "r1, r2, r3")],
    "cond": [
        (encode("br_if lt_s", 1, 2, 0, 0x40), "br_if lt_s", "r1, r2, @40"),
        (encode("br_if ne", 1, 0, 0, -7, 0x41, flag=IMMEDIATE), "br_if ne", "r1, -7, @40 back"),
    ],
    "test": [(encode("br_if zero", 9, 0, 0, 0x41), "br_if zero", "r9, @40 back")],
    "load": [
        (encode("i32.load", 1, 2, 0, 20), "i32.load", "r1, [r2 + 16]"),
        (encode("i64.load", 1, 2, 0, 8), "i64.load", "r1, [r2 + 0]"),
        (encode("i32.load16_s", 1, 2, 0, 18), "i32.load16_s", "r1, [r2 + 16]"),
        (encode("i32.load8_u", 1, 2, 0, -1), "i32.load8_u", "r1, [r2 + 4294967294]"),
    ],
    "store": [
        (encode("i32.store8", 1, 2, 0, 17), "i32.store8", "[r2 + 16], r1"),
        (encode("i64.store", 1, 2, 0, 24), "i64.store", "[r2 + 16], r1"),
    ],
    "cell": [(encode("copy2", 1, 2, 0), "copy2", "r1, r2")],
    "const": [(encode("const", 1, 0, 0, -2), "const", "r1, -2")],
    "const2": [(encode("const2", 1, 0, 0, 0x89ABCDEF, 0x1234567), "const2", "r1, 0x123456789abcdef")],
    "select": [(encode("select", 1, 2, 3, 4), "select", "r1, r2, r3, r4")],
    "global": [
        (encode("global.get", 5, 1, 2), "global.get", "r5, g513"),
        (encode("global.set", 5, 1, 2), "global.set", "g513, r5"),
    ],
    "far": [(encode("copy.far", 0, 0, 0, halves(300, 4)), "copy.far", "r300, r4")],
    "br": [(encode("br", 0, 0, 0, 0x40), "br", "@40")],
    "table": [(encode("br_table", 1, 0, 0, 2, 0x40, 0x51, 0x60), "br_table", "r1, @40, @50 back, @60")],
    "call": [
        (encode("call", 0, 1, 2, 0x40), "call", "frame r513, @40"),
        (encode("call_import", 0, 1, 2, 16), "call_import", "frame r513, import 16"),
    ],
    "calli": [
        (
            encode("call_indirect", 7, 1, 2, halves(3, 4)),
            "call_indirect",
            "frame r513, r7, type 3, table 4",
        )
    ],
    "tail": [
        (
            encode("return_call", 0, 1, 2, 0x40, halves(5, 6)),
            "return_call",
            "frame r513, @40, 5 cells, link r6",
        ),
        (
            encode("return_call_indirect", 7, 1, 2, halves(3, 4), halves(5, 6)),
            "return_call_indirect",
            "frame r513, r7, type 3, table 4, 5 cells, link r6",
        ),
    ],
    "return": [
        (encode("return", 0, 1, 2), "return", "link r513"),
        (encode("return1", 8, 1, 2), "return1", "r8, link r513"),
    ],
    "kernel": [
        (encode("kernel", 1, 2, 3, kernel("f64.mul")), "kernel", "f64.mul, r1, r2, r3"),
        (
            encode("kernel", 1, 2, 3, kernel("i32.trunc_f64_u")),
            "kernel",
            "i32.trunc_f64_u, r1, r2, r3",
        ),
        (
            encode("kernel", 1, 2, 3, kernel("table.copy"), halves(4, 5)),
            "kernel",
            "table.copy, r1, r2, r3, 4, 5",
        ),
    ],
    "trap": [
        (encode("trap", 2, 0, 0), "trap", TRAPS[2]),
        (encode("exit", 0, 0, 0), "exit", ""),
    ],
    "native": [(encode("native", 0, 3, 1), "native", "state 259")],
}


@pytest.mark.parametrize("shape", sorted({shape for _, shape in OPS.values()}))
def test_shape(shape: str) -> None:
    for code, name, operands in SHAPES[shape]:
        assert OPS[name][1] == shape
        assert instruction(b"\xff" * 4 + code + b"\xff" * 8, 4) == (name, operands, len(code))


def test_immediate_of_every_alu_instruction() -> None:
    for name, (_, shape) in OPS.items():
        if shape == "alu":
            code = encode(name, 1, 2, 0, -5, flag=IMMEDIATE)
            assert instruction(code, 0) == (name, "r1, r2, -5", 8)


def test_every_kernel_has_its_name() -> None:
    names = [
        instruction(encode("kernel", 0, 0, 0, group * 64 + i, 0), 0)[1].partition(",")[0]
        for group, (_, text) in enumerate(KERNELS)
        for i in range(len(text.split()))
    ]
    assert len(set(names)) == len(names)
    assert [kernel(name) for name in names] == [
        group * 64 + i for group, (_, text) in enumerate(KERNELS) for i in range(len(text.split()))
    ]


def test_what_is_no_instruction() -> None:
    with pytest.raises(ValueError, match="no instruction has the number 0xff, found at 0x4"):
        instruction(bytes(4) + b"\xff\0\0\0", 4)
    used = {number for number, _ in OPS.values()}
    used |= {number | IMMEDIATE for number, shape in OPS.values() if shape in ("alu", "cond")}
    for number in set(range(256)) - used:
        with pytest.raises(ValueError, match="no instruction"):
            instruction(bytes((number,)) + bytes(11), 0)


OFFSET = re.compile("    ([0-9a-f]{4,})  ")
TARGET = re.compile("@([0-9a-f]+)")
TITLE = re.compile("([0-9a-f]{4,}): (function [0-9]+): frame ")


@pytest.mark.parametrize(
    "binary",
    [
        *(pytest.param(wat(text), id=name) for name, text in SAMPLES.items()),
        *(pytest.param(each.module, id=each.name) for each in load()),
    ],
)
def test_whole_image(binary: bytes) -> None:
    """All that is branched to or called begins where a line does, so no instruction was read amiss."""
    lines = list(disassemble(wasmc.compile(binary)))
    starts = {int(found[1], 16) for found in map(OFFSET.match, lines) if found}
    titles = {int(found[1], 16): found[2] for found in map(TITLE.match, lines) if found}
    assert len(starts) + len(titles) == len(lines)
    module = wasmc.decode(binary)
    defined = range(len(module.functions) - len(module.bodies), len(module.functions))
    assert list(titles.values()) == [f"function {i}" for i in defined]
    for line in lines[1:]:
        for target in TARGET.findall(line):
            place = int(target, 16)
            assert place in (titles if "call" in line else starts)


def test_image_without_functions() -> None:
    code = encode("call", 0, 0, 0, 0) + encode("exit", 0, 0, 0)
    empty = file.parts(VERSION, 0, bytes(8), ([code], [], [], [], [], []), [], [], [], [], [])
    assert list(disassemble(b"".join(empty))) == ["    0000  call           frame r0, @0", "    0008  exit"]
