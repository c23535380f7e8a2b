"""``wasmdev validate``"""

from __future__ import annotations

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
    from wasmdev.console import count, fail, say
    from wasmdev.errors import WasmdevError
    from wasmdev.module import modules

    failed = False
    for path in files:
        binary = modules.read(path)
        try:
            module = modules.check(path, binary)
        except WasmdevError as error:
            fail(str(error))
            failed = True
        else:
            say(f"{path}: valid, {count(len(module.bodies), 'function')}, {modules.memory(module)}")
    if failed:
        raise typer.Exit(1)
