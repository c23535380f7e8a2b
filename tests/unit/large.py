"""Modules that are large in one way each, written byte by byte: ``SHAPES`` makes them of a size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

HEADER = b"\0asm\1\0\0\0"
I32, I64, F32, F64 = b"\x7f", b"\x7e", b"\x7d", b"\x7c"


def number(value: int) -> bytes:
    """An unsigned number in LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def section(id_: int, contents: bytes) -> bytes:
    return bytes((id_,)) + number(len(contents)) + contents


def vector(entries: Sequence[bytes]) -> bytes:
    return number(len(entries)) + b"".join(entries)


def name(text: str) -> bytes:
    return number(len(text)) + text.encode()


def body(code: bytes, locals_: bytes = b"\0") -> bytes:
    return number(len(locals_ + code) + 1) + locals_ + code + b"\x0b"


TYPE = section(1, vector([b"\x60\0\0"]))
FUNCTION = section(3, vector([b"\0"]))
EMPTY = section(10, vector([body(b"")]))
MANY_RESULTS = section(1, vector([b"\x60\0\0", b"\x60\0" + vector([I32] * 1000)]))


def functions(bodies: Sequence[bytes]) -> bytes:
    return HEADER + TYPE + section(3, vector([b"\0"] * len(bodies))) + section(10, vector(bodies))


def one(code: bytes, locals_: bytes = b"\1\1\x7f") -> bytes:
    """One function, with a memory and a local."""
    memory = section(5, vector([b"\0\1"]))
    return HEADER + TYPE + FUNCTION + memory + section(10, vector([body(code, locals_)]))


def imports(size: int) -> bytes:
    return HEADER + TYPE + section(2, vector([name("env") + name(f"f{i}") + b"\0\0" for i in range(size)]))


def customs(size: int) -> bytes:
    return HEADER + section(0, name("a")) * size


def name_sections(size: int) -> bytes:
    return functions([body(b"")]) + section(0, name("name") + b"\1\3\1\0\0") * size


def names(size: int) -> bytes:
    subsection = section(1, vector([number(i) + name(f"f{i}") for i in range(size)]))
    return functions([body(b"")] * size) + section(0, name("name") + subsection)


def types(size: int) -> bytes:
    made = [vector([(I32, I64, F32, F64)[i >> 2 * k & 3] for k in range(6)]) for i in range(size)]
    return HEADER + section(1, vector([b"\x60" + parameters + b"\0" for parameters in made]))


def exports(size: int) -> bytes:
    return HEADER + TYPE + FUNCTION + section(7, vector([name(f"e{i}") + b"\0\0" for i in range(size)])) + EMPTY


def globals_(size: int) -> bytes:
    later = [b"\x7f\0\x23" + number(i) + b"\x41\1\x6a\x0b" for i in range(size)]
    return HEADER + section(6, vector([b"\x7f\0\x41\1\x0b", *later]))


def long_expression(size: int) -> bytes:
    return HEADER + section(6, vector([b"\x7f\0" + b"\x41\1" * size + b"\x6a" * (size - 1) + b"\x0b"]))


def elements(size: int) -> bytes:
    segments = [b"\0\x41\0\x0b" + vector([b"\0"])] * size
    return HEADER + TYPE + FUNCTION + section(4, vector([b"\x70\0\1"])) + section(9, vector(segments)) + EMPTY


def items(size: int) -> bytes:
    segment = b"\4\x41\0\x0b" + vector([b"\xd2\0\x0b"] * size)
    return HEADER + TYPE + FUNCTION + section(4, vector([b"\x70\0\1"])) + section(9, vector([segment])) + EMPTY


def segments(size: int) -> bytes:
    return HEADER + section(5, vector([b"\0\1"])) + section(11, vector([b"\0\x41\0\x0b" + name("x")] * size))


def looping_functions(size: int) -> bytes:
    memory = section(5, vector([b"\0\1"]))
    code = section(10, vector([body(b"\3\x40\x41\0\x41\5\x36\2\0\x0b")] * size))
    return HEADER + TYPE + section(3, vector([b"\0"] * size)) + memory + code


def chain(size: int) -> bytes:
    return functions([body(b"\x10" + number(i + 1)) for i in range(size - 1)] + [body(b"")])


def calls_out(size: int) -> bytes:
    imported = section(2, vector([name("env") + name("f") + b"\0\0"]))
    code = body(b"\2\x40" * size + b"\x10\0" * size + b"\x0b" * size)
    return HEADER + TYPE + imported + FUNCTION + section(10, vector([code]))


def many_results(size: int) -> bytes:
    code = b"\2\1" + b"\x41\1" * 1000 + b"\x41\1\x0d\0" * size + b"\x0b" + b"\x1a" * 1000
    return HEADER + MANY_RESULTS + FUNCTION + section(10, vector([body(code)]))


def many_labels(size: int) -> bytes:
    """Two labels of a thousand results each, by turns, where the operands are unknown."""
    labels = b"\0\1" * size + b"\0"
    code = b"\2\1" * 2 + b"\0\x0e" + number(2 * size) + labels + b"\x0b" * 2 + b"\x1a" * 1000
    return HEADER + MANY_RESULTS + FUNCTION + section(10, vector([body(code)]))


# Nested blocks are opened, then closed; operands are pushed, then dropped.
SHAPES: dict[str, Callable[[int], bytes]] = {
    "imports": imports,
    "custom sections": customs,
    "name sections": name_sections,
    "names": names,
    "types": types,
    "exports": exports,
    "globals": globals_,
    "a long constant expression": long_expression,
    "element segments": elements,
    "items of a segment": items,
    "data segments": segments,
    "functions": lambda size: functions([body(b"")] * size),
    "functions with loops": looping_functions,
    "a chain of calls": chain,
    "calls of imports in blocks": calls_out,
    "branches with many results": many_results,
    "labels with many results": many_labels,
    "blocks": lambda size: one(b"\2\x40" * size + b"\x0b" * size),
    "loops": lambda size: one(b"\3\x40" * size + b"\x0b" * size),
    "ifs": lambda size: one(b"\x41\1\4\x40" * size + b"\x0b" * size),
    "stores in nested loops": lambda size: one(
        b"\3\x40" * size + b"\x41\0\x41\5\x36\2\0" * size + b"\x0b" * size),
    "branches out of blocks": lambda size: one(
        b"\2\x40" * size + b"".join(b"\x41\0\x0d" + number(i) for i in range(size)) + b"\x0b" * size),
    "targets of a table": lambda size: one(
        b"\2\x40" * size + b"\x41\0\x0e" + vector([number(i) for i in range(size)]) + b"\0" + b"\x0b" * size),
    "comparisons": lambda size: one(b"\x20\0\x41\5\x48\4\x40\x0b" * size),
    "operands": lambda size: one(b"\x20\0" * size + b"\x6a" * (size - 1) + b"\x1a"),
    "operands in a local that is set": lambda size: one(
        b"\x20\0" * size + b"\x41\1\x21\0" * size + b"\x1a" * size),
    "operands in another local": lambda size: one(
        b"\x20\1" * size + b"\x41\1\x21\0" * size + b"\x1a" * size, b"\1\2\x7f"),
    "operands below blocks": lambda size: one(b"\x20\0" * size + b"\2\x40\x0b" * size + b"\x1a" * size),
    "code that is never reached": lambda size: one(b"\0" + b"\2\x40" * size + b"\x0b" * size),
    "locals": lambda size: one(b"", number(size) + b"\1\x7f" * size),
}  # fmt: skip
