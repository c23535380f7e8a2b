"""Starts modules at power-up: ``main.py`` calls ``start``, and ``wasmdev flash --boot`` says which modules.

A start counts as a crash from before it until the module has ended by itself, has run for ten seconds or was
interrupted by Ctrl-C. After three crashes in a row the module is not started any more, so whatever it does, the
board can be had back.
"""

import sys

from micropython import const

from . import background
from .crashes import MOST, count, crashes, forget, tell
from .flashed import exists
from .parts import part

APPS = const("/wasmdev/boot")  # the modules' names, a line each


def start():
    """Runs the modules that are to start at power-up, if there are any. Returns when all have ended."""
    if exists(background.AWAY):  # by a command during which power was cut
        part("wasm.served").forget_away()
    for name in _names():
        before = crashes(name)
        if before >= MOST:
            print("%s crashed %d times in a row and is not started: wasmdev info" % (name, MOST))
            continue
        try:
            count(name)
        except OSError as error:
            print("%s is not started, as its crashes can't be counted: %r" % (name, error))
            continue
        try:
            background.start(name, before)
        except KeyboardInterrupt:
            forget(name)
            raise
        except Exception as error:
            tell(name, background.words(error))
            sys.print_exception(error)
    try:
        background.run()
    except KeyboardInterrupt:
        for name in background.running():
            forget(name)
            print("%s stands still: wasm.run() goes on with it" % name)


def _names():
    try:
        with open(APPS) as file:
            return [name for name in file.read().split("\n") if name]
    except OSError:
        return []
