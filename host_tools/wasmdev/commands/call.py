"""``wasmdev call``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.options import Port

EXAMPLES = """\b
Examples:
  wasmdev call blink add 2 3 --port sim
  wasmdev call blink add -- -2 0x10
"""


def call(
    app: Annotated[str, typer.Argument(help="A flashed module's name.", metavar="NAME")],
    function: Annotated[str, typer.Argument(help="A function that it exports.", metavar="FUNCTION")],
    args: Annotated[
        list[str] | None, typer.Argument(help="Numbers: 3, 0xff, 1.5, inf, nan.", metavar="ARGS")
    ] = None,
    port: Port = "auto",
) -> None:
    """Call a function of a flashed module.

    Its results are shown one a line. Write -- before negative numbers.
    """
    from wasmdev import app as apps
    from wasmdev import execute, ports
    from wasmdev.program import Program

    numbers = [_number(arg) for arg in args or ()]
    with ports.open_board(port) as board:
        manifest = apps.require(board, app)
        with execute.Pins(board) as pins:
            result = Program(board, app, manifest, pins.before).call(function, numbers)
    for value in result if isinstance(result, tuple) else () if result is None else (result,):
        print(value)


def _number(text: str) -> int | float:
    from wasmdev.errors import UsageError

    for kind in (lambda: int(text, 0), lambda: float(text)):
        try:
            return kind()
        except ValueError:
            continue
    raise UsageError(f"{text!r} is no number", "give for example 3, -1, 0xff or 1.5")
