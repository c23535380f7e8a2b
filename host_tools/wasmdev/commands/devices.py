"""``wasmdev devices``"""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  wasmdev devices
  wasmdev devices --probe
  wasmdev devices --json
"""


def devices(
    probe: Annotated[
        bool, typer.Option("--probe", help="Stop what runs on the boards and ask MicroPython which they are.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """List what is attached, and which board it is.

    Serial ports on USB, RP2040 and RP2350 that wait for firmware, and the boards that need no hardware. By
    their USB ids alone boards that share one can't be told apart, nor what is behind a USB-serial chip:
    --probe asks them.
    """
    import dataclasses
    import json

    from wasmdev.board import devices as attached
    from wasmdev.console import note, say, table

    found = attached.attached(probe)
    if as_json:
        for line in json.dumps([dataclasses.asdict(device) for device in found], indent=2).splitlines():
            say(line)
        return
    rows = [
        (device.port, " or ".join(device.boards) or "unknown", device.usb or "-", device.state) for device in found
    ]
    table(("port", "board", "usb", "what"), rows)
    if not probe and any(device.kind == "serial" and len(device.boards) != 1 for device in found):
        note("ask the boards which they are, which stops their programs, with: wasmdev devices --probe")
