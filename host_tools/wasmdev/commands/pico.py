"""``wasmdev pico``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.commands.options import Public, Serve

EXAMPLES = """\b
Examples:
  wasmdev pico
  wasmdev pico --firmware RPI_PICO-20251209-v1.27.0.uf2
  mpremote connect /dev/pts/3 exec "import wasm"    in another terminal, with the port that it shows
  wasmdev pico --serve 127.0.0.1:4000
"""


def pico(
    firmware: Annotated[
        Path | None,
        typer.Option(
            "--firmware", "-f", metavar="FILE", help="A UF2 for the Pico, from now on also for --port pico."
        ),
    ] = None,
    serve: Serve = "",
    public: Public = False,
) -> None:
    """Serve the emulated Pico to other tools.

    It runs real RP2040 firmware. It shows the port, then what happens on the pins, until Ctrl-C. The port is
    a pty, or socket://HOST:PORT where the system has no ptys and with --serve. Its flash is that of --port
    pico; WASMDEV_PICO names another folder for it.
    """
    from wasmdev_pico import PicoError
    from wasmdev_sim import show

    from wasmdev.board import pico as emulated
    from wasmdev.board import ports
    from wasmdev.errors import LinkError

    if firmware:
        try:
            emulated.use(firmware)
        except PicoError as error:
            raise LinkError(f"pico: {error}") from error
    ports.check_served(serve, public)
    with ports.open_pico(serve=serve or None, public=public) as board:
        show(board)
