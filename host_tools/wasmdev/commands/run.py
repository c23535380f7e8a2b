"""``wasmdev run``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.options import BoardName, Grants, Port

EXAMPLES = """\b
Examples:
  wasmdev run blink --port sim
  wasmdev run examples/thermometer/thermometer.wasm --port sim
  wasmdev run blink --port sim --timeout 5
  wasmdev run examples/weather/weather.wasm --port sim --press button@1
"""


def run(
    app: Annotated[str, typer.Argument(help="A flashed module, or a .wasm file.", metavar="NAME|FILE")],
    args: Annotated[
        list[str] | None, typer.Argument(help="Arguments for the program.", metavar="ARGS")
    ] = None,
    port: Port = "auto",
    board: BoardName = "",
    grant: Grants = None,
    press: Annotated[
        list[str] | None,
        typer.Option("--press", metavar="LABEL@SECONDS",
                     help="On a board without hardware: press the button that is granted under this label."),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", "-t", metavar="SECONDS", help="Stop it after so long, as Ctrl-C does."),
    ] = None,
) -> None:
    """Run a module and show what it prints.

    The exit code of the program is that of this command. A file is put on the board for this one run and
    removed afterwards. On a board without hardware the changes of pins are shown too, with their times from
    the first one on. Ctrl-C stops the program.
    """
    from wasmdev import execute, ports, surroundings
    from wasmdev.errors import UsageError

    path = Path(app) if app.endswith(".wasm") else None
    if grant and not path:
        raise UsageError("--grant is for a file", f"grants of {app} are set when it is flashed")
    presses = surroundings.parse(press or ())
    prepared = execute.prepare(path) if path else None
    with ports.open_board(port, board or None) as target:
        if prepared:
            with execute.temporarily(target, prepared, grant or ()) as name:
                code = execute.run(target, name, args or (), timeout, presses)
        else:
            code = execute.run(target, app, args or (), timeout, presses)
    raise typer.Exit(code)
