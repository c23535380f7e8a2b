"""Modules on the host: read from a file, validated, named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wasmdev import typed
from wasmdev.errors import UsageError
from wasmdev.module import refusals


def read(path: Path) -> bytes:
    """The bytes of a module's file. Raises :class:`UsageError` if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"can't read {path}: {reason}", typed.instead(path)) from None


def check(path: Path, binary: bytes) -> Any:
    """The decoded and validated module. Raises :class:`WasmdevError` with the reason and what to do."""
    import wasmc
    from wasmc.binary.module import Module

    module = Module(binary)
    try:
        wasmc.decode(binary, module)
        wasmc.validate(module)
    except wasmc.WasmError as error:
        raise refusals.refusal(path, binary, module, error) from None
    return module


def name_of(path: Path, chosen: str = "") -> str:
    """The name of a module on the board: the chosen one, or that of its file, which has to be there."""
    name = chosen or path.stem
    if not typed.is_name(name):
        if not chosen:
            read(path)
        hint = f"{typed.NAMES}; say --name {typed.name_like(name)}"
        raise UsageError(f"{name!r} can't be a module's name", hint)
    return name


def does_nothing(module: Any) -> bool:
    """Whether nobody can call anything of it: no function is exported, and none runs as it is loaded."""
    from wasmc.binary.module import FUNC

    return module.start is None and not any(kind == FUNC for _, kind, _ in module.exports)


def signature(module: Any, function: int) -> str:
    """``(i32, i32) -> i32`` of a function by its index, in the spec's words."""
    from wasmc.lowering.module import type_letters

    return type_words(type_letters(module.types[module.functions[function]]))


def type_words(letters: str) -> str:
    """The same of a type in letters, such as ``ii>i``."""
    from wasmc.opcodes import VALTYPES, type_name

    left, right = (", ".join(type_name(VALTYPES[letter]) for letter in part) for part in letters.split(">"))
    return f"({left}) -> {right}" if right and "," not in right else f"({left}) -> ({right})"


def memory(module: Any) -> str:
    """What linear memory it declares, in words."""
    from wasmdev.console import count

    if not module.memories:
        return "no memory"
    minimum, maximum, page_size = module.memories[0]
    words = count(minimum, "page") if page_size == 16 else count(minimum << page_size, "byte")
    most = maximum if page_size == 16 or maximum is None else maximum << page_size
    return f"{words} of memory" + (f", at most {most:,}" if most is not None and maximum != minimum else "")


def most_memory_bytes(module: Any) -> int:
    """Bytes of linear memory that it may come to have."""
    for minimum, maximum, page_size in module.memories[:1]:
        return min((1 << 32 if maximum is None else max(minimum, maximum) << page_size), 1 << 32)
    return 0


def memory_bytes(module: Any) -> int:
    """Bytes of linear memory that it has from the start."""
    return sum(minimum << page_size for minimum, _, page_size in module.memories[:1])

