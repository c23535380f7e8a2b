"""A module instance (spec section 4.2.5): what an image becomes when its imports are given."""

import struct
from array import array

from micropython import const

from . import core
from .core import BASE, CONST, FIRST, FUNCTIONS, LIMIT, MUTABLE, NONE, SLICES, TOP, point, run, token
from .errors import Trap
from .life import life, room, settle
from .machine import SLICE_SIZE, execute, general, pass_on, refuel
from .memory import NO_DIRECTORY, NO_MEMORY, Memory
from .parts import part
from .table import Table
from .values import Function, Global, cells_of, get, put, width

FUNC = const(0)
TABLE = const(1)
MEMORY = const(2)
GLOBAL = const(3)

STACK = const(8192)  # bytes of cells for frames, where nobody says how many
_SPARE = const(512)
_MOST_FRAMES = const(16)  # that a trap tells of
_PIECE = const(1024)  # bytes of a data segment that are read at once
_MOST_SLICES = const(NONE - 1)

# What an instance without memory has, and without a table; the latter is the former's directory as well.
_NO_TABLE = array("I", (0, 0))
point(_NO_TABLE, 0, NO_DIRECTORY)

DROPPED = array("I", (0,))  # a segment of nothing

# What states and contexts are copied from: what the interpreter reaches by an address, and what it can't.
_STATE = array("I", bytes(4 * core.TABLES + 8))
_STATE[FIRST] = SLICE_SIZE
_STATE[SLICES] = NONE
point(_STATE, core.LIFE, life)
point(_STATE, core.MEMORY, NO_MEMORY)
point(_STATE, core.TABLES, _NO_TABLE)
_CONTEXT = (None, 0, 0, None, None, refuel, None, pass_on, general, settle, core.guard, room, run)
_CONTEXT = array("O", _CONTEXT + (None,) * (core.IMPORTS - len(_CONTEXT)))

# References to functions are numbered through all instances, from 1 (0 is null): a table may be shared.
references = 1


class Instance:
    """Functions, tables, memory and globals, behind one another as in the spec's index spaces.

    ``imports`` are resolved already (link.py): lists of functions, each ``(instance, index)`` or ``(callable,
    type)`` and behind them what a task calls where that waits, of tables, of at most one memory and of globals,
    and how the functions are called.
    ``stack`` is the size in bytes of the cells for frames, or 0 for what the image says that frames take, ``cap``
    that of memory (Memory), ``fuel`` what one call may use. Raises MemoryError where the heap has no room.
    """

    idle = None  # for machine.proceed
    execution = None  # the one of a task that is in it
    memory = None
    segments = ()  # those that instructions refer to, elements before data; each begins with a word, its size
    numbered = False  # whether references to its functions have numbers of their own, from a snapshot
    shared = False  # whether it has memory, a table or a mutable global that others may have, too
    used = 0  # turns of tasks' calls that began here
    group = None  # the instances that references may come from, where there are more
    _objects = None  # Globals that somebody asked for: index among the module's own -> Global

    def __init__(self, image, imports, stack, cap, fuel):
        global references
        numbers = image.numbers
        self.image = image
        self.targets, tables, memories, self.globals = imports[:4]
        self.kinds = imports[4]
        self.tables = tables
        if tables or memories or any(item.mutable for item in self.globals):
            self.shared = True
        # Twice the deepest chain of calls, and more: what a guest calls may call the guest.
        frames = min(STACK, _SPARE + 2 * next(numbers))
        for _ in range(next(numbers)):
            letter, minimum = next(numbers), next(numbers)
            tables.append(Table(chr(letter), minimum, _maximum(next(numbers))))
        limits = None
        for _ in range(next(numbers)):
            page, minimum = next(numbers), next(numbers)
            limits = minimum, _maximum(next(numbers)), page, cap
        flat = image.flat if image.native else 0
        if limits and (flat or isinstance(cap, int)):  # the largest piece comes first
            self.memory = Memory(*limits, flat)
        functions, own_globals, groups = image.needs()
        self.first_segment = next(numbers)
        segments = next(numbers)
        size = ((stack or frames) & ~3) + 8 * (len(self.globals) + own_globals)
        self.cells = array("I", bytearray(size))  # bytes() of that size would be moved once more
        self.state = state = _STATE[:]
        state[LIMIT] = size
        state[BASE] = references
        state[FUNCTIONS] = functions
        references += functions
        if fuel is not None:
            self._set_fuel(fuel)
        self._set_addresses(segments)
        self._set_context(groups)
        if memories:
            self.memory = memories[0]
        elif limits and self.memory is None:  # after all else, so that the heap behind it is free for it to grow
            self.memory = Memory(*limits)
        memory = self.memory
        if memory is not None:
            if flat:
                memory.flatten(max(image.floor, min(flat, len(memory))))
                memory.whole |= image.whole
            self.context[core.ACCESS] = memory.access
            point(state, core.MEMORY, memory.place)

    def _set_fuel(self, fuel):
        """``fuel`` as a first slice and how many whole ones follow, so that it may be beyond 32 bits."""
        state = self.state
        state[SLICES] = slices = min(max(0, fuel - 1) // SLICE_SIZE, _MOST_SLICES)
        state[FIRST] = min(max(0, fuel - slices * SLICE_SIZE), SLICE_SIZE)

    def _set_addresses(self, segments):
        state = self.state
        code = self.image.code
        point(state, core.CODE, code)
        point(state, core.CELLS, self.cells)
        point(state, core.OFFSETS, memoryview(code)[self.image.offsets :])
        point(state, core.KINDS, self.kinds)
        tables = self.tables
        more = self.first_segment + segments - 1 if segments else len(tables) - 1
        if more > 0:
            state.extend(array("I", bytes(8 * more)))
        if segments:
            self.segments = [DROPPED] * segments
            for place in range(self.first_segment, self.first_segment + segments):
                self.keep(place)
        for i in range(len(tables)):
            point(state, core.TABLES + 2 * i, tables[i].place)

    def _set_context(self, groups):
        """What the interpreter can't reach by an address, in the order of core's constants."""
        self.context = context = _CONTEXT[:]
        for target in self.targets:
            context.append(target[0])
        context[core.TOKEN] = token(self.state)
        context[core.INSTANCE] = self
        context[core.NATIVE] = self.image.native
        if groups:
            _set_kernels(context, groups)

    def entry(self, offset, parameters):
        """The context with which run() enters the function whose code begins at ``offset``."""
        context = self.context[:]
        context[core.START] = offset
        context[core.PARAMETERS] = parameters
        return context

    def instantiate(self, anew=True):
        """Sets globals, fills tables and memory and runs the start function (spec section 4.5.4).

        Where it isn't ``anew`` it only reads what the image has of that: a snapshot has the rest. Raises Trap
        where a segment is out of bounds; what was written before it stays written.
        """
        numbers = self.image.numbers
        self._set_globals(numbers)
        place = self.first_segment
        for read in (self._element, self._segment):
            for _ in range(next(numbers)):
                segment = read(numbers, anew)
                if self.segments:
                    self.keep(place, segment)
                place += 1
        start = next(numbers)
        self.image.close()
        if anew and start != NONE:
            self.call(start, ())

    def _set_globals(self, numbers):
        cells = self.cells
        at = 0
        for item in self.globals:
            if not item.mutable:
                count = width(item.letter)
                for i in range(count):
                    cells[at + i] = item.cells[item.at + i]
                at += count
        first = at
        for _ in range(next(numbers)):
            cells[at] = next(numbers)
            at += 1
        self.state[TOP] = 4 * at
        for _ in range(next(numbers)):
            letter = self.image.own_global(next(numbers)) & ~MUTABLE
            at = first + next(numbers)
            value = self.value(numbers, next(numbers))
            cells[at] = value & 0xFFFFFFFF
            if width(letter) == 2:
                cells[at + 1] = value >> 32

    def value(self, numbers, kind):
        """Reads a value known at instantiation (wasmc/image/file.py), as an int without a sign."""
        value = next(numbers)
        if kind == CONST:
            return value
        if kind == core.FROM_FUNCTION:
            return self.reference(value)
        if kind == core.COMPUTED:
            from .computed import computed

            return computed(self, numbers, value)
        cells = self.cells
        return cells[value] if kind == core.FROM_CELL else cells[value] | cells[value + 1] << 32

    def _element(self, numbers, anew):
        """Reads an element segment: what is kept of it."""
        first = next(numbers)
        table = next(numbers)
        at = self.value(numbers, first >> 8 & 0xFF)
        count = next(numbers)
        references = array("I", bytes(4 * count + 4))
        references[0] = count
        for i in range(count):
            kind = next(numbers) if first >> 16 else core.FROM_FUNCTION
            references[1 + i] = self.value(numbers, kind)
        mode = first & 0xFF
        if anew and mode == 0:
            cells = self.tables[table].cells
            if at + count > cells[0]:
                raise Trap("out of bounds table access")
            for i in range(count):
                cells[at + 1 + i] = references[1 + i]
        return references if mode == 1 else DROPPED

    def _segment(self, numbers, anew):
        """Reads a data segment: what is kept of it."""
        first = next(numbers)
        at = self.value(numbers, first >> 8)
        size = next(numbers)
        if first & 0xFF:
            return self._passive(size)
        if not anew:
            self.image.skip(size)
            return DROPPED
        memory = self.memory
        if at + size > len(memory):
            raise Trap("out of bounds memory access")
        while size > _PIECE:  # a heap that has room for it once need not have it twice
            memory.store(at, self.image.read(_PIECE))
            at += _PIECE
            size -= _PIECE
        memory.store(at, self.image.read(size))
        return DROPPED

    def _passive(self, size):
        kept = bytearray(4 + size)
        struct.pack_into("<I", kept, 0, size)
        at = 4
        while size:
            part = self.image.read(min(size, _PIECE))
            kept[at : at + len(part)] = part
            at += len(part)
            size -= len(part)
        return kept

    def keep(self, place, segment=DROPPED):
        """Has instructions find a segment: an array or a bytearray that begins with its size, a word."""
        self.segments[place - self.first_segment] = segment
        point(self.state, core.TABLES + 2 * place, segment)

    # functions

    def target(self, reference):
        """What a reference leads to: ``(callable, signature)`` or ``(instance, index)``."""
        for instance in self.group or (self,):
            index = reference - instance.state[BASE]
            if 0 <= index < instance.state[FUNCTIONS]:
                return instance.resolve(index)
        raise ValueError("reference to a function of an instance that was never linked")

    def resolve(self, index):
        """The target behind the function ``index``, its own or imported."""
        return self.targets[index] if index < len(self.targets) else (self, index)

    def function(self, reference):
        target = self.target(reference)
        return target[0] if callable(target[0]) else Function(*target)

    def reference(self, index):
        """The reference to a function; an imported one keeps that of the instance it comes from."""
        found = self.resolve(index)
        if callable(found[0]):
            return self.state[BASE] + index
        return found[0].state[BASE] + found[1]

    def signature_of(self, target):
        return target[1] if callable(target[0]) else target[0].signature(target[1])

    def signature(self, index):
        if index < len(self.targets):
            return self.signature_of(self.targets[index])
        image = self.image
        return image.types[image.type(image.offset(index))]

    def item(self, kind, index):
        """What an export of that kind and index is to Python."""
        if kind == FUNC:
            if index >= len(self.targets) or callable(self.targets[index][0]):
                return Function(self, index)
            return Function(*self.targets[index])
        if kind == GLOBAL:
            return self._global(index)
        return self.memory if kind == MEMORY else self.tables[index]

    def _global(self, index):
        """The global of that index: an object is made of one of the module's own when somebody asks for it."""
        own = index - len(self.globals)
        if own < 0:
            return self.globals[index]
        if self._objects is None:
            self._objects = {}
        found = self._objects.get(own)
        if found is None:
            image = self.image
            at = sum([width(item.letter) for item in self.globals if not item.mutable])
            at += sum([width(image.own_global(i) & ~MUTABLE) for i in range(own)])
            byte = image.own_global(own)
            found = Global(chr(byte & ~MUTABLE), None, byte >= MUTABLE, self, at)
            self._objects[own] = found
        return found

    def call(self, index, args, bits=False):
        """Calls a function with Python values; None, one value or a tuple. ``bits``: floats as their bits."""
        if index < len(self.targets):
            target = self.targets[index]
            return target[0](*args) if callable(target[0]) else target[0].call(target[1], args, bits)
        image = self.image
        offset = image.offset(index)
        number = image.type(offset)
        direct = image.direct(number)
        count = len(args)
        if count < 3 and direct & ~1 == 2 * count:
            entry = self.entry(offset, count)
            value = run(entry, args[0] if count else 0, args[1] if count > 1 else 0, entry)
            return value if direct & 1 else None
        return self._call(offset, image.types[number], args, bits)

    def _call(self, offset, signature, args, bits):
        """The same where cells have to be written and read from outside."""
        parameters, results = self.passed(signature, bits)
        top = self.state[TOP]
        self.pass_arguments(parameters, args)
        execute(self, offset, top)
        result = self.results(top, results)
        settle()
        return result

    def passed(self, signature, bits):
        """Letters of parameters and of results, as they are passed to Python: floats as their bits if wanted."""
        if bits:
            signature = signature.replace(b"f", b"i").replace(b"F", b"I")
        return signature.split(b">")

    def pass_arguments(self, parameters, args):
        """Writes Python values where the next call from outside has its frame."""
        if len(args) != len(parameters):
            raise TypeError("function takes %d arguments, %d given" % (len(parameters), len(args)))
        state = self.state
        if state[TOP] + 4 * cells_of(parameters) > state[LIMIT]:
            raise Trap("call stack exhausted")
        at = state[TOP] >> 2
        for letter, value in zip(parameters, args):
            put(self.cells, at, letter, value)
            at += width(letter)

    def results(self, frame, results):
        """None, one value or a tuple, from the byte offset ``frame`` on."""
        cells = self.cells
        at = frame >> 2
        if len(results) == 1:
            return get(self, cells, at, results[0])
        values = []
        for letter in results:
            values.append(get(self, cells, at, letter))
            at += width(letter)
        return tuple(values) if values else None

    def frames(self, pc, fp):
        """The innermost frames from ``fp`` down: ``(function index, offset in the module)``."""
        found = []
        code = self.image.code
        cells = self.cells
        while pc and len(found) < _MOST_FRAMES:
            index = self.function_at(pc)
            found.append((index, self.image.origin(pc)))
            link = struct.unpack_from("<H", code, self.image.offset(index) + 2)[0]
            pc = cells[(fp >> 2) + link]
            fp -= 4 * struct.unpack_from("<H", code, pc + 2)[0]
        return found

    def function_at(self, pc):
        """The function of its own in whose code ``pc`` is."""
        low = len(self.targets)
        high = self.state[FUNCTIONS]
        while high - low > 1:
            middle = (low + high) >> 1
            if self.image.offset(middle) <= pc:
                low = middle
            else:
                high = middle
        return low


def _maximum(value):
    return None if value == NONE else value


def _set_kernels(context, groups):
    for group, name in enumerate(core.GROUPS):
        if groups & 1 << group:
            module = part("wasm.kernels." + name)
            context[core.KERNELS + group] = module.run
            context[core.MORE + group] = getattr(module, "more", None)

