"""Instructions on memories, tables, segments and references (spec sections 4.4.6 and 4.4.7)."""

import struct

from ..core import ARG, FP, INSTANCE, PC, TRAPS
from ..life import busy
from ..values import width

_TABLE_TRAP = 1 + TRAPS.index("out of bounds table access")


def run(token, _, context):
    busy(_run, context[INSTANCE])


def _run(instance):
    state = instance.state
    pc = state[PC]
    _, a, b, c, number, first, second = struct.unpack_from("<4BIHH", instance.image.code, pc)
    frame = state[FP] >> 2
    trap = _RUN[number](instance, instance.cells, frame + a, frame + b, frame + c, first, second)
    if trap:
        state[ARG] = trap
    else:
        state[PC] = pc + 12


def _memory_size(instance, cells, a, b, c, first, second):
    cells[a] = instance.memory.pages


def _memory_grow(instance, cells, a, b, c, first, second):
    cells[a] = instance.memory.grow(cells[b]) & 0xFFFFFFFF


def _drop(instance, cells, a, b, c, segment, second):
    instance.keep(segment)


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


def _table_grow(instance, cells, a, b, c, table, second):
    cells[a] = instance.tables[table].grow(cells[c], cells[b]) & 0xFFFFFFFF


def _table_size(instance, cells, a, b, c, table, second):
    cells[a] = len(instance.tables[table])


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


# In the order of the group's names in wasmc/image/isa.py.
_RUN = (
    _memory_size,
    _memory_grow,
    _drop,
    _table_get,
    _table_set,
    _drop,
    _table_grow,
    _table_size,
    _ref_func,
    _global_get,
    _global_set,
)
