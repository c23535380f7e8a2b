"""``wasmdev rm``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import Port

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
    from wasmdev.app import apps, background, boot
    from wasmdev.board import ports
    from wasmdev.console import stage

    with ports.open_board(port) as board:
        for name in names:
            apps.require(board, name)
        for name in names:
            background.stop(board, name)
            boot.disarm(board, name)
            apps.remove(board, name)
            stage("removed", name)
