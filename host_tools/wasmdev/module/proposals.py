"""Proposals to WebAssembly that the engine doesn't have: how they show in a module, which flags leave them out."""

from __future__ import annotations

from typing import Any

SIMD = "SIMD"
RELAXED_SIMD = "relaxed SIMD"
HALF = "half precision"
THREADS = "threads"
SHARED = "shared-everything threads"
EXCEPTIONS = "exceptions"
GC = "garbage collection"
DESCRIPTORS = "custom descriptors"
STRINGS = "reference-typed strings"
REFERENCES = "typed function references"
SWITCHING = "stack switching"
MEMORY64 = "memory64"
MULTI_MEMORY = "multi-memory"
WIDE = "wide arithmetic"
MEMORY_CONTROL = "memory control"

# Of LLVM's features, which clang and rustc have in common, of wasm-opt's and of AssemblyScript's.
_FEATURES = {
    SIMD: ("simd128", "simd", "simd"),
    RELAXED_SIMD: ("relaxed-simd", "relaxed-simd", "relaxed-simd"),
    HALF: ("fp16", "fp16", ""),
    THREADS: ("atomics", "threads", "threads"),
    SHARED: ("", "shared-everything", ""),
    GC: ("", "gc", "gc"),
    DESCRIPTORS: ("", "custom-descriptors", ""),
    STRINGS: ("", "strings", "stringref"),
    REFERENCES: ("", "gc", "gc"),
    SWITCHING: ("", "stack-switching", ""),
    WIDE: ("wide-arithmetic", "wide-arithmetic", ""),
}
_FLAGS = {
    EXCEPTIONS: {"clang": "-fno-exceptions", "rustc": "-C panic=abort",
                 "wasm-opt": "--disable-exception-handling"},
    MEMORY64: {"clang": "--target=wasm32", "zig": "-target wasm32-freestanding",
               "rustc": "--target wasm32-unknown-unknown", "wasm-opt": "--memory64-lowering"},
    MULTI_MEMORY: {"clang": "-mno-multimemory", "rustc": "-C target-feature=-multimemory",
                   "wasm-opt": "--multi-memory-lowering"},
}  # fmt: skip

_OPCODES = {
    0x06: EXCEPTIONS,
    0x07: EXCEPTIONS,
    0x08: EXCEPTIONS,
    0x09: EXCEPTIONS,
    0x0A: EXCEPTIONS,
    0x14: REFERENCES,
    0x15: REFERENCES,
    0x18: EXCEPTIONS,
    0x19: EXCEPTIONS,
    0x1F: EXCEPTIONS,
    0xD3: GC,
    0xD4: REFERENCES,
    0xD5: REFERENCES,
    0xD6: REFERENCES,
    **dict.fromkeys(range(0xE0, 0xE7), SWITCHING),
}
# Of the instructions behind a prefix: where a proposal's begin, the highest first.
_PREFIXED = {
    0xFB: ((0x80, STRINGS), (0x20, DESCRIPTORS), (0x00, GC)),
    0xFC: ((0x30, HALF), (0x17, ""), (0x13, WIDE), (0x12, MEMORY_CONTROL)),
    0xFD: ((0x120, HALF), (0x100, RELAXED_SIMD), (0x00, SIMD)),
    0xFE: ((0x4F, SHARED), (0x10, THREADS), (0x04, SHARED), (0x00, THREADS)),
}
_TYPES = {
    0x7B: SIMD,
    0x65: SHARED,
    0x68: SWITCHING,
    0x75: SWITCHING,
    0x69: EXCEPTIONS,
    0x74: EXCEPTIONS,
    0x67: STRINGS,
    0x62: DESCRIPTORS,
    **dict.fromkeys((0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x71, 0x72, 0x73), GC),
    0x40: REFERENCES,  # a table whose entries have a value
}
_TYPE_NAMES = {0x7B: "v128", 0x6E: "anyref", 0x6D: "eqref", 0x6C: "i31ref", 0x6B: "structref", 0x6A: "arrayref",
               0x69: "exnref"}  # fmt: skip
_NULL = 0xD0
_REFERENCE = (0x63, 0x64)  # to the type that follows
_DEFINITIONS = {
    **dict.fromkeys((0x4E, 0x4F, 0x50, 0x5E, 0x5F), GC),
    **dict.fromkeys((0x4C, 0x4D), DESCRIPTORS),
    0x5D: SWITCHING,
    0x65: SHARED,
}
_SECTIONS = {13: EXCEPTIONS, 14: STRINGS}
_KINDS = {4: EXCEPTIONS, 0x20: DESCRIPTORS}


def find(binary: bytes, error: Any) -> tuple[str, str] | None:
    """The proposal that a module needs where decoding or validation (:class:`wasmc.WasmError`) found an error, and
    what it uses of it; None where it is none of these."""
    message, at = error.message, error.offset
    if not at < len(binary):
        return None
    byte = binary[at]
    if message.startswith("illegal opcode"):
        return _instruction(binary, at)
    if message in ("malformed value type", "malformed reference type"):
        bytes_ = binary[at : at + 2 if byte in _REFERENCE else at + 1].hex(" ")
        return _named(_type(binary, at), f"type {_TYPE_NAMES.get(byte, bytes_)}")
    if message == "malformed function type":
        return _named(_DEFINITIONS.get(byte), f"type definition {byte:02x}")
    if message == "malformed limits flags" and byte & 0x04:
        return MEMORY64, "64-bit addresses"
    if message == "malformed limits flags" and byte & 0x02:
        return THREADS, "shared memory"
    if message == "malformed mutability" and byte & 0x02:
        return SHARED, "a shared global"
    if message == "multiple memories" or (message == "zero byte expected" and byte < 0x80):
        return MULTI_MEMORY, "a second memory"
    if message == "malformed memop flags" and byte & 0x40:
        return MULTI_MEMORY, "an access to another memory"
    if message == "malformed section id":
        return _named(_SECTIONS.get(byte), f"section {byte}")
    if message in ("malformed import kind", "malformed export kind"):
        return _named(_KINDS.get(byte), f"kind {byte:02x}")
    return None


def _named(proposal: str | None, what: str) -> tuple[str, str] | None:
    return (proposal, what) if proposal else None


def _instruction(binary: bytes, at: int) -> tuple[str, str] | None:
    from wasmc import WasmError
    from wasmc.binary.reader import Reader

    opcode = binary[at]
    if opcode not in _PREFIXED:
        return _named(_OPCODES.get(opcode), f"instruction {opcode:02x}")
    reader = Reader(binary, at + 1, len(binary), "module")
    try:
        number = reader.u32()
    except WasmError:
        return None
    proposal = next((name for first, name in _PREFIXED[opcode] if number >= first), "")
    return _named(proposal, f"instruction {opcode:02x} {number:02x}")


def _type(binary: bytes, at: int) -> str | None:
    byte = binary[at]
    if byte in _REFERENCE:
        byte = binary[at + 1] if at + 1 < len(binary) else 0
        return _TYPES.get(byte, REFERENCES)
    if byte < 0x40 and binary[at - 1] == _NULL:  # the index of a type
        return REFERENCES
    return _TYPES.get(byte)


def flags(proposal: str, tools: set[str]) -> str:
    """How compilers leave a proposal out, of the tools that made a module where those are known; or nothing."""
    llvm, opt, script = _FEATURES.get(proposal, ("", "", ""))
    known = _FLAGS.get(proposal, {})
    if llvm:
        known = {"clang": f"-mno-{llvm}", "zig": "-mcpu=mvp", "rustc": f"-C target-feature=-{llvm}"}
    if opt:
        known = known | {"wasm-opt": f"--disable-{opt}"}
    if script:
        known = known | {"asc": f"--disable {script}"}
    chosen = [tool for tool in known if not tools or tool in tools or tool == "wasm-opt"]
    words = [f"{known[tool]} ({tool})" for tool in chosen]
    if not words:
        return ""
    return "leave it out with " + (", ".join(words[:-1]) + " or " if words[:-1] else "") + words[-1]
