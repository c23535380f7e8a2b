"""``wasmdev stop``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import Port

EXAMPLES = """\b
Examples:
  wasmdev stop blink --port /dev/ttyACM0
"""


def stop(
    names: Annotated[list[str], typer.Argument(help="Names of modules in the background.", metavar="NAME")],
    port: Port = "auto",
) -> None:
    """End modules that run in the background.

    What starts at power-up does so again at the next one: flash it without --boot, or remove it.
    """
    from wasmdev.app import background
    from wasmdev.board import ports
    from wasmdev.console import stage

    with ports.open_board(port) as board:
        for name in names:
            stage("stopped" if background.stop(board, name) else "not there", name)
