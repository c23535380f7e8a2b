"""``wasmdev flash``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.commands.options import BoardName, Fuel, Grants, Memory, Port, Stack
from wasmdev.sizes import size

EXAMPLES = """\b
Examples:
  wasmdev flash examples/blink/blink.wasm --port sim
  wasmdev flash examples/blink/blink.wasm --port sim --native
  wasmdev flash examples/blink/blink.wasm --port sim --name lamp --grant led=gpio.out:GP15
  wasmdev flash examples/blink/blink.wasm --port sim --boot
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
    native: Annotated[
        bool | None,
        typer.Option("--native/--portable", show_default=False,
                     help="Insist on native code for the board's processor, or send none; else it is chosen."),
    ] = None,
    tasks: Annotated[
        bool, typer.Option("--tasks", help="Let native code stop for other tasks of asyncio; it is larger so.")
    ] = False,
    imports_by_host: Annotated[
        bool,
        typer.Option("--imports-by-host", help="Python code on the board gives the imports that no board has."),
    ] = False,
    boot: Annotated[
        bool, typer.Option("--boot", help="Start it at power-up, and at every reset, until flashed without.")
    ] = False,
) -> None:
    """Put a module on a board, with its grants.

    Grants, limits and arguments come from the TOML file beside the module (blink.toml for blink.wasm) and
    from options. A push is atomic: a cut cable or a reset leaves the module that was there whole.

    Native code for the board's processor goes along where it makes the module faster, and where code and linear
    memory in one piece take at most half of the board's free heap; else a line says why not. The portable image
    goes too, and is what runs where a load finds no room for the other.

    As a task of asyncio (wasm.start, call_async) a module gives the board back every few milliseconds. Native code
    does so with --tasks; without, wasm.start takes the portable image.

    Any number of modules can start at power-up, where they share the board as tasks. Ctrl-C interrupts them. One
    that crashes three times in a row isn't started again until it is flashed again: a crash is a trap, and a reset
    or cut of power in its first ten seconds.
    """
    from wasmdev.app import boot as power_up
    from wasmdev.app import deploy
    from wasmdev.board import ports
    from wasmdev.console import stage
    from wasmdev.module import modules

    chosen = modules.name_of(file, name)
    limits = {"memory": size(memory, "--memory"), "fuel": fuel, "stack": size(stack, "--stack")}
    prepared = deploy.prepare(file, imports_by_host=imports_by_host)
    with ports.open_board(port, board or None) as target:
        wanted = deploy.configure(target, prepared, grant or (), limits)
        if boot:
            power_up.check(target, prepared.module, chosen)
        deploy.ensure_runtime(target)
        if not boot and power_up.disarm(target, chosen):
            stage("boot", f"{chosen} doesn't start at power-up any more")
        deploy.push(target, prepared, chosen, wanted, native=native, stops=tasks or boot)
        if boot:
            power_up.arm(target, chosen)
            stage("boot", f"{chosen} starts at power-up")
