"""On MicroPython: the modules of tests/device/guests, which the host compiled."""

import os
import sys

import wasm


def path(name, tier=""):
    """The path of ``NAME.wasm`` or ``NAME.img``, or of one of the latter with native code."""
    return os.getenv("WASM_GUESTS") + "/" + (tier and tier + "/") + name


def tiers():
    """What ``path`` takes for the interpreter and for native code of this processor."""
    return "", "x64" if sys.maxsize > 1 << 32 else "x86"


def load(name, tier="", **given):
    """Loads the image of a guest."""
    return wasm.load(path(name + ".img", tier), **given)


def raised(kind, function, *arguments, **named):
    """The text of the exception that a call must raise."""
    try:
        function(*arguments, **named)
    except kind as error:
        return str(error)
    raise AssertionError("no " + kind.__name__)
