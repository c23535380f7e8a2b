"""``wasmdev run``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import BoardName, Grants, Port, Raw, Snapshot, Timeout

EXAMPLES = """\b
Examples:
  wasmdev run blink --port sim
  wasmdev run examples/thermometer/thermometer.wasm --port sim
  wasmdev run blink --port sim --timeout 5
  wasmdev run examples/weather/weather.wasm --port sim --press button@1
  wasmdev run blink --port sim --timeout 5 --snapshot blink.snap
  wasmdev run blink lamp --together --port sim
  wasmdev run filter --port /dev/ttyACM0 < words.txt | sort
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
    timeout: Timeout = None,
    snapshot: Snapshot = None,
    together: Annotated[
        bool, typer.Option("--together", help="Run modules beside each other: what follows are names of more.")
    ] = False,
    raw: Raw = False,
) -> None:
    """Run a module and show what it prints.

    It reads what is typed, or what comes from a pipe or a file; Ctrl-D ends the input. The exit code of the
    program is that of this command. A file is put on the board for this one run and removed afterwards. On a
    board without hardware the changes of pins are shown too, with their times from the first one on. Ctrl-C stops
    the program.

    Several run --together until all have ended: what they print comes in whole lines behind their names, and the
    exit code is the first that isn't 0.
    """
    from wasmdev.app import execute
    from wasmdev.board import ports, surroundings
    from wasmdev.errors import UsageError

    path = execute.file_of(app)
    if grant and not path:
        raise UsageError("--grant is for a file", f"grants of {app} are set when it is flashed")
    if timeout is not None and not timeout >= 0:
        raise UsageError(f"{timeout:g} is no time", "give seconds, as in --timeout 2.5")
    presses = surroundings.parse(press or ())
    if snapshot and presses:
        raise UsageError("--press doesn't go with --snapshot", "leave one of them out")
    if together:
        if path or snapshot or presses:
            raise UsageError("--together is for flashed modules", "flash them, and give their names alone")
        names = [app, *(args or ())]
        if len(set(names)) < len(names):
            raise UsageError("--together takes each module once", "flash it under another --name for a second one")
        with ports.open_board(port, board or None) as target:
            code = execute.together(target, names, timeout, raw)
        raise typer.Exit(code)
    prepared = execute.prepare(path) if path else None
    with (
        ports.open_board(port, board or None) as target,
        execute.present(target, app, prepared, grant or ()) as name,
    ):
        if snapshot:
            code = execute.move(target, name, args or (), timeout, snapshot, None, raw, path)
        else:
            code = execute.run(target, name, args or (), timeout, presses, raw, path)
    raise typer.Exit(code)
