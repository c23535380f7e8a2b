"""``wasmdev build``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  wasmdev build examples/blink/blink.c -o blink.wasm
  wasmdev build examples/hello/hello.c --stack 8k --keep-names -o hello.wasm
  wasmdev build main.c other.c -o app.wasm -- -DCOUNT=3 -O3
"""


def build(
    file: Annotated[
        Path, typer.Argument(help="A source: .c, .cpp, .zig, .rs, or .ts for AssemblyScript.", metavar="FILE")
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="More for the compiler, such as another source; flags after --.", metavar="ARGS"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="The module; otherwise FILE, ending in .wasm."),
    ] = None,
    wasi: Annotated[
        bool | None,
        typer.Option("--wasi/--bare", help="With the standard library or without; with it if FILE has a main."),
    ] = None,
    stack: Annotated[
        str, typer.Option("--stack", metavar="BYTES", help="Its stack, as in 8k; else 4k, or 16k with --wasi.")
    ] = "",
    pages: Annotated[
        int,
        typer.Option("--pages", metavar="N", min=1, help="Memory in pages of 64 KiB; with --bare it can't grow."),
    ] = 1,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Keep the functions' names, so that a trap tells where it was.")
    ] = False,
) -> None:
    """Compile a small module for a board.

    C, C++ and Zig need the package ziglang from PyPI, Rust a rustc with a target for WebAssembly, and
    AssemblyScript the package assemblyscript from npm. C and C++ find the headers wasi_gpio.h and so on, the
    others the library wasmdev. C++ has no exceptions. The command that it runs is shown.

    Names cost a board nothing: flash keeps them on this computer.
    """
    from wasmdev.sizes import size
    from wasmdev.source import building

    building.build(file, arguments or (), output, wasi, size(stack, "--stack") or 0, pages, keep_names)
