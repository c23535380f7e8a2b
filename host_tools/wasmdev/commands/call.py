"""``wasmdev call``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import Port, Raw

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
    raw: Raw = False,
) -> None:
    """Call a function of a flashed module.

    Its results are shown one a line, floats in the fewest digits that stand for them. Write -- before negative
    numbers. A number that its type can't hold is an error; an integer may be given signed or unsigned.
    """
    from wasmdev.app import execute
    from wasmdev.board import ports
    from wasmdev.console import say
    from wasmdev.module import values

    for arg in args or ():
        values.check(arg)
    with ports.open_board(port) as board:
        results = execute.call(board, app, function, args or (), raw)
    for result in results:
        say(result)
