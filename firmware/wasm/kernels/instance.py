"""Instructions on memories, tables, segments and references (spec sections 4.4.6 and 4.4.7)."""

import struct

from ..core import ARG, FP, INSTANCE, PC, TRAPS
from ..life import busy
from ..values import width

_MEMORY_TRAP = 1 + TRAPS.index("out of bounds memory access")
_TABLE_TRAP = 1 + TRAPS.index("out of bounds table access")


def run(token, _, context):
    busy(_run, context[INSTANCE])


def _run(instance):
    state = instance.state
    pc = state[PC]
    _, a, b, c, number, first, second = struct.unpack_from("<4BIHH", instance.image.code, pc)
    frame = state[FP] >> 2
    try:
        trap = _RUN[number](instance, instance.cells, frame + a, frame + b, frame + c, first, second)
    except IndexError:
        trap = _MEMORY_TRAP
    if trap:
        state[ARG] = trap
    else:
        state[PC] = pc + 12


def _memory_size(instance, cells, a, b, c, first, second):
    cells[a] = instance.memory.pages


def _memory_grow(instance, cells, a, b, c, first, second):
    cells[a] = instance.memory.grow(cells[b]) & 0xFFFFFFFF


def _memory_init(instance, cells, a, b, c, segment, second):
    to, source, size = cells[a], cells[b], cells[c]
    data = instance.segments[segment] or b""
    if source + size > len(data):
        return _MEMORY_TRAP
    instance.memory.write(to, data[source : source + size])


def _data_drop(instance, cells, a, b, c, segment, second):
    instance.segments[segment] = None


def _memory_copy(instance, cells, a, b, c, first, second):
    instance.memory.copy(cells[a], cells[b], cells[c])


def _memory_fill(instance, cells, a, b, c, first, second):
    instance.memory.fill(cells[a], cells[b] & 0xFF, cells[c])


def _table_get(instance, cells, a, b, c, table, second):
    table = instance.tables[table].cells
    index = cells[b]
    if index >= table[0]:
        return _TABLE_TRAP
    cells[a] = table[index + 1]


def _table_set(instance, cells, a, b, c, table, second):
    table = instance.tables[table].cells
    index = cells[a]
    if index >= table[0]:
        return _TABLE_TRAP
    table[index + 1] = cells[b]


def _table_init(instance, cells, a, b, c, element, table):
    to, source, size = cells[a], cells[b], cells[c]
    table = instance.tables[table].cells
    references = instance.elements[element] or ()
    if source + size > len(references) or to + size > table[0]:
        return _TABLE_TRAP
    for i in range(size):
        table[to + 1 + i] = references[source + i]


def _elem_drop(instance, cells, a, b, c, element, second):
    instance.elements[element] = None


def _table_copy(instance, cells, a, b, c, target, origin):
    to, source, size = cells[a], cells[b], cells[c]
    target = instance.tables[target].cells
    origin = instance.tables[origin].cells
    if source + size > origin[0] or to + size > target[0]:
        return _TABLE_TRAP
    steps = range(size) if to <= source else range(size - 1, -1, -1)
    for i in steps:
        target[to + 1 + i] = origin[source + 1 + i]


def _table_grow(instance, cells, a, b, c, table, second):
    cells[a] = instance.tables[table].grow(cells[c], cells[b]) & 0xFFFFFFFF


def _table_size(instance, cells, a, b, c, table, second):
    cells[a] = len(instance.tables[table])


def _table_fill(instance, cells, a, b, c, table, second):
    to, reference, size = cells[a], cells[b], cells[c]
    table = instance.tables[table].cells
    if to + size > table[0]:
        return _TABLE_TRAP
    for i in range(to + 1, to + 1 + size):
        table[i] = reference


def _ref_func(instance, cells, a, b, c, first, second):
    cells[a] = instance.reference(first | second << 16)


def _global_get(instance, cells, a, b, c, index, second):
    item = instance.globals[index]
    cells[a] = item.cells[item.at]
    if width(item.letter) == 2:
        cells[a + 1] = item.cells[item.at + 1]


def _global_set(instance, cells, a, b, c, index, second):
    item = instance.globals[index]
    item.cells[item.at] = cells[a]
    if width(item.letter) == 2:
        item.cells[item.at + 1] = cells[a + 1]


# In the order of the group's names in wasmc/isa.py.
_RUN = (
    _memory_size,
    _memory_grow,
    _memory_init,
    _data_drop,
    _memory_copy,
    _memory_fill,
    _table_get,
    _table_set,
    _table_init,
    _elem_drop,
    _table_copy,
    _table_grow,
    _table_size,
    _table_fill,
    _ref_func,
    _global_get,
    _global_set,
)
