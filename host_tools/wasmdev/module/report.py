"""The contents of a module as rows of tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmdev.module.modules import signature


def sections(module: Any) -> list[tuple[str, str, int]]:
    """Name, offset in the file and size of each section, the size with its header."""
    from wasmc.binary.sections import CUSTOM, NAMES

    customs = iter(module.customs)
    rows = []
    for number, start, end in module.sections:
        name = f"custom {next(customs)[0]!r}" if number == CUSTOM else NAMES[number]
        rows.append((name, f"0x{start:x}", end - start))
    return rows


def imports(module: Any) -> list[tuple[str, str, str]]:
    """Module, name and type of each import."""
    return [(space, name, _what(module, kind, index)) for space, name, kind, index in module.imports]


def exports(module: Any) -> list[tuple[str, str]]:
    """Name and type of each export."""
    return [(name, _what(module, kind, index)) for name, kind, index in module.exports]


def features(module: Any) -> list[str]:
    """The proposals beyond WebAssembly 1.0 whose instructions or declarations it uses."""
    from wasmc.binary.instructions import Instructions
    from wasmc.opcodes import OPCODES

    found = {"multi-value"} if any(len(results) > 1 for _, results in module.types) else set()
    if any(page_size != 16 for _, _, page_size in module.memories):
        found.add("custom-page-sizes")
    if module.compact:
        found.add("compact-import-section")
    if len(module.tables) > 1:
        found.add("reference-types")
    for body in module.bodies:
        code = Instructions(module.data, body.start, body.end, "function")
        while code.pos < body.end:
            found.add(OPCODES[code.next()][3])
    for start, end in _constants(module):
        code = Instructions(module.data, start, end, "constant expression")
        while code.pos < end:
            name, _, _, feature = OPCODES[code.next()]
            found.add("extended-const" if name[4:] in ("add", "sub", "mul") else feature)
    return sorted(found - {""})


def _constants(module: Any) -> Iterator[tuple[int, int]]:
    """Where its constant expressions begin and end."""
    yield from module.global_inits
    for segment in [*module.elements, *module.segments]:
        if segment.offset:
            yield segment.offset
    for element in module.elements:
        if element.expressions:
            yield from element.items


def _what(module: Any, kind: int, index: int) -> str:
    from wasmc.binary.module import FUNC, GLOBAL, KINDS, MEMORY, TABLE
    from wasmc.opcodes import type_name

    if kind == FUNC:
        return f"{KINDS[kind]} {signature(module, index)}"
    if kind == GLOBAL:
        valtype, mutable = module.globals[index]
        return f"{KINDS[kind]} {'mut ' if mutable else ''}{type_name(valtype)}"
    if kind == TABLE:
        reftype, minimum, maximum = module.tables[index]
        return f"{KINDS[kind]} {_limits(minimum, maximum)} {type_name(reftype)}"
    assert kind == MEMORY
    return f"{KINDS[kind]} {_limits(*module.memories[index][:2])} pages"


def _limits(minimum: int, maximum: int | None) -> str:
    return str(minimum) if maximum is None else f"{minimum}..{maximum}"
