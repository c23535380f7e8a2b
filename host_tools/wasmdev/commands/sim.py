"""``wasmdev sim``"""

from __future__ import annotations

from wasmdev.options import BoardName

EXAMPLES = """\b
Examples:
  wasmdev sim
  mpremote connect /dev/pts/3 exec "import wasm"    in another terminal, with the port that sim shows
"""


def sim(board: BoardName = "") -> None:
    """Serve the simulated board to other tools.

    It shows the port, then what happens on the pins, until Ctrl-C. Its files are those of --port sim;
    WASMDEV_SIM names another folder for them.
    """
    from wasmdev_sim import SimError, serve

    from wasmdev import descriptions, folders
    from wasmdev.errors import LinkError

    name = board or descriptions.DEFAULT
    descriptions.describe(name)
    try:
        serve(folders.sim(), name)
    except SimError as error:
        raise LinkError(f"sim: {error}") from error
