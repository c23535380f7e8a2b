"""Names of functions: stripped from what goes to a board, kept on the host to read traps with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wasmdev import folders

_FUNCTION_NAMES = 1  # the subsection (appendix "Custom Sections" of the spec)


def function_names(binary: bytes, module: Any) -> dict[int, str]:
    """Names by function index: those of the name section, else of exports, else of imports."""
    from wasmc.binary.module import FUNC

    imported = [f"{space}.{name}" for space, name, kind, _ in module.imports if kind == FUNC]
    names = dict(enumerate(imported))
    for name, kind, index in module.exports:
        if kind == FUNC:
            names[index] = name
    for name, start, end in module.customs:
        if name == "name":
            names.update(_name_section(binary[start:end]))
    return names


def kept(binary: bytes, module: Any) -> bytes:
    """The module without custom sections but for the one with names, which comes last (spec, appendix)."""
    import wasmc
    from wasmc.binary.sections import CUSTOM

    customs = iter(module.customs)
    parts = [wasmc.strip(binary)]
    for number, start, end in module.sections:
        if number == CUSTOM and next(customs)[0] == "name":
            parts.append(binary[start:end])
    return b"".join(parts)


def keep(module_hash: str, names: dict[int, str]) -> None:
    """Remember the names of a module that goes to a board."""
    folders.write_whole(_path(module_hash), json.dumps(names).encode())


def recall(module_hash: str) -> dict[int, str]:
    """The names of a module by the hash of its stripped bytes; none if this host didn't flash it."""
    try:
        kept = json.loads(_path(module_hash).read_bytes())
    except (OSError, ValueError):
        return {}
    return {int(index): name for index, name in kept.items()}


def _path(module_hash: str) -> Path:
    return folders.data() / "names" / f"{module_hash}.json"


def _name_section(contents: bytes) -> dict[int, str]:
    """The function names in a name section; what is malformed in it is no error (spec, appendix)."""
    from wasmc import WasmError
    from wasmc.binary.reader import Reader

    names: dict[int, str] = {}
    reader = Reader(contents, 0, len(contents), "name section")
    try:
        while reader.pos < reader.end:
            kind = reader.byte()
            size = reader.u32()
            end = reader.pos + size
            if kind == _FUNCTION_NAMES:
                for _ in range(reader.u32()):
                    index = reader.u32()
                    names[index] = reader.name()
            reader.pos = end
    except WasmError:
        pass
    return names
