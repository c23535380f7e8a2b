"""``wasmdev ls``"""

from __future__ import annotations

from wasmdev.options import Port

EXAMPLES = """\b
Examples:
  wasmdev ls --port sim
"""


def ls(port: Port = "auto") -> None:
    """List the modules on a board."""
    from wasmdev import app, boot, grants, ports, tiers
    from wasmdev.console import say, table

    with ports.open_board(port) as board:
        manifests = app.installed(board)
        first = boot.state(board)
    if not manifests:
        say("no modules; put one on the board with: wasmdev flash FILE.wasm")
        return
    rows = []
    for name, manifest in manifests.items():
        size = "missing" if manifest["size"] is None else f"{manifest['size']:,}"
        granted = [
            f"{label}: {grants.describe(grant)}" for label, grant in manifest.get("grants", {}).items()
        ]
        starts = "no" if name != first.name else "stopped" if first.stopped else "yes"
        head = (name, size, manifest.get("hash", "")[:8], tiers.describe(manifest), starts)
        rows.append((*head, ", ".join(granted) or "none"))
    table(("name", "bytes", "hash", "tier", "boot", "grants"), rows, right=(1,))
