"""Image code as text, for whoever works on the lowering.

A line is an instruction: its offset in the code, its name, then what it writes, what it reads and its other
operands. ``r3`` is a cell of the frame, ``g3`` a cell of a global, ``@40`` an offset in the code in hexadecimal,
with ``back`` where a turn of a loop is metered; a memory access shows its offset without the width.
"""

import struct

from .file import HEADER
from .isa import GROUP_SIZE, IMMEDIATE, KERNELS, OPS, TRAPS

_NAMES = {number: (name, shape) for name, (number, shape) in OPS.items()}
_IMMEDIATE_SHAPES = {"alu": "alui", "cond": "condi"}

_FUNCTION = 8  # bytes before a function's first instruction


def disassemble(image):
    """Yields lines for the code of an image (bytes): a line before each function, then its instructions.

    Raises ValueError where a number is no instruction's.
    """
    fields = struct.unpack_from(HEADER, image)
    start = struct.calcsize(HEADER)
    size, types = fields[4:6]
    code = image[start : start + size]
    functions = {}
    for i in range((types - size) // 4):
        offset = _word(image, start + size, i)
        if offset:  # an import has no code
            functions[offset] = i
    at = 0
    while at < size:
        if at in functions:
            yield "%04x: function %d: frame %d, link r%d, zeroed %d, type %d" % (
                (at, functions[at]) + struct.unpack_from("<4H", code, at)
            )
            at += _FUNCTION
        name, operands, length = instruction(code, at)
        yield ("    %04x  %-14s %s" % (at, name, operands)).rstrip()
        at += length


def instruction(code, at):
    """The instruction at an offset of the code: ``(name, operands as text, bytes it takes)``."""
    number = code[at]
    name, shape = _NAMES.get(number) or _NAMES.get(number & ~IMMEDIATE, (None, None))
    if number not in _NAMES:
        shape = _IMMEDIATE_SHAPES.get(shape)
    if shape is None:
        raise ValueError("no instruction has the number 0x%02x, found at 0x%x" % (number, at))
    operands, words = _SHAPES[shape](code, at, name)
    return name, operands, 4 + 4 * words


def _word(code, at, i):
    return int.from_bytes(code[at + 4 * i : at + 4 * i + 4], "little")


def _signed(code, at, i):
    word = _word(code, at, i)
    return word - 0x100000000 if word & 0x80000000 else word


def _halves(code, at, i):
    word = _word(code, at, i)
    return word & 0xFFFF, word >> 16


def _target(code, at, i):
    word = _word(code, at, i)
    return "@%x%s" % (word & ~1, " back" if word & 1 else "")


def _alu(code, at, name):
    return "r%d, r%d, r%d" % tuple(code[at + 1 : at + 4]), 0


def _alu_immediate(code, at, name):
    return "r%d, r%d, %d" % (code[at + 1], code[at + 2], _signed(code, at, 1)), 1


def _cond(code, at, name):
    return "r%d, r%d, %s" % (code[at + 1], code[at + 2], _target(code, at, 1)), 1


def _cond_immediate(code, at, name):
    return "r%d, %d, %s" % (code[at + 1], _signed(code, at, 1), _target(code, at, 2)), 2


def _test(code, at, name):
    return "r%d, %s" % (code[at + 1], _target(code, at, 1)), 1


def _width(name):
    """Bytes that a load or store touches."""
    for digits in ("16", "8"):
        if digits in name:
            return int(digits) // 8
    return 8 if name[:3] == "i64" else 4


def _load(code, at, name):
    return "r%d, [r%d + %d]" % (code[at + 1], code[at + 2], _word(code, at, 1) - _width(name)), 1


def _store(code, at, name):
    return "[r%d + %d], r%d" % (code[at + 2], _word(code, at, 1) - _width(name), code[at + 1]), 1


def _cell(code, at, name):
    return "r%d, r%d" % (code[at + 1], code[at + 2]), 0


def _const(code, at, name):
    return "r%d, %d" % (code[at + 1], _signed(code, at, 1)), 1


def _const2(code, at, name):
    return "r%d, 0x%x" % (code[at + 1], _word(code, at, 1) | _word(code, at, 2) << 32), 2


def _select(code, at, name):
    cells = "r%d, r%d, r%d" % tuple(code[at + 1 : at + 4])
    return "%s, r%d" % (cells, _word(code, at, 1)), 1


def _global(code, at, name):
    cells = "r%d" % code[at + 1], "g%d" % _halves(code, at, 0)[1]
    return "%s, %s" % (cells if name == "global.get" else cells[::-1]), 0


def _far(code, at, name):
    return "r%d, r%d" % _halves(code, at, 1), 1


def _br(code, at, name):
    return _target(code, at, 1), 1


def _table(code, at, name):
    last = _word(code, at, 1)
    targets = [_target(code, at, 2 + i) for i in range(last + 1)]
    return "r%d, %s" % (code[at + 1], ", ".join(targets)), 2 + last


def _call(code, at, name):
    callee = "import %d" if name == "call_import" else "@%x"
    return "frame r%d, %s" % (_halves(code, at, 0)[1], callee % _word(code, at, 1)), 1


def _call_indirect(code, at, name):
    frame = "frame r%d, r%d" % (_halves(code, at, 0)[1], code[at + 1])
    return frame + ", type %d, table %d" % _halves(code, at, 1), 1


def _tail(code, at, name):
    call = _call_indirect if name == "return_call_indirect" else _call
    operands, words = call(code, at, name)
    return operands + ", %d cells, link r%d" % _halves(code, at, 1 + words), words + 1


def _return(code, at, name):
    link = "link r%d" % _halves(code, at, 0)[1]
    return "r%d, %s" % (code[at + 1], link) if name == "return1" else link, 0


def _kernel(code, at, name):
    number = _word(code, at, 1)
    group, names = KERNELS[number // GROUP_SIZE]
    title = names.split()[number % GROUP_SIZE]
    cells = "r%d, r%d, r%d" % tuple(code[at + 1 : at + 4])
    if group in ("instance", "bulk"):
        return "%s, %s" % (title, cells) + ", %d, %d" % _halves(code, at, 2), 2
    return "%s, %s" % (title if group == "convert" else group + "." + title, cells), 1


def _trap(code, at, name):
    return TRAPS[code[at + 1]] if name == "trap" else "", 0


def _native(code, at, name):
    return "state %d" % _halves(code, at, 0)[1], 0


_SHAPES = {
    "alu": _alu,
    "alui": _alu_immediate,
    "cond": _cond,
    "condi": _cond_immediate,
    "test": _test,
    "load": _load,
    "store": _store,
    "cell": _cell,
    "const": _const,
    "const2": _const2,
    "select": _select,
    "global": _global,
    "far": _far,
    "br": _br,
    "table": _table,
    "call": _call,
    "calli": _call_indirect,
    "tail": _tail,
    "return": _return,
    "kernel": _kernel,
    "trap": _trap,
    "native": _native,
}
