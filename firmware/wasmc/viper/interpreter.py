"""Weaves the interpreter: one viper function that runs image code until something else is needed.

The source that comes out is the module ``wasm.core`` of the board. It is generated because its dispatch is
a tree of the bits of isa.py's numbers and its leaves are semantics.py's statements, each in the form that
suits the width of the board's words.

State that outlives a call of ``run`` is in an array of 32-bit words, and all that it points at is in a list,
the context, so that nothing is allocated on the way in, out or in between.
"""

from .. import image, isa
from . import semantics
from .weave import PROLOGUE, dispatch, expand, indent

# Words of the state array: offsets into the code and into the stack of cells, in bytes.
STATE = (
    "PC",  # the instruction to go on with, or at which it stopped
    "FP",  # the frame
    "LIMIT",  # end of the stack
    "FUEL",  # turns of loops and calls before run() comes back
    "BASE",  # number of the instance's first function among all references to functions
    "FUNCTIONS",  # how many functions the instance has
    "ARG",  # what the reason to stop is about: a trap's number, an import's index, a reference
    "SIZE",  # bytes of linear memory, for native code
)

# Places in the context list.
CONTEXT = (
    "STATE",  # the state array
    "MEMORY",  # the buffer of linear memory
    "CODE",  # the code of the image
    "CELLS",  # the stack: globals first, then frames
    "OFFSETS",  # the byte offset of each function's code, 0 for an import
    "INSTANCE",  # the Instance
    "DIRECTORY",  # of sparse memory; of another it says 0 bytes (wasm/sparse.py)
    "ACCESS",  # does, with the context, an access to sparse memory that needs more than a look at the directory
    "REFUEL",  # called by native code, with the context, where FUEL is used up
    "KERNELS",  # the first of the kernel groups' functions, in isa.KERNELS's order
)
TABLES = len(CONTEXT) - 1 + len(isa.KERNELS)  # then the tables: arrays whose first word is their size

# Why run() came back.
REASONS = (
    "DONE",
    "SLICE",  # FUEL is used up
    "TRAP",  # ARG is the kind
    "IMPORT",  # ARG is the function's index; the call's frame begins at FP + 4 * (its delta)
    "FOREIGN",  # ARG is a reference to another instance's function, else as IMPORT
    "NATIVE",  # native code takes over at PC
)

_JUMP = [
    "if x & 1:",
    "    p = ptr8(code + x - 1)",
    "    if fuel == 0:",
    "        why = SLICE",
    "        break",
    "    fuel -= 1",
    "else:",
    "    p = ptr8(code + x)",
]


# What may be elsewhere after a call that leaves the interpreter.
_MOVABLE = [
    "size = int(len(ctx[MEMORY]))",
    "memory = 0",
    "if size != 0:",
    "    memory = int(ptr8(ctx[MEMORY]))",
    "directory = int(ptr32(ctx[DIRECTORY]))",
    "table = int(ptr32(ctx[TABLES]))",
]


def _trap(kind):
    return ["s[ARG] = %d" % isa.TRAPS.index(kind), "why = TRAP", "break"]


class _Writer:
    """The leaves for one board: its word width, and whether words may be read at any address."""

    def __init__(self, bits, unaligned):
        self.bits = bits
        self.unaligned = unaligned

    def body(self, lines):
        """A template with its macros and pseudo-statements written out."""
        out = []
        for line in expand(lines, self.bits):
            text = line.lstrip()
            space = line[: len(line) - len(text)]
            if text.startswith("trap("):
                new = _trap(text[5:-1])
            elif "= word(" in text:
                new = self.word(*text[:-1].split(" = word("))
            elif text.startswith("store("):
                new = self.store(*text[6:-1].split(", "))
            else:
                new = [text]
            out += [space + part for part in new]
        return out

    def word(self, target, address):
        whole = "%s = ptr32(%s)[0]" % (target, address)
        if self.unaligned:
            return [whole]
        parts = " | ".join(
            ("ptr8(%s)[%d]" if i == 0 else "(ptr8(%%s)[%%d] << %d)" % (8 * i)) % (address, i)
            for i in range(4)
        )
        return ["if a & 3:", "    %s = %s" % (target, parts), "else:", "    " + whole]

    def store(self, address, value):
        whole = "ptr32(%s)[0] = %s" % (address, value)
        if self.unaligned:
            return [whole]
        parts = ["ptr8(%s)[%d] = %s >> %d" % (address, i, value, 8 * i) for i in range(4)]
        return ["if a & 3:", *indent(parts), "else:", "    " + whole]

    def alu(self):
        """i32.add, a third of all that runs, has a leaf of its own; the others share how operands are read."""
        leaves = {isa.OPS[name][0]: self.body(lines) for name, lines in semantics.ALU.items()}
        del leaves[isa.OPS["i32.add"][0]]
        return [
            "if op & 0x40:",
            "    if op & 1:",
            "        f[p[1]] = f[p[2]] + ptr32(p)[1]",
            "        p = ptr8(int(p) + 8)",
            "    else:",
            "        f[p[1]] = f[p[2]] + f[p[3]]",
            "        p = ptr8(int(p) + 4)",
            "    continue",
            "x = f[p[2]]",
            "d = p[1]",
            "if op & 1:",
            "    p = ptr8(int(p) + 4)",
            "    y = ptr32(p)[0]",
            "else:",
            "    y = f[p[3]]",
            *dispatch(leaves),
            "f[d] = r",
            "p = ptr8(int(p) + 4)",
            "continue",  # not by way of the ends of all that is nested here
        ]

    def conditions(self):
        leaves = {
            isa.OPS["br_if " + name][0]: self.body(
                ["if " + fails + ":", "    p = ptr8(int(p) + 8)", "    continue"]
            )
            for name, (_, fails) in semantics.CONDITIONS.items()
        }
        tests = {
            isa.OPS["br_if"][0]: ["if x == 0:", "    p = ptr8(int(p) + 8)", "    continue"],
            isa.OPS["br_if zero"][0]: ["if x != 0:", "    p = ptr8(int(p) + 8)", "    continue"],
        }
        return [
            "x = f[p[1]]",
            "if op & 0x20:",
            *indent(dispatch(tests)),
            "else:",
            "    if op & 1:",
            "        p = ptr8(int(p) + 4)",
            "        y = ptr32(p)[0]",
            "    else:",
            "        y = f[p[2]]",
            *indent(dispatch(leaves)),
            "x = ptr32(p)[1]",
            *_JUMP,
            "continue",
        ]

    def accesses(self):
        """Loads and stores. Immediates are offset + width, so that one sum serves the check and the access."""
        leaves = {}
        for name, (width, lines) in semantics.LOADS.items():
            leaves[isa.OPS[name][0]] = self.body(["a = memory + x - %d" % width, *lines, "f[p[1]] = r"])
        for name, (width, lines) in semantics.STORES.items():
            leaves[isa.OPS[name][0]] = self.body(["a = memory + x - %d" % width, "x = f[p[1]]", *lines])
        # A sum that wrapped is below what was added; words of 64 bits hold every sum.
        wraps = "uint(x) < uint(y) or " if self.bits == 32 else ""
        return [
            "y = ptr32(p)[1]",
            "x = f[p[2]] + y",
            *expand("if %s{U:x} > {U:size}:" % wraps, self.bits),
            *expand("    if %s{U:x} > {U:ptr32(directory)[0]}:" % wraps, self.bits),
            *indent(_trap("out of bounds memory access"), 2),
            *indent(self.sparse()),
            *dispatch(leaves),
            "p = ptr8(int(p) + 8)",
            "continue",
        ]

    def address(self, table, index):
        """The machine word at a place of a table."""
        if self.bits == 32:
            return "ptr32(%s)[%s]" % (table, index)
        return "ptr32(%s)[(%s) << 1] | (ptr32(%s)[((%s) << 1) + 1] << 32)" % (table, index, table, index)

    def sparse(self):
        """Makes ``x`` the end of the access on the board. Its memory is 0, and its size: all comes here."""
        return [
            "x -= 1",
            "a = " + self.address("directory", "1 + (x >> 16)"),
            "a = " + self.address("a", "(x >> 10) & 63"),
            "x &= 1023",
            "y = 1",
            "if x < 7:",  # it may begin in the block before
            "    if op & 8:",
            "        y = 4",
            "    elif op & 3 == 3:",
            "        y = 8",
            "    elif op & 3:",
            "        y = 2",
            "x += 1",
            "if x < y or (a == 0 and op & 0x10 == 0):",
            "    s[PC] = int(p) - code",
            "    s[FP] = int(f) - int(cells)",
            "    ctx[ACCESS](ctx)",
            "    p = ptr8(int(p) + 8)",
            "    continue",
            "if a == 0:",  # a load
            "    f[p[1]] = 0",
            "    if op == %d:" % isa.OPS["i64.load"][0],
            "        f[p[1] + 1] = 0",
            "    p = ptr8(int(p) + 8)",
            "    continue",
            "x += a",
        ]

    def moves(self):
        bodies = {
            "const": ["f[p[1]] = ptr32(p)[1]", "p = ptr8(int(p) + 4)"],
            "copy2": ["x = p[1]", "y = p[2]", "r = f[y + 1]", "f[x] = f[y]", "f[x + 1] = r"],
            "const2": ["x = p[1]", "f[x] = ptr32(p)[1]", "f[x + 1] = ptr32(p)[2]", "p = ptr8(int(p) + 8)"],
            "select": [
                "if f[ptr32(p)[1]] != 0:",
                "    f[p[1]] = f[p[2]]",
                "else:",
                "    f[p[1]] = f[p[3]]",
                "p = ptr8(int(p) + 4)",
            ],
            "global.get": ["f[p[1]] = cells[ptr16(p)[1]]"],
            "global.set": ["cells[ptr16(p)[1]] = f[p[1]]"],
            "br": ["x = ptr32(p)[1]", *_JUMP, "continue"],
        }
        leaves = {isa.OPS[name][0]: lines for name, lines in bodies.items()}
        for name, lines in semantics.UNARY.items():
            leaves[isa.OPS[name][0]] = self.body(
                ["x = f[p[2]]", *([lines] if isinstance(lines, str) else lines)]
            )
            leaves[isa.OPS[name][0]].append("f[p[1]] = r")
        leaves[isa.OPS["copy"][0]] = ["f[p[1]] = f[p[2]]"]
        return [*dispatch(leaves), "p = ptr8(int(p) + 4)", "continue"]

    def control(self):
        enter = [
            "if fuel == 0:",
            "    why = SLICE",
            "    break",
            "fuel -= 1",
            "y = ptr16(x)[1]",  # the link cell
            "d = ptr16(x)[2]",  # locals to set to zero
        ]
        begin = [
            "while d != 0:",
            "    d -= 1",
            "    y -= 1",
            "    f[y] = 0",
            "p = ptr8(x + 8)",
        ]
        call = [
            *enter,
            "a = int(f) + (ptr16(p)[1] << 2)",
            "if a + (ptr16(x)[0] << 2) > limit:",
            *indent(_trap("call stack exhausted")),
            "f = ptr32(a)",
            "f[y] = int(p) - code",
            *begin,
        ]
        # A tail call moves its arguments to the start of its own frame and keeps that frame's link.
        tail = [
            *enter,
            "if int(f) + (ptr16(x)[0] << 2) > limit:",
            *indent(_trap("call stack exhausted")),
            "r = f[ptr16(p)[5]]",
            "a = 0",
            "while a < ptr16(p)[4]:",
            "    f[a] = f[a + ptr16(p)[1]]",
            "    a += 1",
            "f[y] = r",
            *begin,
        ]
        direct = ["x = code + ptr32(p)[1]"]
        # The reference in the table counts from 1 through the functions of all instances.
        indirect = [
            "y = f[p[1]]",
            "t = ptr32(table)",
            "if ptr16(p)[3] != 0:",
            "    t = ptr32(ctx[TABLES + ptr16(p)[3]])",
            *expand("if {U:y} >= {U:t[0]}:", self.bits),
            *indent(_trap("undefined element")),
            "x = t[y + 1]",
            "if x == 0:",
            *indent(_trap("uninitialized element")),
            "y = x - s[BASE]",
            *expand(
                "if {U:y} >= {U:s[FUNCTIONS]}:" if self.bits == 32 else "if y < 0 or y >= s[FUNCTIONS]:",
                self.bits,
            ),
            "    s[ARG] = x",
            "    why = FOREIGN",
            "    break",
            "x = ptr32(offsets)[y]",
            "if x == 0:",
            "    s[ARG] = y + s[BASE]",
            "    why = FOREIGN",
            "    break",
            "x += code",
            "if ptr16(x)[3] != ptr16(p)[2]:",
            *indent(_trap("indirect call type mismatch")),
        ]
        back = [
            "p = ptr8(code + f[ptr16(p)[1]])",
            "f = ptr32(int(f) - (ptr16(p)[1] << 2))",
            "p = ptr8(int(p) + 8)",
        ]
        bodies = {
            "exit": ["why = DONE", "break"],
            "trap": ["s[ARG] = p[1]", "why = TRAP", "break"],
            "native": ["why = NATIVE", "break"],
            "call": direct + call,
            "call_indirect": indirect + call,
            "return_call": direct + tail,
            "return_call_indirect": indirect + tail,
            "call_import": ["s[ARG] = ptr32(p)[1]", "why = IMPORT", "break"],
            "return": back,
            "return1": ["f[0] = f[p[1]]", *back],
            "copy.far": ["f[ptr16(p)[2]] = f[ptr16(p)[3]]", "p = ptr8(int(p) + 8)"],
            "br_table": [
                "x = f[p[1]]",
                "y = ptr32(p)[1]",
                *expand("if {U:x} > {U:y}:", self.bits),
                "    x = y",
                "x = ptr32(p)[2 + x]",
                *_JUMP,
            ],
            "kernel": [
                "y = ptr32(p)[1] >> 6",
                "s[PC] = int(p) - code",
                "s[FP] = int(f) - int(cells)",
                "x = int(ctx[KERNELS + y](ctx))",
                "p = ptr8(code + s[PC])",
                "if x != 0:",
                "    s[ARG] = x - 1",
                "    why = TRAP",
                "    break",
                "if y == 0:",  # the first group may have moved memory and tables
                *indent(_MOVABLE),
            ],
        }
        return dispatch({isa.OPS[name][0]: lines for name, lines in bodies.items()})

    def function(self):
        tree = [
            "if op & 0x80:",
            *indent(self.alu()),
            "elif op & 0x40:",
            *indent(self.conditions()),
            "elif op & 0x20:",
            *indent(self.accesses()),
            "elif op & 0x10:",
            *indent(self.moves()),
            "else:",
            *indent(self.control()),
        ]
        body = [
            *PROLOGUE[self.bits],
            "s = ptr32(ctx[STATE])",
            *_MOVABLE,
            "offsets = int(ptr32(ctx[OFFSETS]))",
            "code = int(p)",
            "cells = f",
            "limit = int(f) + s[LIMIT]",
            "fuel = s[FUEL]",
            "x = y = r = d = a = why = 0",
            "t = f",
            "f = ptr32(int(f) + s[FP])",
            "p = ptr8(code + s[PC])",
            "while True:",
            "    op = p[0]",
            *indent(tree),
            "s[PC] = int(p) - code",
            "s[FP] = int(f) - int(cells)",
            "s[FUEL] = fuel",
            "return why",
        ]
        return ["@micropython.viper", "def run(p: ptr8, f: ptr32, op: int, ctx) -> int:", *indent(body)]

    def place(self):
        """A function that puts the address of a buffer into an array of machine words."""
        body = ["words[index] = int(buffer)"]
        if self.bits == 64:
            body = ["words[index << 1] = int(buffer)", "words[(index << 1) + 1] = int(buffer) >> 32"]
        return ["@micropython.viper", "def place(words: ptr32, index: int, buffer: ptr8):", *indent(body)]

    def helpers(self):
        """Functions on cells for the Python around the interpreter: they don't allocate where it would."""
        return [
            "@micropython.viper",
            "def clear(cells: ptr32, start: int, end: int):",
            "    while start < end:",
            "        cells[start] = 0",
            "        start += 1",
            "",
            "",
            "@micropython.viper",
            "def store(cells: ptr32, at: int, value: int):",
            "    cells[at] = value",
            "",
            "",
            "@micropython.viper",
            "def signed(cells: ptr32, at: int) -> int:",
            *indent(PROLOGUE[self.bits]),
            "    x = cells[at]",
            *expand("    return {E:x}", self.bits),
        ]


def constants():
    """What the run half shares with the compile half and with the code: name -> value, in order."""
    names = {"VERSION": isa.VERSION}
    for group in (STATE, CONTEXT, REASONS):
        names.update((name, i) for i, name in enumerate(group))
    names["TABLES"] = TABLES
    names["STATE_WORDS"] = len(STATE)
    names["RETURN_CALL_INDIRECT"] = isa.OPS["return_call_indirect"][0]
    names["NEEDS_NATIVE"] = isa.NEEDS_NATIVE
    names["NONE"] = image.NONE
    names.update(
        (name, getattr(image, name)) for name in ("CONST", "FROM_GLOBAL", "FROM_FUNCTION", "FROM_CODE")
    )
    return names


RECORDS = ("HEADER", "IMPORT", "TABLE", "MEMORY", "GLOBAL", "ELEMENT", "ITEM", "SEGMENT", "EXPORT")


def source(bits, unaligned):
    """The module ``wasm.core`` for words of 32 or 64 bits; ``unaligned``: words can be read anywhere."""
    head = [
        '"""Generated from the tables of the compile half: shared numbers, and the interpreter of image code."""',
        "",
    ]
    head += ["import micropython", "from micropython import const", ""]
    head += ["%s = const(%d)" % item for item in constants().items()]
    head += ["TRAPS = %r" % (isa.TRAPS,), "GROUPS = %r" % (tuple(title for title, _ in isa.KERNELS),)]
    head += ["%s_RECORD = %r" % (name, getattr(image, name)) for name in RECORDS]
    writer = _Writer(bits, unaligned)
    head += ["", "", *writer.place(), "", "", *writer.helpers(), "", ""]
    return "\n".join([*head, *writer.function()]) + "\n"
