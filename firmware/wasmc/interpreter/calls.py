"""Leaves of the dispatch that enter and leave functions, or the interpreter: calls, returns, imports, kernels."""

from ..image import isa
from .leaves import JUMP
from .weave import dispatch, expand, indent
from .words import LEAVE, address, trap


def control(words):
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
        *indent(trap("call stack exhausted")),
        "f = ptr32(a)",
        "f[y] = int(p) - code",
        *begin,
    ]
    # A tail call moves its arguments to the start of its own frame and keeps that frame's link.
    tail = [
        *enter,
        "if int(f) + (ptr16(x)[0] << 2) > limit:",
        *indent(trap("call stack exhausted")),
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
        "t = ptr32(%s)" % address("s", "x", words.bits),
        "t = ptr32(%s)" % address("t", "0", words.bits),
        *expand("if {U:y} >= {U:t[0]}:", words.bits),
        *indent(trap("undefined element")),
        "x = t[y + 1]",
        "if x == 0:",
        *indent(trap("uninitialized element")),
        "y = x - s[BASE]",
        *expand(
            "if {U:y} >= {U:s[FUNCTIONS]}:" if words.bits == 32 else "if y < 0 or y >= s[FUNCTIONS]:",
            words.bits,
        ),
        "    s[ARG] = x",
        "    why = FOREIGN",
        "    break",
        "x = ptr32(%s)[y]" % words.state("OFFSETS"),
        "if x == 0:",
        "    s[ARG] = y + s[BASE]",
        "    why = FOREIGN",
        "    break",
        "x += code",
        "if ptr16(x)[3] != ptr16(p)[2]:",
        *indent(trap("indirect call type mismatch")),
    ]
    back = [
        "p = ptr8(code + f[ptr16(p)[1]])",
        "f = ptr32(int(f) - (ptr16(p)[1] << 2))",
        "p = ptr8(int(p) + 8)",
    ]
    bodies = {
        "exit": ["why = DONE", "break"],
        "trap": ["s[ARG] = p[1]", "why = TRAP", "break"],
        "native": [
            *LEAVE,
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
            "y = ptr8(%s)[x] - %d" % (words.state("KINDS"), isa.QUICK_KIND),
            "if y < 0:",
            "    s[ARG] = x",
            *indent(LEAVE),
            "    if y == %d:" % (isa.FOREIGN_KIND - isa.QUICK_KIND),
            "        why = IMPORT",
            "        break",
            "    s[FUEL] = fuel",
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
            *indent(_imported(words)),
            *words.movable(),
            "p = ptr8(int(p) + 8)",
        ],
        "return": back,
        "return1": ["f[0] = f[p[1]]", *back],
        "copy.far": ["f[ptr16(p)[2]] = f[ptr16(p)[3]]", "p = ptr8(int(p) + 8)"],
        "br_table": [
            "x = f[p[1]]",
            "y = ptr32(p)[1]",
            *expand("if {U:x} > {U:y}:", words.bits),
            "    x = y",
            "x = ptr32(p)[2 + x]",
            *JUMP,
        ],
        "kernel": [
            "y = ptr32(p)[1] >> 6",
            *LEAVE,
            "s[ARG] = 0",
            "if y != group:",
            "    group = y",
            "    kernel = ctx[KERNELS + y]",
            "    token = ctx[TOKEN]",
            "kernel(token, 0, ctx)",
            "if y == 0:",  # the first group may have moved memory
            *indent(words.movable()),
            "p = ptr8(code + s[PC])",
            "if s[ARG] != 0:",
            "    s[ARG] -= 1",
            "    why = TRAP",
            "    break",
        ],
    }
    return dispatch({isa.OPS[name][0]: lines for name, lines in bodies.items()})


def _imported(words):
    """Calls ``imported``, a Python function of the kind ``y`` whose types are i32."""

    def call(count):
        arguments = ", ".join(words.body(["{E:ptr32(d)[%d]}" % i])[0] for i in range(count))
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
