"""Leaves of the dispatch that stay within a frame: arithmetic, moves, branches.

Each function gives the lines for one group of isa.py's numbers.
"""

from ..image import isa
from . import semantics
from .weave import dispatch, indent

# Goes to the offset ``x``; an odd one leads back, to the head of a loop. Without fuel it stops there, and owes the
# turn, which fuel below zero says.
JUMP = [
    "if x & 1:",
    "    p = ptr8(code + x - 1)",
    "    if fuel == 0:",
    "        fuel = -1",
    "        why = SLICE",
    "        break",
    "    fuel -= 1",
    "else:",
    "    p = ptr8(code + x)",
]


def alu(words):
    """i32.add, a third of all that runs, has a leaf of its own; the others share how operands are read."""
    leaves = {isa.OPS[name][0]: words.body(lines) for name, lines in semantics.ALU.items()}
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


def conditions(words):
    leaves = {
        isa.OPS["br_if " + name][0]: words.body(
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
        *JUMP,
        "continue",
    ]


def moves(words):
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
        "br": ["x = ptr32(p)[1]", *JUMP, "continue"],
    }
    leaves = {isa.OPS[name][0]: lines for name, lines in bodies.items()}
    for name, lines in semantics.UNARY.items():
        leaves[isa.OPS[name][0]] = words.body(
            ["x = f[p[2]]", *([lines] if isinstance(lines, str) else lines)]
        )
        leaves[isa.OPS[name][0]].append("f[p[1]] = r")
    leaves[isa.OPS["copy"][0]] = ["f[p[1]] = f[p[2]]"]
    return [*dispatch(leaves), "p = ptr8(int(p) + 4)", "continue"]
