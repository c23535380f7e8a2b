"""Runs code: the loop around the interpreter that does what the interpreter can't.

Calls between functions of an instance stay in the interpreter. A call that leaves the instance comes here: a
Python function is called, a function of another instance is entered by turning to that instance's cells, so
that guests never recurse on MicroPython's stack.
"""

import struct

from micropython import const

from .core import (
    ARG,
    DONE,
    FIRST,
    FP,
    FUEL,
    IMPORT,
    INSTANCE,
    LEFT,
    LIMIT,
    NONE,
    PC,
    RETURN_CALL_INDIRECT,
    SLICE,
    SLICES,
    TOP,
    TRAP,
    TRAPS,
    WHY,
    clear,
    run,
)
from .errors import Trap
from .life import busy, held
from .values import cells_of, get, put, width

# Turns of loops and calls between two looks at Ctrl-C: some tenths of a second on a slow board.
SLICE_SIZE = const(10000)


def header(instance, offset):
    """What stands before the code there (wasmc/image/isa.py): cells of its frame, link cell, locals, type."""
    return struct.unpack_from("<4H", instance.image.code, offset)


def enter(instance, offset, head, frame):
    """Prepares a frame at byte offset ``frame`` for the function whose code begins at ``offset``."""
    state = instance.state
    if frame + 4 * head[0] > state[LIMIT]:
        raise Trap("call stack exhausted")
    last = (frame >> 2) + head[1]
    clear(instance.cells, last - head[2], last + 1)
    state[FP] = frame
    state[PC] = offset + 8


def execute(instance, offset, frame):
    """Runs the function at ``offset`` whose arguments are at byte offset ``frame``, where its results end.

    Raises Trap, and what a called Python function raises.
    """
    enter(instance, offset, header(instance, offset), frame)
    state = instance.state
    state[FUEL] = state[FIRST]
    state[LEFT] = state[SLICES]
    busy(_proceed, instance, None)


def pass_on(context):
    """A call from Python (core's run) that stopped for the reason WHY is brought to its end."""
    instance = context[INSTANCE]
    busy(_proceed, instance, instance.state[WHY])


def _proceed(instance, why):
    """Goes on with an instance that stopped for the reason ``why``, None where it begins."""
    top = instance.state[TOP]
    callers = instance.idle
    instance.idle = None
    if callers is None:
        callers = []
    try:
        _loop(instance, why, callers)
    except BaseException:
        instance.state[TOP] = top
        for caller, _, _, _, top, callee, callee_top, _ in callers:
            caller.state[TOP] = top
            callee.state[TOP] = callee_top
        callers.clear()
        raise
    finally:
        instance.idle = callers


def _loop(instance, why, callers):
    while True:
        if why is None:
            pass
        elif why == DONE:
            if not callers:
                return
            instance = _back(instance, callers)
        elif why == SLICE:
            if not _refuel(instance):
                raise Trap("all fuel consumed", trace(instance, callers))
        elif why == TRAP:
            raise Trap(TRAPS[instance.state[ARG]], trace(instance, callers))
        else:
            instance = _outside(instance, why, callers)
        context = instance.context
        why = run(context, 0, 0, context)


def _refuel(instance):
    """Puts the next slice of the fuel into the state; its size, 0 where there is none left."""
    state = instance.state
    left = state[LEFT]
    if left and left != NONE:
        state[LEFT] = left - 1
    state[FUEL] = fuel = SLICE_SIZE if left else 0
    return fuel


def refuel(context):
    """The same for native code, which goes on by itself unless it is stopped here."""
    held(_refuel, context[INSTANCE])


def _outside(instance, why, callers):
    """A call that leaves the instance; returns the instance to go on with."""
    state = instance.state
    pc = state[PC]
    fp = state[FP]
    code = instance.image.code
    frame = fp + 4 * (code[pc + 2] | code[pc + 3] << 8)
    if why == IMPORT:
        target = instance.targets[state[ARG]]
    else:
        target = instance.target(state[ARG])
        wanted = instance.image.types[code[pc + 4] | code[pc + 5] << 8]
        if instance.signature_of(target) != wanted:
            raise Trap("indirect call type mismatch", trace(instance, callers))
    if not callable(target[0]):
        return _switch(instance, target, frame, callers)
    _call(instance, target, frame)
    state[FP] = fp
    _after_call(instance, pc, target[1].split(b">")[1])
    return instance


def general(context):
    """Calls the imported Python function number ARG for the instruction at PC, whatever its types are."""
    busy(_import, context[INSTANCE])


def _import(instance):
    state = instance.state
    code = instance.image.code
    pc = state[PC]
    _call(instance, instance.targets[state[ARG]], state[FP] + 4 * (code[pc + 2] | code[pc + 3] << 8))


def _call(instance, target, frame):
    """Calls a Python function whose arguments are at byte offset ``frame``, where its results go."""
    function, signature = target
    parameters, results = signature.split(b">")
    cells = instance.cells
    state = instance.state
    at = frame >> 2
    args = []
    for letter in parameters:
        args.append(get(instance, cells, at, letter))
        at += width(letter)
    top = state[TOP]
    fuel = state[FUEL]
    left = state[LEFT]
    state[TOP] = frame + 4 * max(cells_of(parameters), cells_of(results))
    try:
        value = function(*args)
    finally:
        state[TOP] = top
    put_results(cells, frame >> 2, results, value)
    state[FUEL] = fuel
    state[LEFT] = left


def put_results(cells, at, results, value):
    """Writes what a Python function returned: nothing, one value or a tuple of them."""
    if len(results) < 2:
        value = (value,)
    elif len(value) != len(results):
        raise TypeError("imported function returned %d values, not %d" % (len(value), len(results)))
    for letter, one in zip(results, value):
        put(cells, at, letter, one)
        at += width(letter)


def _after_call(instance, pc, results):
    """Goes on behind the call at ``pc``, whose results are in place; a tail call returns with them."""
    state = instance.state
    code = instance.image.code
    if code[pc] != RETURN_CALL_INDIRECT:
        state[PC] = pc + 8
        return
    cells = instance.cells
    to = state[FP] >> 2
    link = cells[to + (code[pc + 10] | code[pc + 11] << 8)]
    source = to + (code[pc + 2] | code[pc + 3] << 8)
    for i in range(cells_of(results)):
        cells[to + i] = cells[source + i]
    state[FP] -= 4 * (code[link + 2] | code[link + 3] << 8)
    state[PC] = link + 8


def _switch(instance, target, frame, callers):
    """Enters a function of another instance: arguments move to that instance's cells."""
    other, index = target
    state = instance.state
    there = other.state
    signature = other.signature(index)
    parameters, results = signature.split(b">")
    callers.append((instance, state[PC], state[FP], frame, state[TOP], other, there[TOP], results))
    state[TOP] = frame + 4 * max(cells_of(parameters), cells_of(results))
    to = there[TOP] >> 2
    count = cells_of(parameters)
    if (to + count) << 2 > there[LIMIT]:
        raise Trap("call stack exhausted", trace(instance, callers[:-1]))
    move(instance.cells, frame >> 2, other.cells, to, count)
    offset = other.image.offset(index)
    enter(other, offset, header(other, offset), there[TOP])
    there[FUEL] = state[FUEL]
    there[LEFT] = state[LEFT]
    return other


def _back(callee, callers):
    """A function of another instance is done: results move back; returns the caller."""
    instance, pc, fp, frame, instance_top, _, callee_top, results = callers.pop()
    move(callee.cells, callee_top >> 2, instance.cells, frame >> 2, cells_of(results))
    callee.state[TOP] = callee_top
    state = instance.state
    state[TOP] = instance_top
    state[FP] = fp
    state[FUEL] = callee.state[FUEL]
    state[LEFT] = callee.state[LEFT]
    _after_call(instance, pc, results)
    return instance


def move(source, at, target, to, count):
    for i in range(count):
        target[to + i] = source[at + i]


def trace(instance, callers):
    """The frames of a trap: ``(function index, offset in the module)``, the innermost first."""
    frames = instance.frames(instance.state[PC], instance.state[FP])
    for caller, pc, fp, *_ in reversed(callers):
        frames += caller.frames(pc, fp)
    return frames
