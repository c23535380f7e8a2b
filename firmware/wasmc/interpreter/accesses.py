"""Leaves of the dispatch that load and store: bounds, and the way through the directory of sparse memory."""

from ..image import isa
from . import semantics
from .weave import dispatch, expand, indent
from .words import LEAVE, address, trap


def accesses(words):
    """Loads and stores. Immediates are offset + width, so that one sum serves the check and the access."""
    leaves = {}
    for name, (width, lines) in semantics.LOADS.items():
        leaves[isa.OPS[name][0]] = words.body(["a = memory + x - %d" % width, *lines, "f[p[1]] = r"])
    for name, (width, lines) in semantics.STORES.items():
        leaves[isa.OPS[name][0]] = words.body(["a = memory + x - %d" % width, "x = f[p[1]]", *lines])
    # A sum that wrapped is below what was added; words of 64 bits hold every sum.
    wraps = "uint(x) < uint(y) or " if words.bits == 32 else ""
    return [
        "y = ptr32(p)[1]",
        "x = f[p[2]] + y",
        *expand("if %s{U:x} > {U:size}:" % wraps, words.bits),
        "    t = ptr32(%s)" % words.state("MEMORY"),
        "    a = " + address("t", "DIRECTORY", words.bits),
        *expand("    if %s{U:x} > {U:ptr32(a)[0]}:" % wraps, words.bits),
        *indent(trap("out of bounds memory access"), 2),
        *indent(_sparse(words)),
        *dispatch(leaves),
        "p = ptr8(int(p) + 8)",
        "continue",
    ]


def _sparse(words):
    """Makes ``x`` the end of the access as if memory were in one piece there."""
    return [
        "x -= 1",
        "a = " + words.link("a", "1 + (x >> 16)"),
        "a = " + words.link("a", "(x >> 10) & 63"),
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
        *indent(LEAVE),
        "    ctx[ACCESS](ctx)",
        "    p = ptr8(int(p) + 8)",
        "    continue",
        "if a == 0:",  # a load
        "    f[p[1]] = 0",
        "    if op == %d:" % isa.OPS["i64.load"][0],
        "        f[p[1] + 1] = 0",
        "    p = ptr8(int(p) + 8)",
        "    continue",
        "x += a - memory",
    ]
