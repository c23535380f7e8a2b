"""The rules for immediates, which are the same for every instruction that has them (spec section 3.3).

A check takes the :class:`CodeValidator` whose ``code`` has just read the instruction.
"""

from ..opcodes import type_name

_REF_FUNC = 0xD2


def _local(v):
    v.index(v.code.a, len(v.locals), "local")


def _global(v):
    v.index(v.code.a, len(v.module.globals), "global")


def _function(v):
    code = v.code
    v.index(code.a, len(v.declared), "function")
    if code.data[code.at] == _REF_FUNC:
        if not v.in_function:
            v.declared[code.a] = 1
        elif not v.declared[code.a]:
            v.fail("undeclared function reference", "an export, a global or an element segment that names it")


def _table(v):
    v.index(v.code.a, len(v.module.tables), "table")


def _type_table(v):
    v.index(v.code.b, len(v.module.tables), "table")
    v.index(v.code.a, len(v.module.types), "type")


def _tables(v):
    tables = v.module.tables
    v.index(v.code.a, len(tables), "table")
    v.index(v.code.b, len(tables), "table")
    _same_type(v, tables[v.code.a][0], tables[v.code.b][0])


def _element(v):
    v.index(v.code.a, len(v.module.elements), "elem segment")


def _element_table(v):
    tables = v.module.tables
    v.index(v.code.b, len(tables), "table")
    _element(v)
    _same_type(v, tables[v.code.b][0], v.module.elements[v.code.a].reftype)


def _same_type(v, expected, found):
    if expected != found:
        v.mismatch(type_name(expected), type_name(found))


def _memory(v):
    v.index(0, len(v.module.memories), "memory")


def _memarg(v):
    _memory(v)
    natural = int(v.code.row[1][1])
    if v.code.b > natural:
        expected = "at most %d, found %d" % (1 << natural, 1 << v.code.b)
        v.fail("alignment must not be larger than natural", expected)


def _data(v):
    count = v.module.data_count
    if count is None:
        v.code.fail("data count section required", "a data count section before the code section", v.code.at)
    v.index(v.code.a, count, "data segment")


def _data_memory(v):
    _memory(v)
    _data(v)


# By a row's immediates in opcodes.py.
CHECKS = {
    "x": _local,
    "g": _global,
    "f": _function,
    "t": _table,
    "yt": _type_table,
    "tt": _tables,
    "e": _element,
    "et": _element_table,
    "m0": _memarg,
    "m1": _memarg,
    "m2": _memarg,
    "m3": _memarg,
    "M": _memory,
    "MM": _memory,
    "d": _data,
    "dM": _data_memory,
}
