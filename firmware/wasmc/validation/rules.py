"""The rules for those instructions whose type depends on the context (spec section 3.3).

A rule takes the :class:`CodeValidator` whose ``code`` has just read the instruction.
"""

from ..opcodes import EXTERNREF, FUNCREF, I32, type_name
from .stacks import BLOCK, IF, LOOP


def _unreachable(v):
    v.unreachable()


def _block(v, opcode=BLOCK):
    immediate = v.code.a
    if immediate >= 0:
        v.index(immediate, len(v.module.types), "type")
    parameters, results = v.module.block_type(immediate)
    v.pop_all(parameters)
    v.push_frame(opcode, parameters, results)


def _loop(v):
    _block(v, LOOP)


def _if(v):
    v.pop(I32)
    _block(v, IF)


def _else(v):
    if v.frames[-1][0] != IF:
        v.code.fail("END opcode expected", "end, or an if before", v.code.at)
    frame = v.pop_frame()
    v.push_frame(BLOCK, frame[1], frame[2])


def _end(v):
    opcode, parameters, results, _, _ = v.pop_frame()
    if opcode == IF and parameters != results:
        v.mismatch("an else", "an if whose parameters are not its results")
    v.push_all(results)


def _br(v):
    v.pop_all(v.label(v.code.a))
    v.unreachable()


def _br_if(v):
    v.pop(I32)
    types = v.label(v.code.a)
    v.pop_all(types)
    v.push_all(types)


def _br_table(v):
    labels = v.code.a
    v.pop(I32)
    default = v.label(labels[-1])
    checked = {default}
    for label in labels:
        types = v.label(label)
        if types not in checked:
            if len(types) != len(default):
                v.mismatch("labels of %d operands" % len(default), "one of %d" % len(types))
            popped = [v.pop(types[-1 - i]) for i in range(len(types))]
            popped.reverse()
            v.push_all(popped)
            checked.add(types)
    v.pop_all(default)
    v.unreachable()


def _return(v):
    v.pop_all(v.frames[0][2])
    v.unreachable()


def _callee(v):
    return v.module.types[v.module.functions[v.code.a]]


def _callee_indirect(v):
    reftype = v.module.tables[v.code.b][0]
    if reftype != FUNCREF:
        v.mismatch("a table of funcref", type_name(reftype))
    v.pop(I32)
    return v.module.types[v.code.a]


def _call_type(v, functype):
    parameters, results = functype
    v.pop_all(parameters)
    v.push_all(results)


def _tail_call_type(v, functype):
    parameters, results = functype
    returned = v.frames[0][2]
    if results != returned:
        v.mismatch("a callee that returns (%s)" % _names(returned), "(%s)" % _names(results))
    v.pop_all(parameters)
    v.unreachable()


def _names(types):
    return " ".join([type_name(valtype) for valtype in types])


def _call(v):
    _call_type(v, _callee(v))


def _call_indirect(v):
    _call_type(v, _callee_indirect(v))


def _return_call(v):
    _tail_call_type(v, _callee(v))


def _return_call_indirect(v):
    _tail_call_type(v, _callee_indirect(v))


def _drop(v):
    v.pop()


def _select(v):
    v.pop(I32)
    second = v.pop()
    first = v.pop()
    for valtype in (second, first):
        if valtype in (FUNCREF, EXTERNREF):
            v.mismatch("a number", type_name(valtype))
    if first != second and first and second:
        v.mismatch(type_name(first), type_name(second))
    v.push(first or second)


def _select_typed(v):
    types = v.code.a
    if len(types) != 1:
        v.fail("invalid result arity", "1 type, found %d" % len(types))
    v.pop(I32)
    v.pop_all(types + types)
    v.push(types[0])


def _local_get(v):
    v.push(v.locals[v.code.a])


def _local_set(v):
    v.pop(v.locals[v.code.a])


def _local_tee(v):
    valtype = v.locals[v.code.a]
    v.pop(valtype)
    v.push(valtype)


def _global_get(v):
    v.push(v.module.globals[v.code.a][0])


def _global_set(v):
    valtype, mutable = v.module.globals[v.code.a]
    if not mutable:
        v.fail("global is immutable", "a global that is mutable")
    v.pop(valtype)


def _element_type(v):
    return v.module.tables[v.code.a][0]


def _table_get(v):
    v.pop(I32)
    v.push(_element_type(v))


def _table_set(v):
    v.pop(_element_type(v))
    v.pop(I32)


def _table_grow(v):
    v.pop(I32)
    v.pop(_element_type(v))
    v.push(I32)


def _table_fill(v):
    v.pop(I32)
    v.pop(_element_type(v))
    v.pop(I32)


def _ref_null(v):
    v.push(v.code.a)


def _ref_is_null(v):
    valtype = v.pop()
    if valtype and valtype not in (FUNCREF, EXTERNREF):
        v.mismatch("a reference", type_name(valtype))
    v.push(I32)


RULES = {
    0x00: _unreachable,
    0x02: _block,
    0x03: _loop,
    0x04: _if,
    0x05: _else,
    0x0B: _end,
    0x0C: _br,
    0x0D: _br_if,
    0x0E: _br_table,
    0x0F: _return,
    0x10: _call,
    0x11: _call_indirect,
    0x12: _return_call,
    0x13: _return_call_indirect,
    0x1A: _drop,
    0x1B: _select,
    0x1C: _select_typed,
    0x20: _local_get,
    0x21: _local_set,
    0x22: _local_tee,
    0x23: _global_get,
    0x24: _global_set,
    0x25: _table_get,
    0x26: _table_set,
    0xD0: _ref_null,
    0xD1: _ref_is_null,
    0xFC0F: _table_grow,
    0xFC11: _table_fill,
}
