"""``wasmdev ls``"""

from __future__ import annotations

from typing import Any

from wasmdev.commands.options import Port

EXAMPLES = """\b
Examples:
  wasmdev ls --port sim
"""


def ls(port: Port = "auto") -> None:
    """List the modules on a board."""
    from wasmdev.app import apps, boot, tiers
    from wasmdev.board import ports
    from wasmdev.console import say, table

    with ports.open_board(port) as board:
        manifests = apps.installed(board)
        at_power_up = {each.name: each for each in boot.states(board)}
    if not manifests:
        say("no modules; put one on the board with: wasmdev flash FILE.wasm")
        return
    rows = []
    for name, manifest in manifests.items():
        size = "missing" if manifest["size"] is None else f"{manifest['size']:,}"
        granted = [f"{label}: {_words(grant)}" for label, grant in manifest.get("grants", {}).items()]
        found = at_power_up.get(name)
        starts = "no" if not found else "stopped" if found.stopped else "yes"
        head = (name, size, manifest.get("hash", "")[:8], tiers.describe(manifest), starts)
        rows.append((*head, ", ".join(granted) or "none"))
    table(("name", "bytes", "hash", "tier", "boot", "grants"), rows, right=(1,))


def _words(grant: list[Any]) -> str:
    from wasmdev.grants import grants

    try:
        return grants.describe(grant)
    except (TypeError, ValueError):  # whoever wrote that
        return repr(grant)
