"""The rules for modules (spec section 3.4)."""

from ..binary import sections as s
from ..binary.decode import locate
from ..binary.module import ACTIVE, FUNC, GLOBAL, MEMORY, TABLE, Module
from ..error import WasmError, check_index
from ..opcodes import I32, type_name
from .code import CodeValidator


def validate(module: Module) -> None:
    """Check a decoded module.

    Raises :class:`WasmError`: ``invalid``, or ``malformed`` where a function's bytes aren't instructions.
    """
    code = CodeValidator(module)
    _functions(module)
    for i in range(len(module.tables)):
        _, minimum, maximum = module.tables[i]
        _limits(module, TABLE, i, minimum, maximum)
    _memories(module)
    _globals(module, code)
    _exports(module, code)
    _start(module)
    for element in module.elements:
        _element(module, element, code)
    for segment in module.segments:
        if segment.mode == ACTIVE:
            check_index(segment.memory, len(module.memories), "memory", segment.position)
            code.constant(segment.offset, I32, len(module.globals))
    for i in range(len(module.bodies)):
        try:
            code.function(i)
        except WasmError as error:
            error.function = module.imported(FUNC) + i
            raise


def _fail(message, offset, expected=""):
    raise WasmError("invalid", message, offset, expected)


def _definition(module, kind, index):
    """The offset of the import or the definition of what has an index."""
    for i in range(len(module.imports)):
        if module.imports[i][2] == kind and module.imports[i][3] == index:
            return locate(module, s.IMPORT, i)
    section = (s.FUNCTION, s.TABLE, s.MEMORY, s.GLOBAL)[kind]
    return locate(module, section, index - module.imported(kind))


def _functions(module):
    for i in range(len(module.functions)):
        if module.functions[i] >= len(module.types):
            check_index(module.functions[i], len(module.types), "type", _definition(module, FUNC, i))


def _limits(module, kind, index, minimum, maximum):
    if maximum is not None and minimum > maximum:
        expected = "at most %d, found %d" % (maximum, minimum)
        _fail("size minimum must not be greater than maximum", _definition(module, kind, index), expected)


def _memories(module):
    if len(module.memories) > 1:
        _fail("multiple memories", _definition(module, MEMORY, 1), "one memory at most")
    for minimum, maximum, page in module.memories:
        most = max(minimum, maximum or 0)
        if page != 0 and page != 16:
            expected = "1 or 65536, found 2**%d" % page
            _fail("invalid custom page size", _definition(module, MEMORY, 0), expected)
        _limits(module, MEMORY, 0, minimum, maximum)
        if page == 16 and most > 65536:
            message = "memory size must be at most 65536 pages (4GiB)"
            _fail(message, _definition(module, MEMORY, 0), "fewer, found %d" % most)


def _globals(module, code):
    index = module.imported(GLOBAL)
    for init in module.global_inits:
        code.constant(init, module.globals[index][0], index)
        index += 1


def _exports(module, code):
    spaces = (
        ("function", module.functions),
        ("table", module.tables),
        ("memory", module.memories),
        ("global", module.globals),
    )
    names = set()
    for i in range(len(module.exports)):
        name, kind, index = module.exports[i]
        what, space = spaces[kind]
        if index >= len(space):
            check_index(index, len(space), what, locate(module, s.EXPORT, i))
        if name in names:
            _fail("duplicate export name", locate(module, s.EXPORT, i), "another name than '%s'" % name)
        names.add(name)
        if kind == FUNC:
            code.declared[index] = 1


def _start(module):
    if module.start is not None:
        position = locate(module, s.START, 0)
        check_index(module.start, len(module.functions), "function", position)
        if module.types[module.functions[module.start]] != (b"", b""):
            _fail("start function", position, "a function without parameters and results")


def _element(module, element, code):
    if element.mode == ACTIVE:
        check_index(element.table, len(module.tables), "table", element.position)
        reftype = module.tables[element.table][0]
        if reftype != element.reftype:
            expected = "%s, found %s" % (type_name(reftype), type_name(element.reftype))
            _fail("type mismatch", element.position, expected)
        code.constant(element.offset, I32, len(module.globals))
    for item in element.items:
        if element.expressions:
            code.constant(item, element.reftype, len(module.globals))
        else:
            check_index(item, len(module.functions), "function", element.position)
            code.declared[item] = 1
