"""A call of a guest's function that stops between two turns and goes on later.

While it stands still it is data: the cells and states of the instances that it is in, who called whom among them,
and a few numbers. No frame of Python belongs to it. Other calls from Python have their frames behind its own, and
end before it goes on; another execution waits until it has left the instance.
"""

import micropython
from micropython import const

from .core import (
    ARG,
    FIRST,
    FP,
    FUEL,
    FUNCTIONS,
    GENERAL,
    GENERAL_KIND,
    INSTANCE,
    KINDS,
    LEFT,
    NONE,
    PC,
    RUNNING,
    SLICES,
    TOP,
    TRAPS,
    point,
)
from .life import between, busy, life, settle
from .machine import SLICE_SIZE, after_call, call, enter, header, loop, owed, put_results, unwind
from .wait import Wait


class Pause(BaseException):
    """A wait, on its way out of a call of Python's: no ``except Exception`` of the host may take it.

    A new one each time: MicroPython adds to the traceback of one that is raised again.
    """


class Unstoppable(RuntimeError):
    """The native code of a module can't stop in the midst of a call."""


def can_stop(image):
    """Whether calls of an image can, in whichever tier that is."""
    return not image.native or image.stops


def check_stops(image):
    """Raises Unstoppable where they can't."""
    if not can_stop(image):
        raise Unstoppable("native code that can't stop for other tasks: flash it with --tasks or --portable")


_MOST_LATER = const(16)
_NO_FUEL = TRAPS.index("all fuel consumed")


def begin(instance, index, args, bits=False):
    """An Execution of a function that is the instance's own; ``bits``: floats as their bits.

    Raises Trap where the stack has no room, TypeError, and RuntimeError where native code can't stop.
    """
    image = instance.image
    offset = image.offset(index)
    signature = image.types[image.type(offset)]
    instance.pass_arguments(instance.passed(signature, bits)[0], args)
    enter(instance, offset, header(instance, offset), instance.state[TOP])
    execution = Execution(instance, index, signature, bits)
    execution.begin()
    return execution


class Execution:
    """``waiting`` is the Wait that must be over before it goes on, or None; ``result`` is the function's.

    ``index`` is the function's, ``callers`` are calls between instances.
    """

    waiting = result = None
    owed = 0  # turns, of the next slice
    fuel = None  # what is left of what a call may use, if that is limited
    waited = None  # microseconds that it has waited already for what it is about to, before a snapshot
    _kinds = False  # whether an instance has imports that may wait
    _wanted = None  # the results of the function that waits, where it is one

    def __init__(self, instance, index, signature, bits=False):
        self.index = index
        self._results = instance.passed(signature, bits)[1]
        self._root = self._instance = instance
        state = instance.state
        self._frame = state[TOP]
        slices = state[SLICES]
        if slices != NONE:
            self.fuel = state[FIRST] + slices * SLICE_SIZE
        self.callers = []
        self._later = []
        self._places = {}  # instance -> its _Place
        self._here = self._place(instance)

    def begin(self):
        """Makes it the one that is in its instance, whose state says where it stands."""
        self._instance.execution = self
        self._instance.state[FUEL] = 0
        self._park()

    def stands(self):
        """Where it does: PC and FP of its instance."""
        return self._pc, self._fp

    def step(self, fuel):
        """Goes on for so many turns of loops and calls at most; True when the call is done.

        What a plain call raises is raised, and is the end of it.
        """
        try:
            life[RUNNING] += 1
            try:
                stands = self._step(fuel)
            except Pause:
                stands = True
            finally:
                life[RUNNING] -= 1
                if self._kinds:
                    self._take_kinds(False)
        except BaseException:
            self.end()
            raise
        self._root.used += self._given - self._instance.state[FUEL]
        if stands:
            self._park()
            return False
        self.result = self._root.results(self._frame, self._results)
        self.end()
        settle()
        return True

    def end(self):
        """Gives up what is left of it, if anything is."""
        if self._root.execution is not self:
            return
        unwind(self.callers)
        self._root.state[TOP] = self._frame
        for instance in self._places:
            if instance.execution is self:
                instance.execution = None
        self.waiting = None
        while self._later:
            between(self._later.pop(0))

    def instances(self):
        """Those that it has been in."""
        return self._places.keys()

    def later(self, function):
        """Has a function called when the instances that it is in are free."""
        if function not in self._later and len(self._later) < _MOST_LATER:
            self._later.append(function)

    def _step(self, fuel):
        instance = self._instance
        state = instance.state
        wait = self.waiting
        if wait:
            self.waiting = None
            value = wait.finish()
        state[TOP] = self._top
        state[FP] = self._fp
        state[PC] = self._pc
        if wait and self._wanted is not None:
            code = instance.image.code
            frame = self._fp + 4 * (code[self._pc + 2] | code[self._pc + 3] << 8)
            put_results(instance.cells, frame >> 2, self._wanted, value)
            after_call(instance, self._pc, self._wanted)
        if self.fuel is not None:
            fuel = min(fuel, self.fuel)
            self.fuel -= fuel
        self._given = fuel
        state[FUEL] = fuel - self.owed
        self.owed = 0
        state[LEFT] = 0
        if self._kinds:
            self._take_kinds(True)
        return loop(instance, None, self.callers, self)

    def _park(self):
        """Keeps what other calls of the instance overwrite, and makes room for their frames behind its own."""
        instance = self._instance
        state = instance.state
        self.waited = None
        self._pc = pc = state[PC]
        self._fp = fp = state[FP]
        self._top = state[TOP]
        state[TOP] = fp + 4 * _cells(self._here.offsets, instance.image.code, state[FUNCTIONS], pc)
        if self.fuel is not None:
            self.fuel += state[FUEL]

    def _take_kinds(self, ours):
        for instance, place in self._places.items():
            if place.kinds:
                point(instance.state, KINDS, place.kinds if ours else instance.kinds)

    def _place(self, instance):
        place = self._places.get(instance)
        if place is None:
            place = self._places[instance] = _Place(instance, self._general)
            if place.kinds:
                self._kinds = True
                point(instance.state, KINDS, place.kinds)
        return place

    # What the machine asks for.

    def enter(self, instance):
        """The context with which an instance goes on."""
        if instance is not self._instance:
            self._instance = instance
            self._here = self._place(instance)
        return self._here.context

    def refuel(self, instance):
        """Whether a slice ends, and not the last of the fuel."""
        if self.fuel == 0:
            return False
        state = instance.state
        self.owed = owed(state)
        state[FUEL] = 0
        return True

    def trapped(self, instance):
        """The same of native code, which stops at a trap that has the way back behind it."""
        state = instance.state
        if state[ARG] != _NO_FUEL or self.fuel == 0:
            return False
        state[PC] += 4
        return True

    def function(self, target):
        """What to call of the forms of a Python function."""
        return target[2] if len(target) > 2 else target[0]

    def returned(self, value, results, instance, pc, fp):
        """Ends a slice where a Python function returned that it has to wait."""
        if hasattr(value, "finish"):
            if self.waited and hasattr(value, "wait_less"):
                value.wait_less(self.waited)
            self._stop(value, results, instance, pc, fp)

    def claim(self, other, instance, pc, fp):
        """Ends a slice before the call of a function of another instance, where somebody else is in that."""
        holder = other.execution
        self._place(other)
        if holder and holder is not self:
            while isinstance(holder and holder.waiting, _Turn):
                holder = holder.waiting.instance.execution
                if holder is self:
                    raise RuntimeError("tasks wait for instances that each other are in")
            self._stop(_Turn(other), None, instance, pc, fp)
        other.execution = self

    def release(self, instance):
        """An instance has returned to another one."""
        for caller in self.callers:
            if caller[0] is instance:
                return
        if instance is not self._root:
            instance.execution = None

    def _stop(self, wait, wanted, instance, pc, fp):
        self.waiting = wait
        self._wanted = wanted
        state = instance.state
        state[PC] = pc
        state[FP] = fp
        raise Pause

    def _general(self, context):
        instance = context[INSTANCE]
        state = instance.state
        busy(call, instance, instance.targets[state[ARG]], state[PC], state[FP], self)


class _Place:
    """What an execution has of an instance: a context that leads imported calls to it, where functions begin, and
    how imported ones are called where some may wait."""

    def __init__(self, instance, general):
        check_stops(instance.image)
        self.context = instance.context[:]
        self.context[GENERAL] = general
        self.offsets = memoryview(instance.image.code)[instance.image.offsets :]
        self.kinds = None
        for index, target in enumerate(instance.targets):
            if len(target) > 2:
                if self.kinds is None:
                    self.kinds = bytearray(instance.kinds)
                self.kinds[index] = GENERAL_KIND


class _Turn(Wait):
    """Waits until nobody is in an instance."""

    def __init__(self, instance):
        self.instance = instance

    def ready(self):
        return self.instance.execution is None


@micropython.viper
def _cells(offsets: ptr32, code: ptr8, count: int, pc: int) -> int:
    """The cells of the frame of the function in whose code ``pc`` is: the last that begins before it."""
    while count:
        count -= 1
        begin = offsets[count]
        if begin:
            if begin <= pc:
                return int(ptr16(int(code) + begin)[0])
    return 0
