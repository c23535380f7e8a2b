"""``wasmdev info``"""

from __future__ import annotations

from wasmdev.options import BoardName, Port

EXAMPLES = """\b
Examples:
  wasmdev info --port sim
"""


def info(port: Port = "auto", board: BoardName = "") -> None:
    """Show what a board is and has.

    Denied are calls that a module made without a grant.
    """
    from wasmdev import app, boot, ports, runtime, tiers
    from wasmdev.console import table

    with ports.open_board(port, board or None) as target:
        facts = target.facts
        title = target.description.title if target.name else facts.machine
        loaded = runtime.installed(target)
        denied = [f"{function}: {times}" for function, times in target.denied().items()]
        there = [f"{name} ({tiers.describe(manifest)})" for name, manifest in app.installed(target).items()]
        rows = [
            ("board", f"{title} (no hardware)" if target.emulated else title),
            ("port", target.link.device),
            ("MicroPython", f"{facts.version}, native code for {facts.arch}"),
            ("free heap", f"{target.free_heap():,} bytes"),
            ("free flash", f"{target.files.free():,} bytes"),
            ("runtime", loaded or "none; run: wasmdev install"),
            ("modules", ", ".join(there) or "none"),
            ("at power-up", boot.state(target).describe()),
            ("denied", ", ".join(denied) or "none since it started"),
        ]
    table((), rows)
