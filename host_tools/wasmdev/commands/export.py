"""``wasmdev export``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.commands.options import check_arch

EXAMPLES = """\b
Examples:
  wasmdev export runtime --arch armv6m
  mpremote mip install http://HOST/runtime/package.json     once a web server has the folder
  make BOARD=RPI_PICO FROZEN_MANIFEST=runtime/manifest.py   in a port of MicroPython
"""


def export(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if missing.", metavar="FOLDER")],
    arch: Annotated[
        str,
        typer.Option("--arch", "-a", metavar="ARCH", help="armv6m, armv7emsp, xtensawin, rv32imc, as info tells."),
    ],
) -> None:
    """Write the runtime as files, for other ways.

    package.json is for mip, MicroPython's package installer, and manifest.py for a firmware of your own.
    """
    from wasmdev.console import say
    from wasmdev.errors import UsageError
    from wasmdev.runtime import export as exports

    check_arch(arch)
    try:
        runtime = exports.export(folder, arch)
    except OSError as error:
        raise UsageError(f"can't write {folder}: {error.strerror}") from None
    say(f"{folder}: runtime {runtime.hash} for {arch}, with package.json and manifest.py")
