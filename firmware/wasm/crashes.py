"""How often an app has crashed in a row at power-up: ``/wasmdev/NAME.crashes``.

It has a line break for each start that is a crash so far; behind the last one stands why it was, where that is
known. Appending and removing are all that is done to it, which no file system does by halves.
"""

from micropython import const

from .flashed import FOLDER, remove

MOST = const(3)  # after so many it is not started any more


def crashes(name):
    try:
        with open(_path(name), "rb") as file:  # a cut of power may have left half a character
            return file.read().count(b"\n")
    except OSError:
        return 0


def count(name):
    """A start that is a crash until it is forgotten: also a hang, a watchdog and a cut of power can't undo it.
    Raises OSError."""
    _append(name, "\n")


def tell(name, why):
    """Keeps why the last start was one, if there is room."""
    try:
        _append(name, why)
    except OSError:
        pass  # that it was one is there


def forget(name):
    remove(_path(name))


def _path(name):
    return FOLDER + name + ".crashes"


def _append(name, text):
    with open(_path(name), "a") as file:
        file.write(text)
