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
        loop(instance, why, callers)
    except BaseException:
        unwind(callers)
        instance.state[TOP] = top
        raise
    finally:
        instance.idle = callers


def unwind(callers):
    """Gives up calls between instances, the innermost first: one may be in there more than once."""
    while callers:
        caller, _, _, _, top, callee, callee_top, _ = callers.pop()
        callee.state[TOP] = callee_top
        caller.state[TOP] = top


def loop(instance, why, callers, execution=None):
    """Runs an instance, and those that it calls, until the call is done for which nobody is left in ``callers``.

    An ``execution`` (execution.py) may end this earlier, with all in its place to go on: then it is True, or what
    that raises.
    """
    while True:
        if why is None:
            pass
        elif why == DONE:
            if not callers:
                return False
            callee = instance
            instance = _back(instance, callers)
            if execution:
                execution.release(callee)
        elif why == SLICE:
            if execution and execution.refuel(instance):
                return True
            if execution or not _refuel(instance):
                raise Trap("all fuel consumed", trace(instance, callers))
        elif why == TRAP:
            if execution and execution.trapped(instance):
                return True
            raise Trap(TRAPS[instance.state[ARG]], trace(instance, callers))
        else:
            instance = _outside(instance, why, callers, execution)
        context = execution.enter(instance) if execution else instance.context
        why = run(context, 0, 0, context)


def _refuel(instance):
    """Puts the next slice of the fuel into the state, but for a turn that is owed; 0 where there is none left."""
    state = instance.state
    left = state[LEFT]
    if left and left != NONE:
        state[LEFT] = left - 1
    state[FUEL] = fuel = SLICE_SIZE - owed(state) if left else 0
    return fuel


def owed(state):
    """The turn that the interpreter went without fuel, if it did."""
    return 1 if state[FUEL] else 0


def refuel(context):
    """The same for native code, which goes on by itself unless it is stopped here."""
    instance = context[INSTANCE]
    instance.state[FUEL] = 0
    held(_refuel, instance)


def _outside(instance, why, callers, execution):
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
        if execution:
            execution.claim(target[0], instance, pc, fp)
        return _switch(instance, target, frame, callers)
    call(instance, target, pc, fp, execution)
    state[FP] = fp
    after_call(instance, pc, target[1].split(b">")[1])
    return instance


def general(context):
    """Calls the imported Python function number ARG for the instruction at PC, whatever its types are."""
    instance = context[INSTANCE]
    state = instance.state
    busy(call, instance, instance.targets[state[ARG]], state[PC], state[FP])


def call(instance, target, pc, fp, execution=None):
    """Calls a Python function for the instruction at ``pc`` of the frame ``fp``: its arguments are where that
    instruction says, and its results go there."""
    function = execution.function(target) if execution else target[0]
    parameters, results = target[1].split(b">")
    cells = instance.cells
    state = instance.state
    code = instance.image.code
    frame = fp + 4 * (code[pc + 2] | code[pc + 3] << 8)
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
    state[FUEL] = fuel
    state[LEFT] = left
    if execution:
        execution.returned(value, results, instance, pc, fp)
    put_results(cells, frame >> 2, results, value)


def put_results(cells, at, results, value):
    """Writes what a Python function returned: nothing, one value or a tuple of them."""
    if len(results) < 2:
        value = (value,)
    elif len(value) != len(results):
        raise TypeError("imported function returned %d values, not %d" % (len(value), len(results)))
    for letter, one in zip(results, value):
        put(cells, at, letter, one)
        at += width(letter)


def after_call(instance, pc, results):
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
    after_call(instance, pc, results)
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
