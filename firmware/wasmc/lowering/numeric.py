"""Lowering of numeric instructions, loads and stores: Wasm's many to an image's few.

Each function takes the function being lowered (``function.Lowering``) and reads its operands from its stack.
"""

_MASK = 0xFFFFFFFF

_COMMUTATIVE = ("add", "mul", "and", "or", "xor", "eq", "ne")
_MIRROR = {"lt_s": "gt_s", "gt_s": "lt_s", "le_s": "ge_s", "ge_s": "le_s"}
_MIRROR.update({name[:2] + "_u": other[:2] + "_u" for name, other in _MIRROR.items()})

# "greater" and "less or equal" are written with the other two: of cells by exchanging the operands, of an
# immediate by its neighbour, unless it has none (the value given here).
_OTHER = {"gt_s": "ge_s", "le_s": "lt_s", "gt_u": "ge_u", "le_u": "lt_u"}
_LAST = {"gt_s": 0x7FFFFFFF, "le_s": 0x7FFFFFFF, "gt_u": _MASK, "le_u": _MASK}

# Floats have no such neighbour, but may exchange their operands.
_FLOAT_MIRROR = {"gt": "lt", "ge": "le"}

# What holds where a comparison does not.
OPPOSITE = {"eq": "ne", "ne": "eq", "lt_s": "ge_s", "ge_s": "lt_s", "lt_u": "ge_u", "ge_u": "lt_u"}

_BITWISE = ("and", "or", "xor")


def lower(fn, name, operands, results):
    """Lowers the numeric instruction ``name`` of type ``operands>results``."""
    prefix, _, rest = name.partition(".")
    if rest.startswith("reinterpret"):
        return  # cells have no type
    if prefix == "i32" and operands in ("ii", "i"):
        if rest == "eqz":
            _is_zero(fn)
        elif len(operands) == 2:
            _binary(fn, rest)
        else:
            x = fn.pop()
            cell = fn.cell(x)
            fn.emit.value(name, fn.result(0), 0, cell)
    elif rest == "wrap_i64":
        x = fn.pop()
        fn.push_view(x, 0)
    elif rest == "extend_i32_s" or rest == "extend_i32_u":
        _extend(fn, rest[-1] == "s")
    elif prefix == "i64" and rest.startswith("extend"):
        _extend_within(fn, rest)
    elif prefix == "i64" and rest in _BITWISE:
        _bitwise(fn, rest)
    elif name == "i64.eqz":
        x = fn.cell(fn.pop())
        to = fn.result(0)
        fn.emit.alu("i32.or", to, x, x + 1)
        fn.emit.alu_immediate("i32.eq", to, to, 0)
    elif rest in ("abs", "neg", "copysign"):
        _sign(fn, prefix == "f64", rest)
    else:
        _kernel(fn, prefix, rest, operands, results)


def _binary(fn, rest):
    y = fn.pop()
    x = fn.pop()
    if x.is_const and not y.is_const and (rest in _COMMUTATIVE or rest in _MIRROR):
        x, y = y, x
        rest = _MIRROR.get(rest, rest)
    fn.mark_if_trapping(rest)
    left = fn.cell(x)
    if y.is_const and rest in _LAST and y.value & _MASK != _LAST[rest]:
        value = y.value + 1
        rest = _OTHER[rest]
    else:
        value = y.value
    if y.is_const and rest not in _LAST:
        if rest == "sub":
            rest = "add"
            value = -value
        fn.emit.alu_immediate("i32." + rest, fn.result(0), left, value)
        return
    right = fn.cell(y)
    if rest in _LAST:
        left, right = right, left
        rest = {"gt": "lt", "le": "ge"}[rest[:2]] + rest[2:]
    fn.emit.alu("i32." + rest, fn.result(0), left, right)


def _is_zero(fn):
    x = fn.pop()
    condition = None if x.is_const else fn.emit.take_condition(x.cell) if x.cell == x.home else None
    cell = None if condition else fn.cell(x)
    to = fn.result(0)
    if not condition:
        fn.emit.alu_immediate("i32.eq", to, cell, 0)
        return
    name, left, right, value = condition
    name = "i32." + OPPOSITE[name]
    if right is None:
        fn.emit.alu_immediate(name, to, left, value)
    else:
        fn.emit.alu(name, to, left, right)


def _extend(fn, signed):
    cell = fn.cell(fn.pop())
    to = fn.result(1)
    low = len(fn.emit.code)
    fn.emit.value("copy", to, 0, cell)  # even onto itself: joined() needs both halves written
    if signed:
        fn.emit.alu_immediate("i32.shr_s", to + 1, cell, 31)
    else:
        fn.emit.const(to + 1, 0, 0)
    fn.emit.joined(low)


def _extend_within(fn, rest):
    cell = fn.cell(fn.pop())
    to = fn.result(1)
    width = rest[6:-2]
    if width == "32":
        fn.emit.copy(to, cell, 0)
    else:
        fn.emit.value("i32.extend%s_s" % width, to, 0, cell)
    fn.emit.alu_immediate("i32.shr_s", to + 1, to, 31)
    fn.emit.forget()


def _bitwise(fn, rest):
    y = fn.pop()
    x = fn.pop()
    if x.is_const:
        x, y = y, x
    left = fn.cell(x)
    name = "i32." + rest
    right = None if y.is_const else fn.cell(y)
    to = fn.result(1)
    low = len(fn.emit.code)
    for i in (0, 1):
        if right is None:
            fn.emit.alu_immediate(name, to + i, left + i, y.value >> 32 * i)
        else:
            fn.emit.alu(name, to + i, left + i, right + i)
    fn.emit.joined(low)


def _sign(fn, double, rest):
    """abs, neg and copysign touch one bit, in the last cell of the value, and no NaN is like another to them."""
    sign = 0x80000000
    spare = -1
    if rest == "copysign":
        y = fn.pop()
        spare = y.home + double
        fn.emit.alu_immediate("i32.and", spare, fn.cell(y) + double, sign)
    x = fn.cell(fn.pop())
    to = fn.result(double)
    top = to + double
    if rest == "neg":
        fn.emit.alu_immediate("i32.xor", top, x + double, sign)
    else:
        fn.emit.alu_immediate("i32.and", top, x + double, sign - 1)
    if spare >= 0:
        fn.emit.alu("i32.or", top, top, spare)
    if double:
        fn.emit.copy(to, x, 0)
        fn.emit.forget()


def _kernel(fn, prefix, rest, operands, results):
    name = prefix + "." + rest
    swap = False
    if operands in ("ff", "FF") and rest in _FLOAT_MIRROR:
        name = prefix + "." + _FLOAT_MIRROR[rest]
        swap = True
    elif prefix == "i64" and operands == "II" and rest in _LAST:
        name = "i64." + {"gt": "lt", "le": "ge"}[rest[:2]] + rest[2:]
        swap = True
    cells = [0, 0]
    wide = [0, 0]
    for i in range(len(operands) - 1, -1, -1):
        cells[i] = fn.cell(fn.pop())
        wide[i] = operands[i] in "IF"
    if swap:
        cells.reverse()
    fn.mark()
    to = fn.result(results in ("I", "F"))
    fn.emit.value(
        "kernel", to, results in ("I", "F"), cells[0], cells[1], wide[0], wide[1], (fn.emit.kernel(name),)
    )


_NARROW = {"i32.load", "i64.load32_u", "i64.load32_s", "f32.load"}


def load(fn, name, offset, width):
    """Lowers a load of ``width`` bytes at ``offset``."""
    wide = name[1:3] == "64"
    address = fn.cell(fn.pop())
    if not _reachable(fn, offset + width):
        return
    to = fn.result(wide)
    end = offset + width
    if width == 8:
        fn.emit.value("i64.load", to, 1, address, words=(end,))
        return
    plain = "i32.load" if name in _NARROW else "i32" + name[3:]
    fn.emit.value(plain, to, 0, address, words=(end,))
    if wide:
        if name[-1] == "s":
            fn.emit.alu_immediate("i32.shr_s", to + 1, to, 31)
        else:
            fn.emit.const(to + 1, 0, 0)
        fn.emit.forget()


def store(fn, offset, width):
    """Lowers a store of ``width`` bytes at ``offset``."""
    value = fn.stored_cell(fn.pop())
    address = fn.cell(fn.pop())
    if _reachable(fn, offset + width):
        plain = {8: "i64.store", 4: "i32.store", 2: "i32.store16", 1: "i32.store8"}[width]
        fn.emit.effect(plain, value, address, width == 8, (offset + width,))


def _reachable(fn, end):
    """Whether an access that ends ``end`` bytes behind its address can be in bounds; else it is a trap."""
    if end > _MASK:
        fn.trap("out of bounds memory access")
        return False
    fn.mark()
    return True
