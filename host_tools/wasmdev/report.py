"""The contents of a module as rows of tables."""

from __future__ import annotations

from typing import Any

from wasmdev.modules import signature


def sections(module: Any) -> list[tuple[str, str, int]]:
    """Name, offset in the file and size of each section, the size with its header."""
    from wasmc.sections import CUSTOM, NAMES

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
    from wasmc.instructions import Instructions
    from wasmc.opcodes import OPCODES

    found = {"multi-value"} if any(len(results) > 1 for _, results in module.types) else set()
    if any(page_size != 16 for _, _, page_size in module.memories):
        found.add("custom-page-sizes")
    if len(module.tables) > 1:
        found.add("reference-types")
    for body in module.bodies:
        code = Instructions(module.data, body.start, body.end, "function")
        while code.pos < body.end:
            found.add(OPCODES[code.next()][3])
    return sorted(found - {""})


def _what(module: Any, kind: int, index: int) -> str:
    from wasmc.module import FUNC, GLOBAL, KINDS, MEMORY, TABLE
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
