"""Raw modules that are made to break the compiler on a board, or what comes after it."""

from __future__ import annotations

import random

from tests.mutants import mutants
from tests.samples import SAMPLES
from tests.unit.large import HEADER, MANY_RESULTS, SHAPES, body, functions, name, number, one, section, vector
from tests.wat import wat

FUNCTION = section(1, vector([b"\x60\0\0"])) + section(3, vector([b"\0"]))
MOST = 0xFFFFFFFF


def _lies() -> dict[str, bytes]:
    """Counts and sizes that are beyond the bytes that are there."""
    found = {}
    for id_ in (*range(1, 13), 0):
        found[f"section {id_} of 4 GB"] = HEADER + bytes((id_,)) + number(MOST)
        found[f"section {id_} of 2^32 entries"] = HEADER + section(id_, number(MOST))
        found[f"section {id_} of 2^20 entries"] = HEADER + section(id_, number(1 << 20) + bytes(100))
    for what, code in (
        ("labels", b"\x41\0\x0e" + number(MOST)),
        ("types of a select", b"\x1c" + number(MOST)),
        ("a label", b"\x0c" + number(MOST)),
        ("a local", b"\x20" + number(MOST)),
        ("a global", b"\x23" + number(MOST)),
        ("a function", b"\x10" + number(MOST)),
        ("a type", b"\x41\0\x11" + number(MOST) + b"\0"),
        ("a block's type", b"\2" + number(0x7FFFFFFF)),
        ("an offset", b"\x41\0\x28\2" + number(MOST) + b"\x1a"),
        ("an alignment", b"\x41\0\x28" + number(31) + b"\0\x1a"),
        ("a data segment", b"\xfc\x09" + number(MOST)),
        ("an instruction", b"\xfc" + number(MOST)),
    ):
        found[f"2^32 in {what}"] = one(code)
    found["a body of 4 GB"] = HEADER + FUNCTION + section(10, b"\1" + number(MOST))
    found["locals of 4 GB"] = one(b"", b"\2" + number(MOST) + b"\x7f" + number(MOST) + b"\x7e")
    found["a name of 4 GB"] = HEADER + section(2, b"\1" + number(MOST) + b"a")
    memory = section(5, vector([b"\0\1"]))
    data = section(11, b"\1\0\x41\0\x0b" + number(MOST))
    found["data of 4 GB"] = HEADER + memory + data
    return found


def _edges() -> dict[str, bytes]:
    """Just what is allowed, or just beyond it."""
    table, memory = section(4, vector([b"\x70\0" + number(1)])), section(5, vector([b"\0\1"]))
    spin = section(8, b"\0") + section(10, vector([body(b"\3\x40\x0c\0\x0b")]))
    return {
        "50,000 locals": one(b"", b"\1" + number(50_000) + b"\x7f"),
        "50,000 locals of 64 bits": one(b"", b"\1" + number(50_000) + b"\x7e"),
        "50,001 locals": one(b"", b"\1" + number(50_001) + b"\x7f"),
        "65,536 pages": HEADER + section(5, vector([b"\0" + number(65_536)])),
        "a table of 2^32 - 1": HEADER + section(4, vector([b"\x70\0" + number(MOST)])),
        "a table of 2^24": HEADER + section(4, vector([b"\x70\0" + number(1 << 24)])) + section(7, vector([
            name("t") + b"\1\0"])),
        "pages of a byte": HEADER + section(5, vector([b"\x08" + number(MOST) + b"\0"])),
        "data before the beginning": HEADER + memory + section(11, vector([b"\0\x41\x7f\x0b" + name("ab")])),
        "data at the end": HEADER + memory + section(11, vector([b"\0\x41\xff\xff\3\x0b" + name("ab")])),
        "elements at the end": HEADER + FUNCTION + table + section(9, vector([b"\0\x41\1\x0b\1\0"])) + section(
            10, vector([body(b"")])),
        "a start that never ends": HEADER + FUNCTION + spin,
        "a name of 65,536 bytes": HEADER + section(2, vector([name("n" * 65_536) + name("f") + b"\3\x7f\0"])),
        "names that are no UTF-8": HEADER + section(7, vector([b"\2\xc3\x28\2\0"])),
        "a name that ends names": functions([body(b"")]) + section(0, name("name") + b"\1\xff\xff\xff\xff\x0f"),
        "a start with parameters": HEADER + section(1, vector([b"\x60\1\x7f\0"])) + section(
            3, vector([b"\0"])) + section(8, b"\0") + section(10, vector([body(b"")])),
        "a thousand parameters": HEADER + section(1, vector([b"\x60" + vector([b"\x7e"] * 1000) + b"\0"])) +
        section(3, vector([b"\0"])) + section(10, vector([body(b"")])),
        "a thousand results": HEADER + MANY_RESULTS + section(3, vector([b"\1"])) + section(
            10, vector([body(b"\x41\1" * 1000)])),
        "no end": HEADER + FUNCTION + section(10, vector([b"\2\0\1"])),
        "an else of nothing": one(b"\5"),
        "ends of nothing": one(b"\x0b" * 100),
    }  # fmt: skip


def _large() -> dict[str, bytes]:
    """Large in one way, with the heap of a board."""
    return {f"{size:,} {shape}": make(size) for shape, make in SHAPES.items() for size in (300, 3000)}


def _mutants() -> dict[str, bytes]:
    """Broken modules, and those among them that are valid all the same."""
    found = {}
    for title, text in SAMPLES.items():
        for i, mutant in enumerate(mutants(wat(text), f"hostile {title}", 40)):
            found[f"mutant {i} of {title}"] = mutant
    chance = random.Random(1)
    for i in range(40):
        found[f"noise {i}"] = one(chance.randbytes(chance.randrange(1, 60)))
    return found


HOSTILE = _lies() | _edges() | _large() | _mutants()
