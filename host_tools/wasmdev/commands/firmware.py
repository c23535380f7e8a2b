"""``wasmdev firmware``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  wasmdev firmware --port /dev/ttyUSB0 --file ESP32_GENERIC.bin
  wasmdev firmware --port /media/me/RPI-RP2 --file RPI_PICO.uf2
  wasmdev firmware --file RPI_PICO.uf2    the only Pico attached, if it runs MicroPython or waits for firmware
"""


def firmware(
    port: Annotated[
        str,
        typer.Option(
            "--port", "-p", envvar="WASMDEV_PORT", metavar="PORT",
            help="Where the board is: auto, a device such as /dev/ttyUSB0 or COM3, or a boot volume's folder.",
        ),
    ] = "auto",
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="A .uf2 or .bin from micropython.org/download."),
    ] = None,
    erase: Annotated[
        bool, typer.Option("--erase", help="Erase all of the flash before, with the files on it (ESP32 family).")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before erasing.")] = False,
) -> None:  # fmt: skip
    """Put MicroPython on a board.

    The file is checked against the board's chip before anything is written. An RP2040 or RP2350 that runs
    MicroPython is restarted into its boot loader; without it, hold BOOTSEL while you plug the board in.
    Nothing is downloaded: without --file it says where to get one for the board.
    """
    import sys

    from wasmdev.console import confirm
    from wasmdev.errors import UsageError
    from wasmdev.firmware.provision import provision

    if erase and not yes and not sys.stdin.isatty():
        raise UsageError("--erase removes all files of the board", "say --yes with it where nobody can be asked")
    provision(port, file, erase, lambda question: yes or confirm(question))
