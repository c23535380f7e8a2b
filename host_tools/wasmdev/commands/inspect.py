"""``wasmdev inspect``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  wasmdev inspect examples/blink/blink.wasm
"""


def inspect(file: Annotated[Path, typer.Argument(help="A WebAssembly binary.", metavar="FILE")]) -> None:
    """Show what is in a module.

    Sections, imports, exports, memory, the features that it uses and the grants that it needs.
    """
    from wasmdev import modules, report, suggest
    from wasmdev.console import say, table

    binary = modules.read(file)
    module = modules.check(file, binary)
    say(f"{file}: {len(binary):,} bytes, {modules.memory(module)}")
    for title, headers, rows, right in (
        ("Sections", ("section", "offset", "bytes"), report.sections(module), (1, 2)),
        ("Imports", ("module", "name", "what"), report.imports(module), ()),
        ("Exports", ("name", "what"), report.exports(module), ()),
    ):
        if rows:
            say(f"\n{title}", "bold")
            table(headers, rows, right)
    features = report.features(module)
    say(f"\nFeatures beyond WebAssembly 1.0: {', '.join(features) or 'none'}")
    interfaces = modules.device_interfaces(module)
    lines = suggest.toml(module)
    if interfaces:
        say(f"Grants: it reaches the board through {', '.join(interfaces)}, what exactly is up to --grant")
    elif not lines:
        say("Grants: it needs none")
    if lines:
        say(f"\nTo begin with, in {file.with_suffix('.toml').name}; pins and places are yours to fill in", "bold")
    for line in lines:
        print(line)
