"""A module instance (spec section 4.2.5): what an image becomes when its imports are given."""

import struct
import sys
from array import array

from . import core
from .core import BASE, FIRST, FUNCTIONS, LIMIT, SLICES, TOP, point, token
from .errors import Trap
from .life import life, room, settle
from .machine import SLICE_SIZE, execute, general, pass_on, refuel
from .memory import NO_DIRECTORY, Memory
from .table import Table
from .values import Function, Global, cells_of, get, put, width

FUNC, TABLE, MEMORY, GLOBAL = range(4)

_MOST_FRAMES = 16  # that a trap tells of
_PIECE = 1024  # bytes of a data segment that are read at once
_MOST_SLICES = core.NONE - 1

# What an instance without memory has, and without a table; the latter is the former's directory as well.
_NO_MEMORY = array("I", bytes(20))
_NO_TABLE = array("I", (0, 0))
point(_NO_MEMORY, core.DIRECTORY, NO_DIRECTORY)
point(_NO_TABLE, 0, NO_DIRECTORY)

# How Python functions of these types are called; of others, the general way.
_KINDS = {
    "iiii"[:count] + results: core.QUICK_KIND + 2 * count + len(results) - 1
    for count in range(core.MOST_QUICK + 1)
    for results in (">", ">i")
}

# References to functions are numbered through all instances, from 1 (0 is null): a table may be shared.
_references = 1


class Instance:
    """Functions, tables, memory and globals, behind one another as in the spec's index spaces.

    ``imports`` are resolved already (link.py), in the order of the image: ``(kind, item)``, where the item is a
    Table, a Memory, a Global, or for a function ``(callable, signature)`` or ``(instance, index)``. ``stack``
    is the size in bytes of the cells for frames, ``cap`` that of memory (Memory), ``fuel`` what one
    call may use. Raises MemoryError where the heap has no room.
    """

    def __init__(self, image, imports, stack, cap, fuel):
        global _references
        self.image = image
        self.types = image.types
        self.idle = []  # for machine.proceed
        self.group = [self]  # the instances that references may come from
        self.targets = []
        self.tables = []
        self.memories = []
        self.globals = []
        for kind, item in imports:
            (self.targets, self.tables, self.memories, self.globals)[kind].append(item)
        _, _, tables, memories, _, _, _, _ = image.counts
        for _ in range(tables):
            letter, minimum, maximum = image.unpack(core.TABLE_RECORD)
            self.tables.append(Table(chr(letter), minimum, _maximum(maximum)))
        size = (stack & ~3) + 8 * (len(self.globals) + image.counts[4])
        self.cells = array("I", bytearray(size))  # bytes() of that size would be moved once more
        self.state = array("I", bytes(4 * core.TABLES + 8 * max(1, len(self.tables))))
        self.state[LIMIT] = size
        self.state[BASE] = _references
        self.state[FUNCTIONS] = image.counts[0]
        _references += image.counts[0]
        self._set_fuel(fuel)
        self.context = self._context()
        for _ in range(memories):  # after all else, so that the heap behind it is free for it to grow
            page, minimum, maximum = image.unpack(core.MEMORY_RECORD)
            self.memories.append(Memory(minimum, _maximum(maximum), page, cap))
        self.memory = self.memories[0] if self.memories else None
        if self.memory is not None:
            if image.native and (self.memory.sparse or len(self.memory) < image.floor):
                raise MemoryError("native code needs flat memory: flash the module with --portable")
            if self.memory.sparse:
                self.context[core.ACCESS] = self.memory.sparse.access
        self._set_addresses()

    def _set_fuel(self, fuel):
        """``fuel`` as a first slice and how many whole ones follow, so that it may be beyond 32 bits."""
        state = self.state
        state[FIRST] = SLICE_SIZE
        state[SLICES] = core.NONE
        if fuel is not None:
            state[SLICES] = slices = min(max(0, fuel - 1) // SLICE_SIZE, _MOST_SLICES)
            state[FIRST] = min(max(0, fuel - slices * SLICE_SIZE), SLICE_SIZE)

    def _context(self):
        """What the interpreter can't reach by an address, in the order of core's constants."""
        image = self.image
        context = [token(self.state), 0, 0, self, None, refuel, image.native, pass_on, general, settle]
        context += [core.guard, room, core.run]
        kernels = [None] * len(core.GROUPS)
        for group, name in enumerate(core.GROUPS) if image.groups else ():
            if image.groups & 1 << group:
                kernels[group] = _kernels("wasm.kernels." + name)
        context += [module and module.run for module in kernels]
        context += [module and getattr(module, "more", None) for module in kernels]
        return array("O", context + [target[0] for target in self.targets])

    def _set_addresses(self):
        state = self.state
        self.kinds = bytes([_kind(target) for target in self.targets])
        memory = self.memory.place if self.memory is not None else _NO_MEMORY
        places = self.image.code, self.cells, self.image.offsets, self.kinds, life, memory
        for i, place in enumerate(places):
            point(state, core.CODE + 2 * i, place)
        for i, place in enumerate([table.place for table in self.tables] or [_NO_TABLE]):
            point(state, core.TABLES + 2 * i, place)

    def entry(self, offset, parameters):
        """The context with which run() enters the function whose code begins at ``offset``."""
        context = array("O", self.context)
        context[core.START] = offset
        context[core.PARAMETERS] = parameters
        return context

    def instantiate(self):
        """Sets globals, fills tables and memory and runs the start function (spec section 4.5.4).

        Raises Trap where a segment is out of bounds; what was written before it stays written.
        """
        image = self.image
        self._set_globals()
        self.elements = [self._element() for _ in range(image.counts[5])]
        self.segments = [self._segment() for _ in range(image.counts[6])]
        image.close()
        if image.start != core.NONE:
            self.call(image.start, ())

    def _set_globals(self):
        at = 0
        for item in self.globals:
            if not item.mutable:
                count = width(item.letter)
                for i in range(count):
                    self.cells[at + i] = item.cells[item.at + i]
                at += count
        self.state[TOP] = 4 * at
        for _ in range(self.image.counts[4]):
            letter, mutable, kind, value = self.image.unpack(core.GLOBAL_RECORD)
            letter = chr(letter)
            self.globals.append(Global(letter, None, bool(mutable), self, at))
            count = width(letter)
            self.state[TOP] = 4 * (at + count)
            if kind == core.CONST and count == 1:
                self.cells[at] = value
            else:
                self._evaluate(kind, value, at, count)
            at += count

    def _evaluate(self, kind, value, at, count):
        """Writes a value known at instantiation (wasmc/image.py) to ``count`` cells."""
        cells = self.cells
        source = None
        if kind == core.FROM_GLOBAL:
            item = self.globals[value]
            source, start = item.cells, item.at
        elif kind == core.FROM_CODE:
            top = self.state[TOP]
            execute(self, value, top)
            source, start = cells, top >> 2
        elif kind == core.FROM_FUNCTION:
            value = self.reference(value)
        for i in range(count):
            cells[at + i] = source[start + i] if source else value >> 32 * i & 0xFFFFFFFF

    def _value(self, kind, value):
        """The same for one cell that is needed at once."""
        if kind == core.CONST:
            return value
        at = self.state[TOP] >> 2
        self.state[TOP] += 4
        self._evaluate(kind, value, at, 1)
        self.state[TOP] -= 4
        return self.cells[at]

    def _element(self):
        """Reads an element segment: its references if it is passive, else None."""
        mode, kind, table, offset, count = self.image.unpack(core.ELEMENT_RECORD)
        references = array("I", bytes(4 * count))
        for i in range(count):
            references[i] = self._value(*self.image.unpack(core.ITEM_RECORD))
        if mode == 0:
            cells = self.tables[table].cells
            at = self._value(kind, offset)
            if at + count > cells[0]:
                raise Trap("out of bounds table access")
            for i in range(count):
                cells[at + 1 + i] = references[i]
        return references if mode == 1 else None

    def _segment(self):
        """Reads a data segment: its bytes if it is passive, else None."""
        mode, kind, offset, size = self.image.unpack(core.SEGMENT_RECORD)
        if mode:
            return self.image.read(size)
        at = self._value(kind, offset)
        try:
            self.memory.check(at, size)
        except IndexError:
            raise Trap("out of bounds memory access")
        while size:  # in pieces: a heap that has room for it once need not have it twice
            piece = min(size, _PIECE)
            self.memory.write(at, self.image.read(piece))
            at += piece
            size -= piece
        return None

    # functions

    def offset(self, index):
        """Where the code of a function begins; 0 for an import."""
        return struct.unpack_from("<I", self.image.offsets, 4 * index)[0]

    def target(self, reference):
        """What a reference leads to: ``(callable, signature)`` or ``(instance, index)``."""
        for instance in self.group:
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
        instance, target = self.resolve(index)
        if callable(instance):
            return self.state[BASE] + index
        return instance.state[BASE] + target

    def signature_of(self, target):
        return target[1] if callable(target[0]) else target[0].signature(target[1])

    def signature(self, index):
        if index < len(self.targets):
            return self.signature_of(self.targets[index])
        return self.image.signature(self.offset(index))

    def item(self, kind, index):
        """What an export of that kind and index is to Python."""
        if kind == FUNC:
            target = self.resolve(index)
            return Function(self, index) if callable(target[0]) else Function(*target)
        return (self.tables, self.memories, self.globals)[kind - 1][index]

    def call(self, index, args, bits=False):
        """Calls a function with Python values; None, one value or a tuple. ``bits``: floats as their bits."""
        first, second = self.resolve(index)
        if callable(first):
            return first(*args)
        if first is not self:
            return first.call(second, args, bits)
        offset = self.offset(index)
        signature = self.image.signature(offset)
        if bits:
            signature = signature.replace("f", "i").replace("F", "I")
        parameters, results = signature.split(">")
        if len(args) != len(parameters):
            raise TypeError("function takes %d arguments, %d given" % (len(parameters), len(args)))
        count = len(parameters)
        if count < 3 and parameters == "ii"[:count] and results in ("", "i"):
            first, second = (args + (0, 0))[:2]
            entry = self.entry(offset, count)
            value = core.run(entry, first, second, entry)
            return value if results else None
        state = self.state
        top = state[TOP]
        if top + 4 * cells_of(parameters) > state[LIMIT]:
            raise Trap("call stack exhausted")
        cells = self.cells
        at = first_cell = top >> 2
        for letter, value in zip(parameters, args):
            put(cells, at, letter, value)
            at += width(letter)
        execute(self, offset, top)
        result = self._results(cells, first_cell, results)
        settle()
        return result

    def _results(self, cells, at, results):
        """None, one value or a tuple, from the cell ``at`` on."""
        if len(results) == 1:
            return get(self, cells, at, results)
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
            index = self._function_at(pc)
            found.append((index, self.image.origin(pc)))
            link = struct.unpack_from("<H", code, self.offset(index) + 2)[0]
            pc = cells[(fp >> 2) + link]
            fp -= 4 * struct.unpack_from("<H", code, pc + 2)[0]
        return found

    def _function_at(self, pc):
        low = len(self.targets)
        high = self.state[FUNCTIONS]
        while high - low > 1:
            middle = (low + high) >> 1
            if self.offset(middle) <= pc:
                low = middle
            else:
                high = middle
        return low


def _maximum(value):
    return None if value == core.NONE else value


def _kernels(name):
    """The module, which to import takes a while even where it is there."""
    return sys.modules.get(name) or __import__(name, None, None, ("run",))


def _kind(target):
    """How the interpreter calls an imported function (core's kinds)."""
    function, signature = target
    return _KINDS.get(signature, core.GENERAL_KIND) if callable(function) else core.FOREIGN_KIND
