"""``wasmdev install``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import Port

EXAMPLES = """\b
Examples:
  wasmdev install --port sim
  wasmdev install --port /dev/ttyACM0 --force
"""


def install(
    port: Port = "auto",
    force: Annotated[bool, typer.Option("--force", help="Check every file, even if up to date.")] = False,
) -> None:
    """Put the runtime on a board, or bring it up to date.

    flash and run do this by themselves. An install that is cut leaves the runtime that was there whole.
    """
    from wasmdev.app.deploy import ensure_runtime
    from wasmdev.board.ports import open_board

    with open_board(port) as board:
        ensure_runtime(board, force)
