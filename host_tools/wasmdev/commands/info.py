"""``wasmdev info``"""

from __future__ import annotations

from wasmdev.commands.options import BoardName, Port

EXAMPLES = """\b
Examples:
  wasmdev info --port sim
"""


def info(port: Port = "auto", board: BoardName = "") -> None:
    """Show what a board is and has.

    Denied are calls that a module made without a grant. What opens something is told with the label or the path
    that was asked for last, and with the labels that were granted then.
    """
    from wasmdev.app import apps, boot, tiers
    from wasmdev.board import ports
    from wasmdev.console import table
    from wasmdev.grants import denied
    from wasmdev.runtime import runtime

    with ports.open_board(port, board or None) as target:
        facts = target.facts
        title = target.description.title if target.name else facts.machine
        loaded = runtime.installed(target)
        refused = denied.since_start(target)
        calls = [f"{name}: {times}{asked and f' ({asked})'}" for name, (times, asked) in refused.items()]
        there = [f"{name} ({tiers.describe(manifest)})" for name, manifest in apps.installed(target).items()]
        rows = [
            ("board", f"{title} (no hardware)" if target.emulated or facts.simulated else title),
            ("port", target.link.device),
            ("MicroPython", f"{facts.version}, native code for {facts.arch}"),
            ("free heap", f"{target.free_heap():,} bytes"),
            ("free flash", f"{target.files.free():,} bytes"),
            ("runtime", loaded or "none; run: wasmdev install"),
            ("modules", ", ".join(there) or "none"),
            ("at power-up", boot.describe(boot.states(target))),
            ("denied", "\n".join(calls) or "none since it started"),
        ]
    table((), rows)
