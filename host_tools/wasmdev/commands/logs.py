"""``wasmdev logs``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import Port, Raw

EXAMPLES = """\b
Examples:
  wasmdev logs blink --port /dev/ttyACM0
  wasmdev logs blink --follow --port /dev/ttyACM0
"""


def logs(
    name: Annotated[str, typer.Argument(help="A module in the background.", metavar="NAME")],
    port: Port = "auto",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what it prints, until Ctrl-C.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option("--timeout", "-t", metavar="SECONDS", help="Follow it no longer than this.")
    ] = None,
    raw: Raw = False,
) -> None:
    """Show what a module in the background has printed: its last 1,024 bytes.

    It goes on when this is stopped.
    """
    from wasmdev.app import background
    from wasmdev.board import ports
    from wasmdev.console import Output

    with ports.open_board(port) as board:
        if follow:
            background.follow(board, [name], timeout, raw, True)
        else:
            Output(raw).write(background.printed(board, name), True)
