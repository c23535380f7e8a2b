"""Calls from Python that take and return i32 and allocate nothing; imported when a first export is called so."""

import micropython
from micropython import const

from .core import run

# Words of the state, and the first of a context (core).
_LIMIT = const(2)
_TOP = const(8)
_CELLS = const(14)
_TOKEN = const(0)


def quick(function):
    """What is fastest to call for a Function: one viper function where i32 is its only type, else itself."""
    instance = function.instance
    index = function.index
    if index < len(instance.targets):
        return function
    image = instance.image
    offset = image.offset(index)
    direct = image.direct(image.type(offset))
    if not 0 <= direct < 8:
        return function
    return (_none, _one, _two, _three)[direct >> 1](instance.entry(offset, direct >> 1), run, direct & 1)


# What the functions close over are arguments of theirs, of which viper has four.


def _none(entry, go, has_result):
    if has_result:

        @micropython.viper
        def call():
            return go(entry, 0, 0, entry)

    else:

        @micropython.viper
        def call():
            go(entry, 0, 0, entry)

    return call


def _one(entry, go, has_result):
    if has_result:

        @micropython.viper
        def call(x):
            return go(entry, x, 0, entry)

    else:

        @micropython.viper
        def call(x):
            go(entry, x, 0, entry)

    return call


def _two(entry, go, has_result):
    if has_result:

        @micropython.viper
        def call(x, y):
            return go(entry, x, y, entry)

    else:

        @micropython.viper
        def call(x, y):
            go(entry, x, y, entry)

    return call


def _three(entry, go, has_result):
    bound = entry, go, third
    if has_result:

        @micropython.viper
        def call(x, y, z):
            entry = bound[0]
            bound[2](entry[_TOKEN], z)
            return bound[1](entry, x, y, entry)

    else:

        @micropython.viper
        def call(x, y, z):
            entry = bound[0]
            bound[2](entry[_TOKEN], z)
            bound[1](entry, x, y, entry)

    return call


@micropython.viper
def third(token, z):
    """Writes a third argument, where there is room for it: where there is none the call traps."""
    s = ptr32(int(token) << 4)
    top = s[_TOP]
    if top + 12 <= s[_LIMIT]:
        ptr32((s[_CELLS] | s[_CELLS + 1] << 32) + top)[2] = int(z)
