"""``wasmdev flash``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.options import BoardName, Fuel, Grants, Memory, Port, Stack, size

EXAMPLES = """\b
Examples:
  wasmdev flash examples/blink/blink.wasm --port sim
  wasmdev flash examples/blink/blink.wasm --port sim --name lamp --grant led=gpio.out:GP15
"""


def flash(
    file: Annotated[Path, typer.Argument(help="A WebAssembly binary.", metavar="FILE")],
    port: Port = "auto",
    board: BoardName = "",
    name: Annotated[
        str, typer.Option("--name", "-n", metavar="NAME", help="Its name on the board, else the file's.")
    ] = "",
    grant: Grants = None,
    memory: Memory = "",
    fuel: Fuel = None,
    stack: Stack = "",
) -> None:
    """Put a module on a board, with its grants.

    Grants, limits and arguments come from the TOML file beside the module (blink.toml for blink.wasm) and
    from options. A push is atomic: a cut cable or a reset leaves the module that was there whole.
    """
    from wasmdev import deploy, modules, ports, settings

    chosen = modules.name_of(file, name)
    limits = {"memory": size(memory, "--memory"), "fuel": fuel, "stack": size(stack, "--stack")}
    prepared = deploy.prepare(file)
    with ports.open_board(port, board or None) as target:
        wanted = settings.load(file, lambda: target.description, grant or (), limits)
        deploy.ensure_runtime(target)
        deploy.push(target, prepared, chosen, wanted)
