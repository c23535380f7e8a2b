"""``wasmdev qemu``"""

from __future__ import annotations

from typing import Annotated

import typer

from wasmdev.commands.options import BoardName, Public, Serve

EXAMPLES = """\b
Examples:
  wasmdev qemu xtensa
  mpremote connect /dev/pts/3 exec "import wasm"    in another terminal, with the port that it shows
  wasmdev qemu cortex-m --serve 127.0.0.1:4000
"""


def qemu(
    machine: Annotated[str, typer.Argument(metavar="MACHINE", help="xtensa, riscv, cortex-m or cortex-m3.")],
    board: BoardName = "",
    serve: Serve = "",
    public: Public = False,
) -> None:
    """Serve a board with another processor, in qemu.

    It runs MicroPython; xtensa stands for an ESP32, riscv for an ESP32-C3, cortex-m for a Pico 2. It shows the
    port, then what happens on the pins, until Ctrl-C. The port is a pty, or socket://HOST:PORT with --serve. Its
    flash is that of --port MACHINE; WASMDEV_QEMU names another folder for it. The firmware is built in a checkout
    by make qemu.
    """
    from wasmdev_qemu import MACHINES
    from wasmdev_sim import show

    from wasmdev import descriptions
    from wasmdev.board import ports
    from wasmdev.board.qemu import open_machine
    from wasmdev.errors import UsageError

    if machine not in MACHINES:
        raise UsageError(f"there is no machine {machine}", f"give {', '.join(MACHINES)}")
    if board:
        descriptions.describe(board)
    ports.check_served(serve, public)
    with open_machine(machine, board or None, serve=serve or None, public=public) as emulated:
        show(emulated)
