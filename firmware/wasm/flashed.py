"""Modules that ``wasmdev flash`` put on the board: ``/wasmdev/NAME.json`` says which image, and with what."""

import json

from micropython import const

FOLDER = const("/wasmdev/")


def settings(name):
    """``(path of the image, what was given with it)``, the path of a native image included.

    Raises OSError where no such module was flashed.
    """
    try:
        with open(FOLDER + name + ".json") as file:
            given = json.load(file)
    except OSError:
        raise OSError("no module '%s' on this board: wasmdev flash %s.wasm" % (name, name))
    if "native" in given:
        given["native"] = FOLDER + given["native"]
    return FOLDER + given["image"], given
