"""Calls from Python that take and return i32 and allocate nothing; imported when a first export is called so."""

import micropython
from micropython import const

from .core import run, token

# Words of a function's record and of the state (core).
_OWNER = const(0)
_LIMIT = const(2)
_TOP = const(8)
_CELLS = const(14)


def quick(function):
    """What is fastest to call for a Function: one viper function where i32 is its only type, else itself."""
    instance = function.instance
    parameters, results = function.signature.split(">")
    count = len(parameters)
    if count > 3 or parameters != "iii"[:count] or results not in ("", "i"):
        return function
    if instance.resolve(function.index)[0] is not instance:
        return function
    record = token(instance.record(instance.offset(function.index), count))
    return (_none, _one, _two, _three)[count](record, instance.context, bool(results))


def _none(record, context, has_result):
    if has_result:

        @micropython.viper
        def call():
            return run(record, 0, 0, context)

    else:

        @micropython.viper
        def call():
            run(record, 0, 0, context)

    return call


def _one(record, context, has_result):
    if has_result:

        @micropython.viper
        def call(x):
            return run(record, x, 0, context)

    else:

        @micropython.viper
        def call(x):
            run(record, x, 0, context)

    return call


def _two(record, context, has_result):
    if has_result:

        @micropython.viper
        def call(x, y):
            return run(record, x, y, context)

    else:

        @micropython.viper
        def call(x, y):
            run(record, x, y, context)

    return call


def _three(record, context, has_result):
    # Viper functions take four arguments, and what they close over are some of them.
    bound = record, context
    if has_result:

        @micropython.viper
        def call(x, y, z):
            third(bound[0], z)
            return run(bound[0], x, y, bound[1])

    else:

        @micropython.viper
        def call(x, y, z):
            third(bound[0], z)
            run(bound[0], x, y, bound[1])

    return call


@micropython.viper
def third(record, z):
    """Writes a third argument, where there is room for it: where there is none the call traps."""
    t = ptr32(int(record) << 4)
    s = ptr32(t[_OWNER] | t[_OWNER + 1] << 32)
    top = s[_TOP]
    if top + 12 <= s[_LIMIT]:
        ptr32((s[_CELLS] | s[_CELLS + 1] << 32) + top)[2] = int(z)
