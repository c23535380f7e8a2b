"""Modules on the host: read from a file, validated, named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from wasmdev.errors import UsageError, WasmdevError

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}")
_DEVICE_INTERFACES = ("wasi_gpio", "wasi_i2c", "wasi_spi", "wasi_adc", "wasi_pwm", "wasi_uart", "wasi_sensor")


def read(path: Path) -> bytes:
    """The bytes of a module's file. Raises :class:`UsageError` if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"can't read {path}: {reason}", "give the path of a .wasm file") from None


def check(path: Path, binary: bytes) -> Any:
    """The decoded and validated module. Raises :class:`WasmdevError` with offset and expectation."""
    import wasmc

    try:
        module = wasmc.decode(binary)
        wasmc.validate(module)
    except wasmc.WasmError as error:
        raise WasmdevError(f"{path}: {error}", _hint(path, binary)) from None
    return module


def name_of(path: Path, chosen: str = "") -> str:
    """The name of a module on the board: the chosen one, or that of its file."""
    name = chosen or path.stem
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} can't be a module's name",
                         "up to 31 letters, digits, _ . - that begin with no . or -, given with --name")
    return name


def device_interfaces(module: Any) -> list[str]:
    """The import modules through which it reaches hardware: it needs grants to be let."""
    return sorted({entry[0] for entry in module.imports if entry[0] in _DEVICE_INTERFACES})


def signature(module: Any, function: int) -> str:
    """``(i32, i32) -> i32`` of a function by its index, in the spec's words."""
    from wasmc.opcodes import type_name

    parameters, results = module.types[module.functions[function]]
    left = "(" + ", ".join(map(type_name, parameters)) + ")"
    right = ", ".join(map(type_name, results))
    if len(results) != 1:
        right = f"({right})"
    return f"{left} -> {right}"


def memory(module: Any) -> str:
    """What linear memory it declares, in words."""
    from wasmdev.console import count

    if not module.memories:
        return "no memory"
    minimum, maximum, page_size = module.memories[0]
    words = count(minimum, "page") if page_size == 16 else count(minimum << page_size, "byte")
    most = maximum if page_size == 16 or maximum is None else maximum << page_size
    return f"{words} of memory" + (f", at most {most:,}" if most is not None and maximum != minimum else "")


def memory_bytes(module: Any) -> int:
    """Bytes of linear memory that it has from the start."""
    return sum(minimum << page_size for minimum, _, page_size in module.memories[:1])


def _hint(path: Path, binary: bytes) -> str:
    from wasmdev import toolchains

    if binary[:4] == b"\0asm" and binary[4:8] == b"\x0d\0\1\0":
        return "this is a component; wasmdev runs core modules"
    if binary[:4] != b"\0asm" and binary[:1] in (b"(", b";"):
        return "this is the text format; convert it with wat2wasm or wasm-tools parse"
    if binary[:4] != b"\0asm" and path.suffix in toolchains.LANGUAGES:
        return f"compile it with: wasmdev build {path}"
    return ""
