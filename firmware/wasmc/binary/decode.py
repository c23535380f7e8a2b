"""From the bytes of a module to a :class:`Module` (spec section 5.5)."""

from ..error import WasmError
from ..opcodes import FUNCREF
from . import sections as s
from .instructions import Instructions
from .module import ACTIVE, DECLARATIVE, FUNC, KINDS, MEMORY, PASSIVE, TABLE, Body, Element, Module, Segment

# Bounds of this implementation; browsers and wasmtime have the same.
MAX_ARITY = 1000
MAX_LOCALS = 50000

# Forms of several imports at once (the proposal compact-import-section): each with its type, or all of one type.
_TYPE_EACH = 0x7F
_ONE_TYPE = 0x7E

# Where each section belongs among the others, by its id.
_ORDER = bytes((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10))


def decode(data: bytes, module: Module | None = None) -> Module:
    """The module that ``data`` (bytes) holds. Raises :class:`WasmError` (``malformed``).

    The instructions of functions are left for validation to read, which raises ``malformed`` for them. A
    ``module`` that is given is the one that is filled, and has what stands before an error.
    """
    module = module or Module(data)
    module.bodies = Bodies(data)
    latest = 0
    reader = Instructions(data, 0, 0, "")
    for section, start, contents, end in s.sections(data):
        module.sections.append((section, start, end))
        reader.pos = contents
        reader.end = end
        reader.what = s.NAMES[section] + " section"
        if section == s.CUSTOM:
            name = reader.name()
            module.customs.append((name, reader.pos, end))
            continue
        order = _ORDER[section]
        if order <= latest:
            expected = "a section that comes after the %s section" % s.NAMES[_ORDER.find(bytes((latest,)))]
            reader.fail("unexpected content after last section", expected, start)
        latest = order
        try:
            _contents(module, section, reader)
        except WasmError as error:
            if section == s.CODE and len(module.bodies):
                error.function = module.imported(FUNC) + len(module.bodies) - 1
            raise
        if reader.pos != end:
            reader.fail("section size mismatch", "the end of the %s" % reader.what)
    _check_counts(module)
    return module


def locate(module, section, index):
    """The offset of what a section defines as the ``index``-th. For errors: it reads the section once more."""
    for number, start, end in module.sections:
        if number == section:
            reader = Instructions(module.data, start + 1, end, "")
            reader.u32()
            if section != s.START:
                reader.u32()
                scratch = Module(module.data)
                passed = 0
                while passed < index:
                    position = reader.pos
                    _ENTRIES[section](scratch, reader)
                    passed = len(scratch.imports) if section == s.IMPORT else passed + 1
                    if passed > index:  # several imports in one
                        return position
            return reader.pos
    return len(module.data)


def _contents(module, section, reader):
    if section == s.START:
        module.start = reader.u32()
    elif section == s.DATA_COUNT:
        module.data_count = reader.u32()
    else:
        entry = _ENTRIES[section]
        for _ in range(reader.count()):
            entry(module, reader)


def _check_counts(module):
    defined = len(module.functions) - module.imported(FUNC)
    if defined != len(module.bodies):
        expected = "%d function bodies, found %d" % (defined, len(module.bodies))
        _inconsistent(module, "function and code", s.CODE, expected)
    if module.data_count is not None and module.data_count != len(module.segments):
        expected = "%d data segments, found %d" % (module.data_count, len(module.segments))
        _inconsistent(module, "data count and data", s.DATA, expected)


def _inconsistent(module, what, section, expected):
    message = what + " section have inconsistent lengths"
    raise WasmError("malformed", message, locate(module, section, 0), expected)


def _type(module, reader):
    if reader.byte() != 0x60:
        reader.fail("malformed function type", "60", reader.pos - 1)
    module.types.append((_arity(reader, "parameters"), _arity(reader, "results")))


def _arity(reader, what):
    start = reader.pos
    types = reader.value_types()
    if len(types) > MAX_ARITY:
        reader.fail("too many " + what, "at most %d" % MAX_ARITY, start)
    return types


def _imports(module, reader):
    """An import; or several of one module, where there is no name and in place of the kind stands a form."""
    module_name = reader.name()
    name = reader.name()
    form = 0 if name or reader.pos == reader.end else reader.data[reader.pos]
    if form != _TYPE_EACH and form != _ONE_TYPE:
        _import(module, reader, module_name, name)
        return
    module.compact = True
    reader.pos += 1
    start = reader.pos
    if form == _ONE_TYPE:
        _import(Module(module.data), reader, module_name, name)
    for _ in range(reader.count()):
        name = reader.name()
        after = reader.pos
        if form == _ONE_TYPE:
            reader.pos = start
        _import(module, reader, module_name, name)
        if form == _ONE_TYPE:
            reader.pos = after


def _import(module, reader, module_name, name):
    kind = _kind(reader, "malformed import kind")
    space = (module.functions, module.tables, module.memories, module.globals)[kind]
    module.imports.append((module_name, name, kind, len(space)))
    if kind == FUNC:
        _function(module, reader)
    elif kind == TABLE:
        _table(module, reader)
    elif kind == MEMORY:
        _memory(module, reader)
    else:
        module.globals.append(_global_type(reader))


def _kind(reader, message):
    kind = reader.byte()
    if kind >= len(KINDS):
        reader.fail(message, "0 to %d, found %d" % (len(KINDS) - 1, kind), reader.pos - 1)
    return kind


def _function(module, reader):
    module.functions.append(reader.u32())


def _table(module, reader):
    reftype = reader.reference_type()
    flags = _flags(reader, 0x01)
    module.tables.append((reftype, reader.u32(), reader.u32() if flags else None))


def _memory(module, reader):
    flags = _flags(reader, 0x09)
    minimum = reader.u32()
    maximum = reader.u32() if flags & 0x01 else None
    page = 16
    if flags & 0x08:
        start = reader.pos
        page = reader.u32()
        if page >= 64:
            reader.fail("invalid custom page size", "0 or 16 as its log2, found %d" % page, start)
    module.memories.append((minimum, maximum, page))


def _flags(reader, known):
    flags = reader.byte()
    if flags & ~known:
        expected = "no bits but 0x%02x, found 0x%02x" % (known, flags)
        reader.fail("malformed limits flags", expected, reader.pos - 1)
    return flags


def _global_type(reader):
    valtype = reader.value_type()
    mutable = reader.byte()
    if mutable > 1:
        reader.fail("malformed mutability", "00 or 01, found %02x" % mutable, reader.pos - 1)
    return valtype, bool(mutable)


def _global(module, reader):
    module.globals.append(_global_type(reader))
    module.global_inits.append(_expression(reader))


def _expression(reader):
    start = reader.pos
    depth = 1
    while depth:
        opcode = reader.next()
        if opcode == 0x0B:
            depth -= 1
        elif 0x02 <= opcode <= 0x04:
            depth += 1
    return start, reader.pos


def _export(module, reader):
    name = reader.name()
    kind = _kind(reader, "malformed export kind")
    module.exports.append((name, kind, reader.u32()))


def _element(module, reader):
    position = reader.pos
    flags = reader.u32()
    if flags > 7:
        reader.fail("malformed elements segment kind", "0 to 7, found %d" % flags, position)
    mode, table, offset = ACTIVE, 0, None
    if flags & 1:
        mode = DECLARATIVE if flags & 2 else PASSIVE
    else:
        if flags & 2:
            table = reader.u32()
        offset = _expression(reader)
    expressions = bool(flags & 4)
    reftype = FUNCREF
    if flags & 3:
        if expressions:
            reftype = reader.reference_type()
        elif reader.byte():
            reader.fail("malformed element kind", "00", reader.pos - 1)
    item = _expression if expressions else Instructions.u32
    items = []
    for _ in range(reader.count()):
        items.append(item(reader))
    module.elements.append(Element(mode, table, offset, reftype, items, expressions, position))


def _segment(module, reader):
    position = reader.pos
    flags = reader.u32()
    if flags > 2:
        reader.fail("malformed data segment kind", "0 to 2, found %d" % flags, position)
    memory, offset = 0, None
    if flags == 2:
        memory = reader.u32()
    if flags != 1:
        offset = _expression(reader)
    size = reader.u32()
    reader.need(size)
    start = reader.pos
    reader.pos = end = start + size
    module.segments.append(Segment(PASSIVE if flags == 1 else ACTIVE, memory, offset, start, end, position))


def _body(module, reader):
    module.bodies.append(reader.pos)
    size = reader.length("function body")
    end = reader.pos + size
    _locals(Instructions(module.data, reader.pos, end, "function body"))
    reader.pos = end


def _locals(reader):
    runs = []
    total = 0
    for _ in range(reader.count()):
        start = reader.pos
        count = reader.u32()
        total += count
        if total > MAX_LOCALS:
            reader.fail("too many locals", "at most %d" % MAX_LOCALS, start)
        runs.append((count, reader.value_type()))
    return runs


class Bodies:
    """The bodies of functions, by their offsets: a :class:`Body` is made when it is asked for."""

    def __init__(self, data):
        self._data = data
        self._offsets = []

    def append(self, offset):
        self._offsets.append(offset)

    def __len__(self):
        return len(self._offsets)

    def __getitem__(self, index):
        reader = Instructions(self._data, self._offsets[index], len(self._data), "")
        reader.end = reader.u32() + reader.pos
        runs = _locals(reader)
        return Body(runs, reader.pos, reader.end)


_ENTRIES = {
    s.TYPE: _type,
    s.IMPORT: _imports,
    s.FUNCTION: _function,
    s.TABLE: _table,
    s.MEMORY: _memory,
    s.GLOBAL: _global,
    s.EXPORT: _export,
    s.ELEMENT: _element,
    s.CODE: _body,
    s.DATA: _segment,
}
