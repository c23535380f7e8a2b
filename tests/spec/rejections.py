"""How a verdict of ours on a module is compared with the suite's."""

from typing import Any

import wasmc

# Modules that need what this engine doesn't have: the message it rejects them with, and the proposal.
UNSUPPORTED = {
    "custom-page-sizes/custom-page-sizes.wast": ("multiple memories", "multi-memory"),
    "custom-page-sizes/custom-page-sizes-invalid.wast": ("multiple memories", "multi-memory"),
    "custom-page-sizes/memory_max.wast": ("integer too large", "memory64: limits of 64 bits"),
    "custom-page-sizes/memory_max_i64.wast": ("malformed limits flags", "memory64"),
    "tail-call/return_call.wast": ("malformed value type", "function-references"),
    "tail-call/return_call_indirect.wast": ("malformed value type", "function-references"),
}

# Lines of assertions that a module is invalid, which WebAssembly 3.0 has as valid, and so do we: a constant
# expression may use an immutable global of the module's own that stands before it.
VALID_NOW = {
    "wg-2.0/data.wast": (89, 93),
    "wg-2.0/elem.wast": (171, 175),
    "wg-2.0/global.wast": (352, 356),
}

# Malformed modules for which the suite quotes the reference interpreter and we say something else:
WORDED_OTHERWISE = {
    # It reads beyond the end of a section or function and reports what it finds there, while we stop.
    ("END opcode expected", "unexpected end of section or function"),
    ("illegal opcode", "unexpected end of section or function"),
    ("integer representation too long", "malformed section id"),
    ("integer representation too long", "unexpected end of section or function"),
    ("length out of bounds", "unexpected end of section or function"),
    ("section size mismatch", "unexpected end of section or function"),
    # It reads LEB128 where the spec has a byte of a few values.
    ("integer representation too long", "malformed function type"),
    ("integer representation too long", "malformed limits flags"),
    ("integer too large", "malformed limits flags"),
}


def complaint(command: dict[str, Any], error: wasmc.WasmError | None, unsupported: str | None) -> str | None:
    """What is wrong with our verdict on the module of a command, if anything is."""
    if error and unsupported and error.message.startswith(unsupported):
        return None
    if command["type"] not in ("assert_invalid", "assert_malformed"):
        return f"rejected: {error}" if error else None
    if not error:
        return "accepted"
    if error.kind != command["type"].removeprefix("assert_"):
        return f"rejected as {error.kind}: {error}"
    text = command["text"]
    if error.message.startswith(text):
        return None
    if any(text == theirs and error.message.startswith(ours) for theirs, ours in WORDED_OTHERWISE):
        return None
    return f"rejected otherwise: {error}"
