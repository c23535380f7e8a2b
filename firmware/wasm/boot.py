"""Starts a module at power-up: ``main.py`` calls ``start``, and ``wasmdev flash --boot`` says which module.

A start counts as a crash from before it until the module has ended by itself, has run for ten seconds or was
stopped by Ctrl-C: also a hang, a watchdog and a cut of power can't undo that. After three crashes in a row the
module is not started any more, so whatever it does, the board can be had back.
"""

import os
import sys

from micropython import const

from .api import load
from .damage import check

APP = const("/wasmdev/boot")  # the module's name
# A line break for each start that is a crash so far. Behind the last one, why it was, where that is known.
# Appending and removing are all that is done to it, which no file system does by halves.
CRASHES = const("/wasmdev/boot.crashes")

_MOST = const(3)
_LASTING_MS = const(10000)


def start():
    """Runs the module that is to start at power-up, if there is one. Returns when it has ended."""
    name = _read(APP)
    if not name:
        return
    if _read(CRASHES).count("\n") >= _MOST:
        print("%s crashed %d times in a row and is not started: wasmdev info" % (name, _MOST))
        return
    timer = None
    try:
        try:
            _append("\n")
        except OSError as error:
            print("%s is not started, as its crashes can't be counted: %r" % (name, error))
            return
        timer = _later(_forget)
        code = _run(name, check(name).get("checkpoint"))
        _forget()
        if code:
            print("%s ended with exit code %d" % (name, code))
    except KeyboardInterrupt:
        _forget()
        print("%s stopped by Ctrl-C" % name)
    except Exception as error:
        _append("%s: %s" % (type(error).__name__, " ".join(str(error).split())))
        sys.print_exception(error)
    finally:
        if timer:
            timer.deinit()


def _run(name, every_ms):
    """The exit code of the module, which goes on where it was if checkpoints are kept of it, every so many
    milliseconds. After two crashes in a row it begins anew: the fault may be in what was kept."""
    if not every_ms:
        return load(name).run()
    from .checkpoint import run

    return run(name, every_ms, _read(CRASHES).count("\n") >= _MOST)


def _later(callback):
    """A timer that has the callback run while the module does; None where the board has no timers."""
    try:
        from machine import Timer
    except ImportError:
        return None
    for id in (-1, 0):  # a timer of the system, or the first of the hardware's
        try:
            return Timer(id, mode=Timer.ONE_SHOT, period=_LASTING_MS, callback=callback)
        except (ValueError, OSError):
            continue


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def _append(text):
    with open(CRASHES, "a") as file:
        file.write(text)


def _forget(_=None):
    try:
        os.remove(CRASHES)
    except OSError:  # it was removed before
        pass
