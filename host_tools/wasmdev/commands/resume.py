"""``wasmdev resume``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.commands.options import BoardName, Grants, Port, Raw, Snapshot, Timeout

EXAMPLES = """\b
Examples:
  wasmdev resume blink.snap --port sim
  wasmdev resume blink.snap examples/blink/blink.wasm --port pico
  wasmdev resume blink.snap --port sim --timeout 5 --snapshot blink.snap
"""


def resume(
    file: Annotated[Path, typer.Argument(help="What --snapshot has written.", metavar="SNAPSHOT")],
    module: Annotated[
        str,
        typer.Argument(
            help="The module, to be on the board for this run, where it isn't flashed there under its name.",
            metavar="[NAME|FILE]",
        ),
    ] = "",
    port: Port = "auto",
    board: BoardName = "",
    grant: Grants = None,
    timeout: Timeout = None,
    snapshot: Snapshot = None,
    raw: Raw = False,
) -> None:
    """Go on with a program where it stopped.

    On any board, on any processor, interpreted or natively.
    It has what the grants of its module let it have there: each handle is opened again by its label, files are
    where they were, outputs at their level. What is granted no more it is refused.
    """
    from wasmdev import typed
    from wasmdev.app import execute, moving
    from wasmdev.board import ports
    from wasmdev.errors import UsageError, WasmdevError

    arrives = moving.read(file)
    if not arrives.runs:
        raise WasmdevError(f"no call is under way in {file}", "go on from Python, with: wasm.resume(path)")
    path = execute.file_of(module) if module else None
    name = module or arrives.app
    if not path and name in (None, typed.TEMPORARY):
        hint = f"give the module, as in: wasmdev resume {typed.word(file)} FILE.wasm"
        raise UsageError(f"{file} is of a module that was there for one run", hint)
    if grant and not path:
        raise UsageError("--grant is for a file", f"grants of {name} are set when it is flashed")
    prepared = execute.prepare(path) if path else None
    with (
        ports.open_board(port, board or None) as target,
        execute.present(target, str(name), prepared, grant or ()) as there,
    ):
        code = execute.move(target, there, (), timeout, snapshot, arrives, raw, path)
    raise typer.Exit(code)
