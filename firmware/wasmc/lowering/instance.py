"""Lowering of what touches the instance: memories, tables, segments, references (sections 4.4.2, 4.4.6, 4.4.7)."""


def _null(fn, code):
    fn.push_const(0, 0)


def _is_null(fn, code):
    cell = fn.cell(fn.pop())
    fn.emit.alu_immediate("i32.eq", fn.result(0), cell, 0)


def _instance(fn, code):
    """Instructions on memories, tables and segments: kernels of the groups "instance" and "bulk"."""
    name, immediates, _, _ = code.row
    operands, result = INSTANCE[name]
    if "t" in immediates:
        fn.layout.tables = True
    cells = [fn.cell(fn.pop()) for _ in range(operands)]
    cells.reverse()
    indices = code.a if immediates and immediates != "M" and immediates != "MM" else 0
    if len(immediates) == 2 and "M" not in immediates:
        indices |= code.b << 16
    if immediates[:1] == "e":
        indices += fn.layout.kept_segments()
    elif immediates[:1] == "d":
        indices += fn.layout.kept_segments() + len(fn.layout.module.elements)
    words = (fn.emit.kernel(name), indices)
    fn.mark()
    if result:
        cells += [0, 0]
        fn.emit.value("kernel", fn.result(0), 0, cells[0], cells[1], words=words)
    elif operands == 3:
        fn.emit.triple(cells, words)
    else:
        cells += [0, 0]
        fn.emit.effect("kernel", cells[0], cells[1], words=words)


# name: (operands, results). What has a result has it in `a` and its operands in `b` and `c`, else the operands
# begin at `a`.
INSTANCE = {
    "memory.size": (0, 1),
    "memory.grow": (1, 1),
    "memory.init": (3, 0),
    "data.drop": (0, 0),
    "memory.copy": (3, 0),
    "memory.fill": (3, 0),
    "table.get": (1, 1),
    "table.set": (2, 0),
    "table.init": (3, 0),
    "elem.drop": (0, 0),
    "table.copy": (3, 0),
    "table.grow": (2, 1),
    "table.size": (0, 1),
    "table.fill": (3, 0),
    "ref.func": (0, 1),
}

HANDLERS = {
    0x25: _instance,
    0x26: _instance,
    0x3F: _instance,
    0x40: _instance,
    0xD0: _null,
    0xD1: _is_null,
    0xD2: _instance,
}
for _opcode in range(0xFC08, 0xFC12):
    HANDLERS[_opcode] = _instance
