"""On MicroPython: the modules of tests/device/guests, which the host compiled."""

import os

import wasm


def path(name):
    """The path of ``NAME.wasm`` or ``NAME.img``."""
    return os.getenv("WASM_GUESTS") + "/" + name


def load(name, **given):
    """Loads the image of a guest."""
    return wasm.load(path(name + ".img"), **given)


def raised(kind, function, *arguments, **named):
    """The text of the exception that a call must raise."""
    try:
        function(*arguments, **named)
    except kind as error:
        return str(error)
    raise AssertionError("no " + kind.__name__)
