"""``wasmdev ps``"""

from __future__ import annotations

from wasmdev.commands.options import Port

EXAMPLES = """\b
Examples:
  wasmdev ps --port /dev/ttyACM0
"""


def ps(port: Port = "auto") -> None:
    """List the modules that run in the background.

    Memory is their linear memory in bytes, fuel the turns of loops and calls that they have used, and denied are
    calls without a grant, each since the module began. One that has ended is there until it is stopped.
    """
    from wasmdev.app import background
    from wasmdev.board import ports
    from wasmdev.console import say, table

    with ports.open_board(port) as board:
        found = background.states(board)
    if not found:
        say("nothing runs in the background; start a module with: wasmdev start NAME")
        return
    rows = [
        (each.name, each.state, f"{each.memory:,}", f"{each.fuel:,}", _ago(each.seconds), each.denied)
        for each in found
    ]
    table(("name", "state", "memory", "fuel", "since", "denied"), rows, right=(2, 3, 5))


def _ago(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
