"""``wasmdev start``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import Port

EXAMPLES = """\b
Examples:
  wasmdev start blink --port /dev/ttyACM0
  wasmdev start blink filter --port /dev/ttyACM0
"""


def start(
    names: Annotated[list[str], typer.Argument(help="Names of flashed modules.", metavar="NAME")],
    port: Port = "auto",
) -> None:
    """Run modules on a board in the background.

    They share it: each has it for a few milliseconds, and waits without it. They go on when this command has ended
    and the cable is out, until they end, are stopped or the board is reset; what starts at power-up is chosen with
    flash --boot. Every command of wasmdev interrupts them, and they go on after it.
    """
    from wasmdev.app import background
    from wasmdev.board import ports
    from wasmdev.console import stage

    with ports.open_board(port) as board:
        background.check(board)
        for name in names:
            background.start(board, name)
            stage("started", name)
