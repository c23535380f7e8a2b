"""Weaves the interpreter: one viper function that runs image code until something else is needed.

The source that comes out is the module ``wasm.core`` of the board. It is generated because its dispatch is
a tree of the bits of isa.py's numbers and its leaves are semantics.py's statements, each in the form that
suits the width of the board's words.

State that outlives a call of ``run`` is in an array of 32-bit words. It holds the addresses of code, cells and
what else is read at every turn: one load each, where an item of a list costs a call. The objects that are called
are in the context. Nothing is allocated on the way in, out or in between.
"""

import re

from .. import image, isa, opcodes
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
    "WHY",  # the reason itself, where a call from Python has to be brought to its end by Python
    "TOP",  # where the next call from Python has its frame; an imported function's call raises it while it lasts
    "FIRST",  # FUEL of a call from Python
    "SLICES",  # how often it is filled up again, or NONE: without end
    "LEFT",  # how often it still is
)

# Then addresses, each of two words, the low one first. What may move is behind a second address, of an array that
# stays where it is and that all who share the thing see.
ADDRESSES = (
    "CODE",  # of the image
    "CELLS",  # the stack: globals first, then frames
    "OFFSETS",  # the byte offset of each function's code, 0 for an import
    "KINDS",  # a byte for each imported function: how it is called
    "LIFE",  # two words for all instances: calls of Python that are under way, and how much waits for their end
    "MEMORY",  # address and size of linear memory, and the address of its directory (wasm/sparse.py)
)
PLACES = ("BUFFER", "SIZE", "DIRECTORY")  # in the array that MEMORY leads to: 2 words, 1 and 2
TABLES = len(STATE) + 2 * len(ADDRESSES)  # then, for each table, an array with the address of its cells

# Places in the context, an array of objects: the words of small ints in it are read as they are, twice their value
# plus 1. Each export that is called from Python has one of its own; that of the instance says to go on at PC.
CONTEXT = (
    "TOKEN",  # the address of the state / 16, a small int on every board: it is passed without being boxed
    "START",  # the offset of the export's code, 0 to go on
    "PARAMETERS",  # how many it has
    "INSTANCE",  # the Instance
    "ACCESS",  # does, with the context, an access to sparse memory that needs more than a look at the directory
    "REFUEL",  # called by native code, with the context, where FUEL is used up
    "NATIVE",  # native code: called with TOKEN, 0, 0 and the context, goes on at PC
    "PROCEED",  # called with the context: brings a call from Python to its end for the reason WHY
    "GENERAL",  # called with the context: an imported Python function, the general way
    "SETTLE",  # called when the outermost call has ended and something waits for that
    "GUARD",  # called with TOKEN and INSTANCE: goes on at PC in what may call Python
    "ROOM",  # raises RuntimeError where MicroPython's stack has no room for another call in a call
    "GO",  # run(): a viper function that reads a global takes twice as long to enter
    "KERNELS",  # the first of the kernel groups' functions, in isa.KERNELS's order
)
MORE = len(CONTEXT) - 1 + len(isa.KERNELS)  # then what groups leave to functions that are imported when needed
IMPORTS = MORE + len(isa.KERNELS)  # then the imported Python functions

# Why run() came back.
REASONS = (
    "DONE",
    "SLICE",  # FUEL is used up
    "TRAP",  # ARG is the kind
    "IMPORT",  # ARG is the function's index; the call's frame begins at FP + 4 * (its delta)
    "HELD",  # a Python function is to be called, and nothing undoes yet what an exception of it leaves
    "FOREIGN",  # ARG is a reference to another instance's function, else as IMPORT
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


def address(words, index, bits):
    """The address that is at a place of an array."""
    if bits == 32:
        return "%s[%s]" % (words, index)
    return "(%s[%s] | (%s[%s + 1] << 32))" % (words, index, words, index)


def _trap(kind):
    return ["s[ARG] = %d" % isa.TRAPS.index(kind), "why = TRAP", "break"]


class _Writer:
    """The leaves for one board: its word width, and whether words may be read at any address."""

    def __init__(self, bits, unaligned):
        self.bits = bits
        self.unaligned = unaligned

    def state(self, name):
        """An address of the state."""
        return address("s", name, self.bits)

    def movable(self):
        """Reads what may be elsewhere after a call that leaves the interpreter."""
        return [
            "t = ptr32(%s)" % self.state("MEMORY"),
            "memory = " + address("t", "BUFFER", self.bits),
            "size = t[SIZE]",
        ]

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
            "    t = ptr32(%s)" % self.state("MEMORY"),
            "    a = " + address("t", "DIRECTORY", self.bits),
            *expand("    if %s{U:x} > {U:ptr32(a)[0]}:" % wraps, self.bits),
            *indent(_trap("out of bounds memory access"), 2),
            *indent(self.sparse()),
            *dispatch(leaves),
            "p = ptr8(int(p) + 8)",
            "continue",
        ]

    def link(self, table, index):
        """The machine word at a place of a table of sparse memory."""
        if self.bits == 32:
            return "ptr32(%s)[%s]" % (table, index)
        return "ptr32(%s)[(%s) << 1] | (ptr32(%s)[((%s) << 1) + 1] << 32)" % (table, index, table, index)

    def sparse(self):
        """Makes ``x`` the end of the access on the board. Its memory is 0, and its size: all comes here."""
        return [
            "x -= 1",
            "a = " + self.link("a", "1 + (x >> 16)"),
            "a = " + self.link("a", "(x >> 10) & 63"),
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
            "x = TABLES + (ptr16(p)[3] << 1)",
            "t = ptr32(%s)" % address("s", "x", self.bits),
            "t = ptr32(%s)" % address("t", "0", self.bits),
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
            "x = ptr32(%s)[y]" % self.state("OFFSETS"),
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
        leave = ["s[PC] = int(p) - code", "s[FP] = int(f) - int(cells)"]
        bodies = {
            "exit": ["why = DONE", "break"],
            "trap": ["s[ARG] = p[1]", "why = TRAP", "break"],
            "native": [
                *leave,
                "s[FUEL] = fuel",
                "ctx[NATIVE](ctx[TOKEN], 0, 0, ctx)",
                "fuel = s[FUEL]",
                "p = ptr8(code + s[PC])",
                "f = ptr32(int(cells) + s[FP])",
            ],
            "call": direct + call,
            "call_indirect": indirect + call,
            "return_call": direct + tail,
            "return_call_indirect": indirect + tail,
            "call_import": [
                "x = ptr32(p)[1]",
                "y = ptr8(%s)[x] - %d" % (self.state("KINDS"), isa.QUICK_KIND),
                "if y < 0:",
                "    s[ARG] = x",
                *indent(leave),
                "    if y == %d:" % (isa.FOREIGN_KIND - isa.QUICK_KIND),
                "        why = IMPORT",
                "        break",
                "    ctx[GENERAL](ctx)",
                "else:",
                "    if going:",
                "        pass",
                "    else:",
                "        why = HELD",
                "        break",
                "    if x != last:",
                "        last = x",
                "        imported = ctx[IMPORTS + x]",
                *indent(self.imported()),
                *self.movable(),
                "p = ptr8(int(p) + 8)",
            ],
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
                *leave,
                "s[ARG] = 0",
                "if y != group:",
                "    group = y",
                "    kernel = ctx[KERNELS + y]",
                "    token = ctx[TOKEN]",
                "kernel(token, 0, ctx)",
                "if y == 0:",  # the first group may have moved memory
                *indent(self.movable()),
                "p = ptr8(code + s[PC])",
                "if s[ARG] != 0:",
                "    s[ARG] -= 1",
                "    why = TRAP",
                "    break",
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
        enter = [
            "x += code",
            "a = int(cells) + s[TOP]",
            "if a + (ptr16(x)[0] << 2) > limit:",
            "    s[PC] = 0",
            *indent(_trap("call stack exhausted")[:1]),
            "    s[WHY] = TRAP",
            "    ctx[PROCEED](ctx)",
            "d = %s >> 1" % self.item("PARAMETERS"),
            "if d:",
            "    ptr32(a)[0] = int(f)",
            "    if d & 2:",
            "        ptr32(a)[1] = int(second)",
            "f = ptr32(a)",
            "y = ptr16(x)[1]",
            "f[y] = 0",
            "d = ptr16(x)[2]",
            "while d:",
            "    d -= 1",
            "    y -= 1",
            "    f[y] = 0",
            "p = ptr8(x + 8)",
            "fuel = s[FIRST]",
            "s[LEFT] = s[SLICES]",
            "going = 0",
        ]
        stopped = [
            "s[PC] = int(p) - code",
            "s[FP] = int(f) - int(cells)",
            "s[FUEL] = fuel",
            "if going:",
            "    return why",
            "if why == HELD:",
            "    ctx[GUARD](ctx[TOKEN], ctx[INSTANCE])",
            "else:",
            "    s[WHY] = why",
            "if s[WHY]:",
            "    ctx[PROCEED](ctx)",
            "f = ptr32(int(cells) + s[TOP])",
        ]
        body = [
            *PROLOGUE[self.bits],
            "t = ptr32(p)",
            "s = ptr32(%s >> 1 << 4)" % self.item("TOKEN"),
            "code = " + self.state("CODE"),
            "cells = ptr32(%s)" % self.state("CELLS"),
            "limit = int(cells) + s[LIMIT]",
            "group = last = -1",
            "x = %s >> 1" % self.item("START"),
            "if x:",
            *indent(enter),
            "else:",
            "    going = 1",
            "    fuel = s[FUEL]",
            "    f = ptr32(int(cells) + s[FP])",
            "    p = ptr8(code + s[PC])",
            *self.movable(),
            "while True:",
            "    op = p[0]",
            *indent(tree),
            "if why | going:",
            *indent(stopped),
            "x = f[0]",
            "t = ptr32(%s)" % self.state("LIFE"),
            "if t[WAITING] and t[RUNNING] == 0:",
            "    ctx[SETTLE]()",
            *self.body(["return {E:x}"]),
        ]
        # The second argument is declared as an int: as an address it would take any buffer for an int.
        text = "\n".join(["def run(p: ptr8, f: int, second, ctx) -> int:", *indent(body)])
        text = re.sub(r"\bf\[", "ptr32(f)[", re.sub(r"\bf = ptr32\((.*)\)$", r"f = \1", text, flags=re.M))
        return ["@micropython.viper", *text.replace("int(f)", "f").split("\n")]

    def place(self):
        """A function that puts the address of a buffer into an array of machine words."""
        body = ["words[index] = int(buffer)"]
        if self.bits == 64:
            body = ["words[index << 1] = int(buffer)", "words[(index << 1) + 1] = int(buffer) >> 32"]
        return ["@micropython.viper", "def place(words: ptr32, index: int, buffer: ptr8):", *indent(body)]

    def point(self):
        """A function that puts the address of a buffer into two words of an array."""
        high = "int(buffer) >> 32" if self.bits == 64 else "0"
        return [
            "@micropython.viper",
            "def point(words: ptr32, index: int, buffer: ptr8):",
            "    words[index] = int(buffer)",
            "    words[index + 1] = " + high,
            "",
            "",
            "@micropython.viper",
            "def token(buffer: ptr8) -> int:",
            "    return int(uint(int(buffer)) >> 4)",
        ]

    def item(self, name):
        """The word of a small int in the context at ``t``."""
        if self.bits == 32:
            return "t[%s]" % name
        return "(t[%s * 2] | (t[%s * 2 + 1] << 32))" % (name, name)

    def imported(self):
        """Calls ``imported``, a Python function of the kind ``y`` whose types are i32."""

        def call(count):
            arguments = ", ".join(self.body(["{E:ptr32(d)[%d]}" % i])[0] for i in range(count))
            return ["value = imported(%s)" % arguments]

        return [
            "r = s[LEFT]",
            "d = int(f) + (ptr16(p)[1] << 2)",
            "s[TOP] = d - int(cells) + %d" % (4 * isa.MOST_QUICK),
            "if y & 2:",
            "    if y & 4:",
            *indent(call(3), 2),
            "    else:",
            *indent(call(1), 2),
            "elif y & 4:",
            *indent(call(2)),
            "elif y & 8:",
            *indent(call(4)),
            "else:",
            *indent(call(0)),
            "if y & 1:",
            "    ptr32(d)[0] = int(value)",
            "s[LEFT] = r",
        ]

    def guard(self):
        """A function that lets ``run`` go on and undoes what an exception of a called Python function leaves.

        A ``try`` costs as much as a call: it is here, where many calls of Python share it.
        """
        return [
            "@micropython.viper",
            "def guard(token, instance):",
            "    s = ptr32(int(token) << 4)",
            "    life = ptr32(%s)" % self.state("LIFE"),
            "    top = s[TOP]",
            "    running = life[RUNNING]",
            "    ctx = instance.context",
            "    try:",
            "        if running:",
            "            ctx[ROOM]()",
            "        life[RUNNING] = running + 1",
            "        s[WHY] = int(ctx[GO](ctx, 0, 0, ctx))",
            "    finally:",
            "        s[TOP] = top",
            "        life[RUNNING] = running",
        ]

    def helpers(self):
        """Functions on cells for the Python around the interpreter: they don't allocate where it would."""
        return [
            "@micropython.viper",
            "def clear(cells: ptr32, start: int, end: int):",
            "    while start < end:",
            "        cells[start] = 0",
            "        start += 1",
        ]


def constants():
    """What the run half shares with the compile half and with the code: name -> value, in order."""
    names = {"VERSION": isa.VERSION}
    for group in (STATE, CONTEXT, REASONS):
        names.update((name, i) for i, name in enumerate(group))
    names.update((name, len(STATE) + 2 * i) for i, name in enumerate(ADDRESSES))
    names.update(zip(PLACES, (0, 2, 3)))
    names.update(TABLES=TABLES, MORE=MORE, IMPORTS=IMPORTS, RUNNING=0, WAITING=1)
    names.update((name, getattr(isa, name)) for name in ("FOREIGN_KIND", "GENERAL_KIND", "QUICK_KIND"))
    names.update(zip(("I32", "I64", "F32", "F64", "FUNCREF", "EXTERNREF"), map(ord, opcodes.VALTYPES)))
    names["RETURN_CALL_INDIRECT"] = isa.OPS["return_call_indirect"][0]
    names["NEEDS_NATIVE"] = isa.NEEDS_NATIVE
    for name in ("NONE", "MUTABLE", "CONST", "FROM_GLOBAL", "FROM_FUNCTION", "FROM_CODE"):
        names[name] = getattr(image, name)
    return names


RECORDS = ("HEADER", "EXPORT")

def source(bits, unaligned):
    """The module ``wasm.core`` for words of 32 or 64 bits; ``unaligned``: words can be read anywhere."""
    head = [
        '"""Generated from the tables of the compile half: shared numbers, and the interpreter of image code."""',
        "",
    ]
    head += ["import micropython", "from micropython import const", ""]
    head += ["%s = const(%d)" % item for item in constants().items()]
    head += ["TRAPS = %r" % (isa.TRAPS,), "GROUPS = %r" % (tuple(title for title, _ in isa.KERNELS),)]
    head += ["%s_RECORD = const(%r)" % (name, getattr(image, name)) for name in RECORDS]
    writer = _Writer(bits, unaligned)
    head += ["", "", *writer.place(), "", "", *writer.point(), "", "", *writer.helpers(), "", ""]
    head += [*writer.guard(), "", ""]
    return "\n".join([*head, *writer.function()]) + "\n"
