"""What a module imports, against what boards give."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from wasmdev import data
from wasmdev.module import modules

PREVIEW1 = "wasi_snapshot_preview1"

_SHOWN = 5  # names in one line
_BY_NAME = {
    "env.abort": "AssemblyScript's abort is left out by asc's --use abort=",
    "env.trace": "AssemblyScript has it from WASI with: wasmdev build --wasi",
    "env.seed": "AssemblyScript has it from WASI with: wasmdev build --wasi",
}
_BY_MODULE = {
    "wasi_unstable": f"a toolchain of today imports {PREVIEW1}",
    "wasi": "this is WASI 0.2; build it for preview 1",
    "__wbindgen_placeholder__": "wasm-bindgen makes modules for browsers; build it without",
}
_BY_KIND = {
    "memory": "link it without --import-memory",
    "table": "link it without --import-table",
    "global": "link it as an executable, not as a shared library",
}


@dataclass(frozen=True)
class Missing:
    """An import that no board gives, or gives otherwise: its name, ``types`` that differ, what may help."""

    name: str
    hint: str
    types: str = ""


@cache
def given() -> dict[str, dict[str, str]]:
    """The types of the functions that boards give, by import module and name; ``iI>i`` is ``(i32, i64) -> i32``.

    They are those of the sources of the board's half, which binds them by the same tables (``wasi.table``).
    """
    folder = data.root() / "device_lib" / "wasi"
    parts = {path.stem: types for path in sorted(folder.glob("*.py")) if (types := _constant(path, "TYPES"))}
    words = _constant(folder / "table.py", "_PREVIEW1_PARTS")
    preview1 = {
        name: type_
        for word, places in words.items()
        for place in places
        for name, type_ in parts[place].items()
        if name.partition("_")[0] == word
    }
    own = parts.keys() - {place for places in words.values() for place in places}
    return {PREVIEW1: preview1, **{f"wasi_{place}": parts[place] for place in sorted(own)}}


def device_interfaces(module: Any) -> list[str]:
    """The import modules through which it reaches hardware: it needs grants to be let."""
    return sorted({entry[0] for entry in module.imports} & given().keys() - {PREVIEW1})


def missing(module: Any) -> list[Missing]:
    """The imports of a valid module that no board gives, or gives as another type."""
    from wasmc.binary.module import FUNC, KINDS
    from wasmc.lowering.module import type_letters

    found = []
    for space, name, kind, index in module.imports:
        full = f"{space}.{name}"
        if kind != FUNC:
            found.append(Missing(full, _BY_KIND[KINDS[kind]]))
            continue
        wanted = type_letters(module.types[module.functions[index]])
        there = given().get(space, {}).get(name)
        if there is None:
            found.append(Missing(full, _meant(space, name)))
        elif there != wanted:
            types = f"{modules.type_words(wanted)}, which is {modules.type_words(there)} on boards"
            found.append(Missing(full, "declare it with that type", types))
    return found


def describe(absent: Sequence[Missing]) -> tuple[str, str]:
    """Missing imports, one at least, in the words of an error after ``imports``, and its hint."""
    names = [each.name for each in absent if not each.types]
    if not names:
        return f"{absent[0].name} {absent[0].types}", absent[0].hint
    hint = next(each.hint for each in absent if not each.types)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}, which no board gives", hint


def _meant(space: str, name: str) -> str:
    """What may help where a function isn't there."""
    full = f"{space}.{name}"
    hint = _BY_NAME.get(full) or _BY_MODULE.get(space.partition(":")[0])
    if hint:
        return hint
    if space == "env" and "." in name:
        return _BY_NAME["env.seed"]
    if space == "env":
        return "perhaps it is declared and not defined"
    near = get_close_matches(name, given().get(space, ()), 1)
    if near:
        return f"perhaps {space}.{near[0]} is meant"
    spaces = get_close_matches(space, given(), 1)
    return f"perhaps {spaces[0]} is meant" if spaces and spaces[0] != space else ""


def _constant(path: Path, name: str) -> Any:
    """The value of a constant at the top of a Python source, None where it has none of that name."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    return None
