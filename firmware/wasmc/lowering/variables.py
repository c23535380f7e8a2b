"""Lowering of constants, and of parametric and variable instructions (spec sections 4.4.4 and 4.4.5)."""


def _const(fn, code):
    fn.push_const(code.a, code.data[code.at] in (0x42, 0x44))


def _drop(fn, code):
    fn.pop()


def _select(fn, code):
    emit = fn.emit
    condition = fn.cell(fn.pop())
    second = fn.pop()
    first = fn.pop()
    b = fn.cell(first)
    c = fn.cell(second)
    wide = first.wide
    to = fn.result(wide)
    condition = emit.near(condition, 0, 2)
    for i in range(1 + wide):
        emit.value("select", to + i, 0, b + i, c + i, words=(condition,))
    if wide:
        emit.forget()


def _local_get(fn, code):
    cell, wide = fn.locals[code.a]
    fn.push(wide).cell = cell


def _local_set(fn, code):
    cell, wide = fn.locals[code.a]
    entry = fn.pop()
    fn.save(cell, wide)
    if entry.cell < 0:
        fn.emit.const(cell, entry.value, wide)
    elif entry.cell != entry.home or not fn.emit.retarget(entry.cell, cell, wide):
        fn.emit.copy(cell, entry.cell, wide)


def _local_tee(fn, code):
    _local_set(fn, code)
    _local_get(fn, code)


def _global_get(fn, code):
    emit = fn.emit
    cell, wide = fn.layout.globals[code.a]
    to = fn.result(wide)
    if cell < 0:
        emit.value("kernel", to, wide, words=(emit.kernel("global.get"), code.a))
        return
    low = len(emit.code)
    for i in range(1 + wide):
        written = emit.result(to + i, 0)
        start = len(emit.code)
        emit.plain("global.get", cell + i, written)
        emit.defined(start, to + i, written)
    if wide:
        emit.joined(low)


def _global_set(fn, code):
    emit = fn.emit
    cell, wide = fn.layout.globals[code.a]
    source = fn.cell(fn.pop())
    if cell < 0:
        emit.effect("kernel", source, wide_a=wide, words=(emit.kernel("global.set"), code.a))
        return
    for i in range(1 + wide):
        emit.plain("global.set", cell + i, emit.near(source + i, 0, 0))


HANDLERS = {
    0x1A: _drop,
    0x1B: _select,
    0x1C: _select,
    0x20: _local_get,
    0x21: _local_set,
    0x22: _local_tee,
    0x23: _global_get,
    0x24: _global_set,
    0x41: _const,
    0x42: _const,
    0x43: _const,
    0x44: _const,
}
