"""Lowering of a module: from what validate() accepted to an image."""

import hashlib
import struct

from . import image, isa
from .emit import Emitter, FarCell
from .error import WasmError
from .frames import deepest
from .function import Lowering
from .instructions import Instructions
from .module import ACTIVE, FUNC, GLOBAL, MEMORY, TABLE
from .opcodes import I32, VALTYPES
from .operands import is_wide

_LETTERS = {byte: letter for letter, byte in VALTYPES.items()}


# The type of code that no table refers to.
NO_TYPE = 0xFFFF


def letters(types):
    """A vector of value types as letters."""
    return "".join(_LETTERS[t] for t in types)


def type_letters(functype):
    """A function type as letters, parameters before the ``>``."""
    return letters(functype[0]) + ">" + letters(functype[1])


class Layout:
    """Where things of a module are in its image: types without doubles, cells of globals, calls to mend."""

    def __init__(self, module, emit):
        self.module = module
        self.emit = emit
        self.imported = module.imported(FUNC)
        self.signatures = []
        self.canonical = []
        for functype in module.types:
            text = type_letters(functype)
            if text not in self.signatures:
                self.signatures.append(text)
            self.canonical.append(self.signatures.index(text))
        self.globals = self._cells_of_globals()
        self.calls = []
        self.indirect = False  # a function may call any other
        self.tables = False  # an instruction refers to a table

    def _cells_of_globals(self):
        """(cell, wide) of each global; a mutable one of another instance is not here, its cell is -1."""
        cells = []
        cell = 0
        imported = self.module.imported(GLOBAL)
        for i, (valtype, mutable) in enumerate(self.module.globals):
            wide = is_wide(valtype)
            if mutable and i < imported:
                cells.append((-1, wide))
            else:
                cells.append((cell, wide))
                cell += 1 + wide
        return cells

    def type_number(self, functype):
        """The number that stands for a function type in the code, which call_indirect compares."""
        text = type_letters(functype)
        return self.signatures.index(text) if text in self.signatures else NO_TYPE

    def call_site(self, function):
        """The word of a call that leads to a function, which may not be there yet."""
        self.calls.append((len(self.emit.code), function))
        self.emit.word(0)


def lower(module, native=None):
    """The image of a valid module, as bytes. Raises WasmError (``unsupported``) beyond the engine's limits.

    ``native`` (native/module.py) may put a stub in the place of a function as soon as it is lowered.
    """
    _check_limits(module)
    emit = Emitter()
    emit.plain("call")  # the frame that an export is called from ends here
    emit.word(0)
    emit.first("exit")
    layout = Layout(module, emit)
    values = start_values(layout)
    offsets = [0] * layout.imported
    for body, type_index in zip(module.bodies, module.functions[layout.imported :]):
        before = len(emit.code), len(emit.map), emit.marked, len(layout.calls), emit.groups
        header = lower_function(layout, module.types[type_index], body.locals, body.start, body.end, not native)
        if native:
            native.take(layout, len(offsets), header, before)
        offsets.append(header)
    stack = image.NONE if native else deepest(layout, offsets)
    for place, function in layout.calls:
        emit.code[place : place + 4] = struct.pack("<I", offsets[function])
    imports, names = _imports(layout)
    numbers = imports + [stack] + _tables(layout) + _memories(module) + values
    numbers.append(image.NONE if module.start is None else module.start)
    return image.pack(
        isa.VERSION,
        emit.groups,
        hashlib.sha256(module.data).digest(),
        (
            emit.code,
            b"".join([struct.pack("<I", offset) for offset in offsets]),
            " ".join(layout.signatures).encode(),
            bytes([isa.kind(signature) for signature in layout.signatures]),
            bytes([_global(*each) for each in module.globals[module.imported(GLOBAL) :]]),
            _exports(module),
        ),
        numbers,
        names,
        b"".join([bytes(module.data[s.start : s.end]) for s in module.segments]),
        emit.map,
    )


def _check_limits(module):
    """What an image counts in 16 bits; the index of a global, in cells, is such a number too."""
    names = [name for entry in module.imports for name in entry[:2]] + [entry[0] for entry in module.exports]
    for what, count, most in (
        ("types", len(module.types), 4096),
        ("functions", len(module.functions), 0xFFFF),
        ("imports", len(module.imports), 0xFFFF),
        ("tables", len(module.tables), 0xFFFF),
        ("globals", len(module.globals), 0x7FFF),
        ("element segments", len(module.elements), 0xFFFF),
        ("data segments", len(module.segments), 0xFFFF),
        ("exports", len(module.exports), 0xFFFF),
        ("bytes in a name", max([len(name.encode()) for name in names] + [0]), 0xFFFF),
    ):
        if count > most:
            raise WasmError("unsupported", "%d %s" % (count, what), 0, "at most %d" % most)


def lower_function(layout, functype, body_locals, start, end, share=True):
    """Lowers one body; the offset of its header. Once more with far cells if it turns out to need them, and, where
    that may be (``share``), with cells for the constants that its loops store."""
    emit = layout.emit
    state = len(emit.code), len(emit.map), emit.marked, len(layout.calls)
    emit.far = False
    shared = []
    while True:
        lowering = Lowering(layout, functype, body_locals, shared)
        try:
            header = lowering.lower(start, end)
            if shared or not share or not lowering.stored:
                return header
            shared = lowering.worth_sharing()
        except FarCell:
            emit.far = True
        emit.code = emit.code[: state[0]]
        emit.map = emit.map[: state[1]]
        emit.marked = state[2]
        emit.forget()
        layout.calls = layout.calls[: state[3]]


def constant(layout, expression, valtype):
    """What a constant expression comes to, as ``(kind, value)``; one of several instructions becomes code."""
    code = Instructions(layout.module.data, expression[0], expression[1], "constant expression")
    opcode = code.next()
    value = code.a
    if code.next() != 0x0B:
        functype = (b"", bytes((valtype,)))
        return image.FROM_CODE, lower_function(layout, functype, (), expression[0], expression[1])
    if opcode == 0x23:
        return image.FROM_GLOBAL, value
    if opcode == 0xD2:
        return image.FROM_FUNCTION, value
    if opcode == 0xD0:
        return image.CONST, 0
    return image.CONST, value & (0xFFFFFFFFFFFFFFFF if is_wide(valtype) else 0xFFFFFFFF)


def start_values(layout):
    """The numbers of globals, element segments and data segments. What is known only at instantiation may become
    code."""
    module = layout.module
    cells = []
    late = []
    for i, init in enumerate(module.global_inits):
        valtype = module.globals[module.imported(GLOBAL) + i][0]
        kind, value = constant(layout, init, valtype)
        if kind != image.CONST:
            late.append((i, len(cells), kind, value))
            value = 0
        cells.append(value & 0xFFFFFFFF)
        if is_wide(valtype):
            cells.append(value >> 32)
    elements = [_element(layout, element) for element in module.elements]
    segments = []
    for segment in module.segments:
        kind, offset = constant(layout, segment.offset, I32) if segment.mode == ACTIVE else (0, 0)
        segments.append((segment.mode | kind << 8, offset, segment.end - segment.start))
    return [len(cells)] + cells + _vector(late) + _vector(elements) + _vector(segments)


def _element(layout, element):
    kind, offset = constant(layout, element.offset, I32) if element.mode == ACTIVE else (0, 0)
    items = element.items
    if element.expressions:
        items = _vector([constant(layout, item, element.reftype) for item in items])[1:]
    first = element.mode | kind << 8 | (1 << 16 if element.expressions else 0)
    return [first, element.table or 0, offset, len(element.items)] + list(items)


def _vector(entries):
    """How many there are, then the numbers of all."""
    numbers = [len(entries)]
    for entry in entries:
        numbers += entry
    return numbers


def _imports(layout):
    """The numbers of imports, and their names."""
    module = layout.module
    entries = []
    names = b""
    for first, second, kind, index in module.imports:
        first, second = first.encode(), second.encode()
        names += first + second
        limits = []
        called = 0
        if kind == FUNC:
            detail = layout.canonical[module.functions[index]]
            called = isa.kind(layout.signatures[detail])
        elif kind == TABLE:
            detail, *limits = _table(module.tables[index])
        elif kind == MEMORY:
            detail, *limits = _memory(module.memories[index])
        else:
            detail = _global(*module.globals[index])
        entries.append([kind | called << 8 | detail << 16, len(first) | len(second) << 16] + limits)
    return _vector(entries), names


def _tables(layout):
    """The numbers of the module's tables, none where nothing refers to one: compilers make one unasked."""
    module = layout.module
    exported = [index for _, kind, index in module.exports if kind == TABLE]
    active = [element for element in module.elements if element.mode == ACTIVE]
    used = layout.tables or exported or active
    return _vector([_table(table) for table in module.tables[module.imported(TABLE) :]] if used else ())


def _memories(module):
    return _vector([_memory(memory) for memory in module.memories[module.imported(MEMORY) :]])


def _table(table):
    reftype, minimum, maximum = table
    return ord(_LETTERS[reftype]), minimum, image.limit(maximum)


def _memory(memory):
    minimum, maximum, page = memory
    return page, minimum, image.limit(maximum)


def _global(valtype, mutable):
    return ord(_LETTERS[valtype]) | (image.MUTABLE if mutable else 0)


def _exports(module):
    out = bytearray()
    for name, kind, index in module.exports:
        name = name.encode()
        out += struct.pack(image.EXPORT, kind, index, len(name)) + name
    return out
