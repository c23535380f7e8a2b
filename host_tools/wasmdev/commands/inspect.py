"""``wasmdev inspect``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.commands.options import check_arch

EXAMPLES = """\b
Examples:
  wasmdev inspect examples/blink/blink.wasm
  wasmdev inspect examples/blink/blink.wasm --arch armv6m
"""


def inspect(
    file: Annotated[Path, typer.Argument(help="A WebAssembly binary.", metavar="FILE")],
    arch: Annotated[
        str,
        typer.Option("--arch", "-a", metavar="ARCH",
                     help="Show which functions become native code for it: armv6m, xtensawin, ... as info tells."),
    ] = "",
) -> None:
    """Show what is in a module.

    Sections, imports, exports, memory, the features that it uses and the grants that it needs; with --arch also
    its functions, which of them flash makes native code of on a board that has room, and why not of the others.
    """
    from wasmdev.app import tiers
    from wasmdev.console import heading, say, table
    from wasmdev.grants import suggest
    from wasmdev.module import imports, modules, names, report

    if arch:
        check_arch(arch)
    binary = modules.read(file)
    module = modules.check(file, binary)
    say(f"{file}: {len(binary):,} bytes, {modules.memory(module)}")
    for title, headers, rows, right in (
        ("Sections", ("section", "offset", "bytes"), report.sections(module), (1, 2)),
        ("Imports", ("module", "name", "what"), report.imports(module), ()),
        ("Exports", ("name", "what"), report.exports(module), ()),
    ):
        if rows:
            heading(title)
            table(headers, rows, right)
    if arch:
        size, functions = tiers.forecast(module, names.function_names(binary, module), arch)
        heading(f"Native code for {arch}: {f'{size:,} bytes' if size else 'none'}")
        if functions:
            table(("function", "name", "bytes", "tier"), functions, (0, 2))
    features = report.features(module)
    heading(f"Features beyond WebAssembly 1.0: {', '.join(features) or 'none'}", "")
    interfaces = imports.device_interfaces(module)
    lines = suggest.toml(module)
    if interfaces:
        say(f"Grants: it reaches the board through {', '.join(interfaces)}, what exactly is up to --grant")
    elif not lines:
        say("Grants: it needs none")
    if lines:
        heading(f"To begin with, in {file.with_suffix('.toml').name}; pins and places are yours to fill in")
    for line in lines:
        say(line)
