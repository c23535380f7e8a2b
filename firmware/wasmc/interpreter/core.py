"""Weaves the interpreter: one viper function that runs image code until something else is needed.

The source that comes out is the module ``wasm.core`` of the board. It is generated because its dispatch is
a tree of the bits of isa.py's numbers and its leaves are semantics.py's statements, each in the form that
suits the width of the board's words.
"""

import re

from ..image import file, isa
from .accesses import accesses
from .calls import control
from .helpers import helpers
from .leaves import alu, conditions, moves
from .state import constants
from .weave import PROLOGUE, indent
from .words import LEAVE, Words, trap


def _run(words):
    tree = [
        "if op & 0x80:",
        *indent(alu(words)),
        "elif op & 0x40:",
        *indent(conditions(words)),
        "elif op & 0x20:",
        *indent(accesses(words)),
        "elif op & 0x10:",
        *indent(moves(words)),
        "else:",
        *indent(control(words)),
    ]
    enter = [
        "x += code",
        "a = int(cells) + s[TOP]",
        "if a + (ptr16(x)[0] << 2) > limit:",
        "    s[PC] = 0",
        *indent(trap("call stack exhausted")[:1]),
        "    s[WHY] = TRAP",
        "    ctx[PROCEED](ctx)",
        "d = %s >> 1" % words.item("PARAMETERS"),
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
        *LEAVE,
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
        *PROLOGUE[words.bits],
        "t = ptr32(p)",
        "s = ptr32(%s >> 1 << 4)" % words.item("TOKEN"),
        "code = " + words.state("CODE"),
        "cells = ptr32(%s)" % words.state("CELLS"),
        "limit = int(cells) + s[LIMIT]",
        "group = last = -1",
        "x = %s >> 1" % words.item("START"),
        "if x:",
        *indent(enter),
        "else:",
        "    going = 1",
        "    fuel = s[FUEL]",
        "    f = ptr32(int(cells) + s[FP])",
        "    p = ptr8(code + s[PC])",
        *words.movable(),
        "while True:",
        "    op = p[0]",
        *indent(tree),
        "if why | going:",
        *indent(stopped),
        "x = f[0]",
        "t = ptr32(%s)" % words.state("LIFE"),
        "if t[WAITING] and t[RUNNING] == 0:",
        "    ctx[SETTLE]()",
        *words.body(["return {E:x}"]),
    ]
    # The second argument is declared as an int: as an address it would take any buffer for an int.
    text = "\n".join(["def run(p: ptr8, f: int, second, ctx) -> int:", *indent(body)])
    text = re.sub(r"\bf\[", "ptr32(f)[", re.sub(r"\bf = ptr32\((.*)\)$", r"f = \1", text, flags=re.M))
    return ["@micropython.viper", *text.replace("int(f)", "f").split("\n")]


def source(bits, unaligned, inline_thumb):
    """The module ``wasm.core`` for words of 32 or 64 bits.

    ``unaligned``: words can be read anywhere; ``inline_thumb``: what can't be right in viper and fast is in Thumb.
    """
    head = [
        '"""Generated from the tables of the compile half: shared numbers, and the interpreter of image code."""',
        "",
    ]
    head += ["import micropython", "from micropython import const", ""]
    arch = (("WIDE_WORD", bits >> 6), ("UNALIGNED", unaligned), ("INLINE_THUMB", inline_thumb))
    head += ["%s = const(%d)" % item for item in (*constants().items(), *arch)]
    head += ["TRAPS = %r" % (isa.TRAPS,), "GROUPS = %r" % (tuple(title for title, _ in isa.KERNELS),)]
    head += ["%s_RECORD = const(%r)" % (name, getattr(file, name)) for name in ("HEADER", "EXPORT")]
    words = Words(bits, unaligned)
    parts = [head, *helpers(words), _run(words)]
    return "\n\n\n".join("\n".join(lines) for lines in parts) + "\n"
