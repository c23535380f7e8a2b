"""A decoded module (spec section 2.5), as compact as a board's heap asks for.

Index spaces are lists that begin with the imports, as in the spec. Code and constant expressions are not
copied: they are ``(start, end)`` offsets into ``data``, ``end`` just after their ``end`` instruction.
Value types are their bytes in the binary format (``opcodes.I32`` ...).
"""

FUNC = 0
TABLE = 1
MEMORY = 2
GLOBAL = 3
KINDS = ("func", "table", "memory", "global")

ACTIVE = 0
PASSIVE = 1
DECLARATIVE = 2


class Module:
    """All that a binary says, still to be validated. ``data`` is the binary itself."""

    def __init__(self, data):
        self.data = data
        self.types = []  # (bytes of parameter types, bytes of result types)
        self.imports = []  # (module, name, kind, index in that kind's index space)
        self.compact = False  # whether some of them stand in the compact form
        self.functions = []  # type index
        self.tables = []  # (reference type, minimum, maximum or None)
        self.memories = []  # (minimum, maximum or None, log2 of the page size)
        self.globals = []  # (value type, mutable)
        self.global_inits = []  # constant expression of each global that is not imported
        self.exports = []  # (name, kind, index)
        self.start = None  # function index
        self.elements = []  # Element
        self.segments = []  # Segment
        self.bodies = []  # Body of each function that is not imported, made when it is asked for
        self.data_count = None  # what the data count section says
        self.customs = []  # (name, start, end) of the contents of each custom section
        self.sections = []  # (id, start, end) of each section, its id byte included

    def imported(self, kind):
        """The number of imports of a kind: the first index of that kind that the module defines."""
        return sum(1 for entry in self.imports if entry[2] == kind)

    def block_type(self, immediate):
        """The (parameter types, result types) of a block, from its immediate as ``Instructions.a`` has it."""
        if immediate >= 0:
            return self.types[immediate]
        return b"", b"" if immediate == -64 else bytes((immediate + 0x80,))


class Element:
    """An element segment. ``items`` are function indices, or constant expressions where ``expressions``."""

    def __init__(self, mode, table, offset, reftype, items, expressions, position):
        self.mode = mode
        self.table = table
        self.offset = offset
        self.reftype = reftype
        self.items = items
        self.expressions = expressions
        self.position = position


class Segment:
    """A data segment: ``start`` and ``end`` of its bytes, ``offset`` its constant expression if active."""

    def __init__(self, mode, memory, offset, start, end, position):
        self.mode = mode
        self.memory = memory
        self.offset = offset
        self.start = start
        self.end = end
        self.position = position


class Body:
    """The code of a function: runs of locals as ``(count, value type)``, then instructions."""

    def __init__(self, locals_, start, end):
        self.locals = locals_
        self.start = start
        self.end = end
