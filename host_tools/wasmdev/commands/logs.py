"""``wasmdev logs``"""

from __future__ import annotations

import contextlib
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
    """Show what a module in the background printed.

    Its last 1,024 bytes are there. It goes on when this is stopped.
    """
    from wasmdev.app import background
    from wasmdev.board import ports
    from wasmdev.console import Output
    from wasmdev.errors import TimeLimit

    output = Output(raw)
    with ports.open_board(port) as board, contextlib.suppress(TimeLimit):
        if follow:
            background.follow(board, [name], output.write, timeout)
        else:
            output.write(background.printed(board, name))
    output.write(b"", True)
