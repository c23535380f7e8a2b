"""Modules that ``wasmdev flash`` put on the board: ``/wasmdev/NAME.json`` says which image, and with what."""

import json
import os

from micropython import const

FOLDER = const("/wasmdev/")


def exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def remove(path):
    """Leaves no file there."""
    try:
        os.remove(path)
    except OSError:
        pass  # there was none


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


def tell(name, why):
    """Keeps why the native code of a module was given up, for ``wasmdev ls`` and ``info``; "" where it runs."""
    path = FOLDER + name + ".ran"
    there = exists(path)
    if there == bool(why):
        return
    try:
        if there:
            os.remove(path)
        else:
            with open(path, "w") as file:
                file.write(why)
    except OSError:
        pass  # the flash is full or can't be written to: what runs is worth more than a note of it
