"""``wasmdev sim``"""

from __future__ import annotations

from wasmdev.commands.options import BoardName, Public, Serve

EXAMPLES = """\b
Examples:
  wasmdev sim
  mpremote connect /dev/pts/3 exec "import wasm"    in another terminal, with the port that sim shows
  wasmdev sim --serve 127.0.0.1:4000
"""


def sim(board: BoardName = "", serve: Serve = "", public: Public = False) -> None:
    """Serve the simulated board to other tools.

    It shows the port, then what happens on the pins, until Ctrl-C. The port is a pty, or socket://HOST:PORT
    where the system has no ptys and with --serve. Its files are those of --port sim; WASMDEV_SIM names
    another folder for them. On Linux what runs there reaches no other file of this computer, no program and no
    network.
    """
    import wasmdev_sim

    from wasmdev import descriptions, folders
    from wasmdev.board import ports
    from wasmdev.errors import LinkError

    name = board or descriptions.DEFAULT
    descriptions.describe(name)
    ports.check_served(serve, public)
    try:
        wasmdev_sim.serve(folders.sim(), name, at=serve or None, public=public)
    except wasmdev_sim.SimError as error:
        raise LinkError(f"sim: {error}") from error
