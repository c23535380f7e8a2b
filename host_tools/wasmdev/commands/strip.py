"""``wasmdev strip``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  wasmdev strip examples/blink/blink.wasm -o small.wasm
"""


def strip(
    file: Annotated[Path, typer.Argument(help="A WebAssembly binary.", metavar="FILE")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT", help="Where the result goes.")],
) -> None:
    """Drop what a module doesn't need to run.

    That is names, debug information and other custom sections. flash does this by itself.
    """
    import wasmc

    from wasmdev.console import say
    from wasmdev.errors import UsageError
    from wasmdev.module import modules

    binary = modules.read(file)
    modules.check(file, binary)
    stripped = wasmc.strip(binary)
    try:
        output.write_bytes(stripped)
    except OSError as error:
        raise UsageError(f"can't write {output}: {error.strerror}") from None
    say(f"{output}: {len(binary):,} -> {len(stripped):,} bytes")
