"""``wasmdev rm``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.options import Port

EXAMPLES = """\b
Examples:
  wasmdev rm blink --port sim
"""


def rm(
    names: Annotated[list[str], typer.Argument(help="Names of flashed modules.", metavar="NAME")],
    port: Port = "auto",
) -> None:
    """Remove modules from a board.

    One that starts at power-up doesn't any more.
    """
    from wasmdev import app, boot, ports
    from wasmdev.console import stage

    with ports.open_board(port) as board:
        for name in names:
            app.require(board, name)
        for name in names:
            boot.disarm(board, name)
            app.remove(board, name)
            stage("removed", name)
