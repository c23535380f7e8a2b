"""Why a module can't be used, for who wrote it: the function by its name, and what its compiler can do."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from wasmdev import typed
from wasmdev.errors import WasmdevError
from wasmdev.module import names, proposals

_COMPILERS = ("clang", "rustc")


def refusal(path: Path, binary: bytes, module: Any, error: Any) -> WasmdevError:
    """The error for the user, of one that decoding or validation raised (:class:`wasmc.WasmError`).

    ``module`` has what was decoded before it.
    """
    legible = _legible(binary)
    function = error.function
    if function is None and error.message == "malformed value type":
        function = _user_of_type(legible, binary, len(module.types), error.offset)
    if function is not None:
        name = names.function_names(legible.data, legible).get(function)
        error.function = f"{function} ({name})" if name else str(function)
    found = proposals.find(binary, error)
    if found is None:
        return WasmdevError(f"{path}: {error}", _hint(path, binary))
    proposal, what = found
    where = f"offset 0x{error.offset:x}" + (f" in function {error.function}" if error.function else "")
    return WasmdevError(f"{path}: it needs {proposal}, which this engine doesn't have: {what} at {where}",
                        proposals.flags(proposal, _compilers(legible)))


def _legible(binary: bytes) -> Any:
    """What of a module tells names, as far as that can be read: imports, types of functions, exports, customs."""
    import wasmc
    from wasmc.binary.module import Module
    from wasmc.binary.sections import CUSTOM, EXPORT, FUNCTION, IMPORT, sections

    parts = [binary[:8]]
    with contextlib.suppress(wasmc.WasmError):
        for section, start, _, end in sections(binary):
            if section in (CUSTOM, IMPORT, FUNCTION, EXPORT):
                parts.append(binary[start:end])
    module = Module(b"".join(parts))
    with contextlib.suppress(wasmc.WasmError):
        wasmc.decode(module.data, module)
    return module


def _user_of_type(legible: Any, binary: bytes, number: int, offset: int) -> int | None:
    """The first function of the type with that number, if that is where the offset is; imports come last."""
    from wasmc.binary.module import FUNC
    from wasmc.binary.sections import TYPE, sections

    section, _, _, end = next(sections(binary))
    if section != TYPE or offset >= end:
        return None
    users = [index for index, type_ in enumerate(legible.functions) if type_ == number]
    own = [index for index in users if index >= legible.imported(FUNC)]
    return next(iter(own + users), None)


def _compilers(legible: Any) -> set[str]:
    """Those that the section "producers" names."""
    found = set()
    for name, start, end in legible.customs:
        if name == "producers":
            contents = legible.data[start:end].lower()
            found |= {each for each in _COMPILERS if each.encode() in contents}
    return found


def _hint(path: Path, binary: bytes) -> str:
    if binary[:4] == b"\0asm" and binary[4:8] == b"\x0d\0\1\0":
        return "this is a component; wasmdev runs core modules"
    if binary[:4] != b"\0asm" and binary[:1] in (b"(", b";"):
        return "this is the text format; convert it with wat2wasm or wasm-tools parse"
    if binary[:4] != b"\0asm" and path.suffix in typed.SOURCES:
        return f"compile it with: wasmdev build {typed.word(path)}"
    return ""
