"""Lowering of a module: from what validate() accepted to an image."""

import hashlib
import struct

from . import image
from .emit import Emitter, FarCell
from .error import WasmError
from .function import Lowering
from .instructions import Instructions
from .isa import VERSION
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
    records = write_records(layout)
    offsets = [0] * layout.imported
    for body, type_index in zip(module.bodies, module.functions[layout.imported :]):
        before = len(emit.code), len(emit.map), emit.marked, len(layout.calls), emit.groups
        header = lower_function(layout, module.types[type_index], body.locals, body.start, body.end, not native)
        if native:
            native.take(layout, len(offsets), header, before)
        offsets.append(header)
    for place, function in layout.calls:
        emit.code[place : place + 4] = struct.pack("<I", offsets[function])
    return image.pack(
        VERSION,
        emit.groups,
        hashlib.sha256(module.data).digest(),
        image.NONE if module.start is None else module.start,
        emit.code,
        offsets,
        records,
        _counts(module),
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


def _counts(module):
    imports = module.imports
    return (
        len(module.functions),
        len(imports),
        len(module.tables) - module.imported(TABLE),
        len(module.memories) - module.imported(MEMORY),
        len(module.global_inits),
        len(module.elements),
        len(module.segments),
        len(module.exports),
    )


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


def write_records(layout):
    """The records of an image (image.py), as bytes."""
    module = layout.module
    pack = struct.pack
    out = bytearray()
    types = " ".join(layout.signatures).encode()
    out += pack("<I", len(types)) + types
    for module_name, name, kind, index in module.imports:
        names = module_name.encode(), name.encode()
        out += pack(image.IMPORT, kind, *_import(layout, kind, index), len(names[0]), len(names[1]))
        out += names[0] + names[1]
    for reftype, minimum, maximum in module.tables[module.imported(TABLE) :]:
        out += pack(image.TABLE, ord(_LETTERS[reftype]), minimum, image.limit(maximum))
    for minimum, maximum, page in module.memories[module.imported(MEMORY) :]:
        out += pack(image.MEMORY, page, minimum, image.limit(maximum))
    for (valtype, mutable), init in zip(module.globals[module.imported(GLOBAL) :], module.global_inits):
        out += pack(image.GLOBAL, ord(_LETTERS[valtype]), mutable, *constant(layout, init, valtype))
    for element in module.elements:
        kind, offset = constant(layout, element.offset, I32) if element.mode == ACTIVE else (0, 0)
        out += pack(image.ELEMENT, element.mode, kind, element.table or 0, offset, len(element.items))
        for item in element.items:
            item = (
                constant(layout, item, element.reftype)
                if element.expressions
                else (image.FROM_FUNCTION, item)
            )
            out += pack(image.ITEM, *item)
    for segment in module.segments:
        kind, offset = constant(layout, segment.offset, I32) if segment.mode == ACTIVE else (0, 0)
        out += pack(image.SEGMENT, segment.mode, kind, offset, segment.end - segment.start)
    for name, kind, index in module.exports:
        name = name.encode()
        out += pack(image.EXPORT, kind, index, len(name)) + name
    return out


def _import(layout, kind, index):
    """The fields of an import's record that tell its type."""
    module = layout.module
    if kind == FUNC:
        return 0, layout.canonical[module.functions[index]], 0, 0
    if kind == TABLE:
        reftype, minimum, maximum = module.tables[index]
        return ord(_LETTERS[reftype]), 0, minimum, image.limit(maximum)
    if kind == MEMORY:
        minimum, maximum, page = module.memories[index]
        return 0, page, minimum, image.limit(maximum)
    valtype, mutable = module.globals[index]
    return ord(_LETTERS[valtype]), mutable, 0, 0
