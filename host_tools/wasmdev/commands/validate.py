"""``wasmdev validate``"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  wasmdev validate examples/blink/blink.wasm
  wasmdev validate examples/blink/blink.wasm examples/thermometer/thermometer.wasm
"""


def validate(
    files: Annotated[list[Path], typer.Argument(help="WebAssembly binaries.", metavar="FILE")],
) -> None:
    """Check that modules are valid WebAssembly.

    An error says at which byte of the file, and what was expected there.
    """
    from wasmdev import modules
    from wasmdev.console import count, say
    from wasmdev.errors import WasmdevError

    failed = False
    for path in files:
        binary = modules.read(path)
        try:
            module = modules.check(path, binary)
        except WasmdevError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
        else:
            say(f"{path}: valid, {count(len(module.bodies), 'function')}, {modules.memory(module)}")
    if failed:
        raise typer.Exit(1)
