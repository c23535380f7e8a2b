"""Lowering of a module: from what validate() accepted to an image."""

import hashlib
import struct
from array import array

from ..binary.module import ACTIVE, FUNC, GLOBAL, MEMORY, TABLE
from ..error import WasmError
from ..image import file, isa
from ..opcodes import VALTYPES
from .emit import Emitter, FarCell
from .function import Lowering
from .functions import Functions
from .initial import Initial
from .operands import is_wide

_LETTERS = {byte: letter for letter, byte in VALTYPES.items()}


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
        numbers = {}
        for functype in module.types:
            text = type_letters(functype)
            if text not in numbers:
                numbers[text] = len(numbers)
                self.signatures.append(text)
            self.canonical.append(numbers[text])
        self.globals = self._cells_of_globals()
        self.calls = []
        self.indirect = False  # a function may call any other
        self.tables = False  # an instruction refers to a table
        self.first_segment = max(1, len(module.tables))  # its place, where segments have places behind tables
        self.segments = 0  # that have one, since instructions refer to them

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

    def kept_segments(self):
        """The place of the first element segment, for an instruction; those of data follow the last one's."""
        self.segments = len(self.module.elements) + len(self.module.segments)
        return self.first_segment

    def place(self):
        """How far the code has come, for ``cut``."""
        emit = self.emit
        return len(emit.code), len(emit.map), emit.marked, len(self.calls), emit.groups

    def cut(self, place):
        """Takes back what was lowered since."""
        emit = self.emit
        emit.code[place[0] :] = b""
        emit.map[place[1] :] = b""
        emit.marked = place[2]
        emit.forget()
        self.calls[place[3] :] = []
        emit.groups = place[4]

    def call_site(self, function):
        """The word of a call that leads to a function, which may not be there yet."""
        self.calls.append((self.emit.base + len(self.emit.code), function))
        self.emit.word(0)


def lower(module, native=None):
    """The image of a valid module, as bytes. Raises WasmError (``unsupported``) beyond the engine's limits.

    ``native`` (native/viper/module.py) may make native code of a function as soon as it is lowered.
    """
    whole = bytearray()
    for part in parts(module, native):
        whole += part
    return bytes(whole)


def parts(module, native=None):
    """The same as bytes-like objects that follow one another."""
    _check_limits(module)
    emit = Emitter()
    emit.plain("call")  # the frame that an export is called from ends here
    emit.word(0)
    emit.first("exit")
    layout = Layout(module, emit)
    functions = Functions(layout.imported)
    for body, type_index in zip(module.bodies, module.functions[layout.imported :]):
        layout.calls = []
        before = layout.place()
        try:
            header = lower_function(layout, type_index, body, not native or native.stops, bool(native))
            if native and not native.take(layout, len(functions.offsets), header, before):
                layout.cut(before)
                header = lower_function(layout, type_index, body, True)
        except WasmError as error:
            error.function = len(functions.offsets)
            error.offset = error.offset or body.start
            raise
        functions.add(emit, header, layout.calls)
        if not native:
            functions.collect(emit)
    functions.collect(emit)
    functions.join()
    digest = hashlib.sha256(module.data).digest()
    imports, names = _imports(layout)
    stack = file.NONE if layout.indirect else functions.deepest()
    numbers = imports + [stack] + _tables(layout) + _memories(module)
    numbers += [layout.first_segment, layout.segments]
    numbers += Initial(module, layout.globals).numbers
    numbers.append(file.NONE if module.start is None else module.start)
    return file.parts(
        isa.VERSION,
        emit.groups,
        digest,
        (
            functions.code.parts(),
            [bytes(functions.offsets)],
            [" ".join(layout.signatures).encode()],
            [bytes([isa.kind(signature) for signature in layout.signatures])],
            [bytes([_global(*each) for each in module.globals[module.imported(GLOBAL) :]])],
            [_exports(module)],
        ),
        [bytes(array("I", numbers))],
        [names],
        [memoryview(module.data)[s.start : s.end] for s in module.segments],
        functions.map.parts(),
        [digest[:8], bytes(functions.stops.index)] + functions.stops.lists.parts(),
    )


def _check_limits(module):
    """What an image counts in 16 bits; the index of a global, in cells, is such a number too."""
    names = [name for entry in module.imports for name in entry[:2]] + [entry[0] for entry in module.exports]
    for what, count, most in (
        ("types", len(module.types), 4096),
        ("functions", len(module.functions), 0xFFFF),
        ("imports", len(module.imports), 0xFFFF),
        ("globals", len(module.globals), 0x7FFF),
        ("tables and segments", len(module.tables) + len(module.elements) + len(module.segments), 0xFFFF),
        ("exports", len(module.exports), 0xFFFF),
        ("bytes in a name", max([len(name.encode()) for name in names] + [0]), 0xFFFF),
    ):
        if count > most:
            raise WasmError("unsupported", "%d %s" % (count, what), 0, "at most %d" % most)


def lower_function(layout, type_index, body, share, enters_native=False):
    """Lowers one body; the offset of its header. Once more with far cells if it turns out to need them, and, where
    that may be (``share``), with cells for the constants that its loops store."""
    emit = layout.emit
    before = layout.place()
    emit.far = False
    shared = []
    while True:
        lowering = Lowering(layout, type_index, body.locals, shared)
        try:
            header = lowering.lower(body.start, body.end, enters_native)
            if shared or not share or not lowering.stored:
                return header
            shared = lowering.worth_sharing()
        except FarCell:
            emit.far = True
        layout.cut(before)


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
    names = bytearray()
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
    return ord(_LETTERS[reftype]), minimum, file.limit(maximum)


def _memory(memory):
    minimum, maximum, page = memory
    return page, minimum, file.limit(maximum)


def _global(valtype, mutable):
    return ord(_LETTERS[valtype]) | (file.MUTABLE if mutable else 0)


def _exports(module):
    out = bytearray()
    for name, kind, index in module.exports:
        name = name.encode()
        out += struct.pack(file.EXPORT, kind, index, len(name)) + name
    return out
