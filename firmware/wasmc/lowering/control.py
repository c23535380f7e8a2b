"""Lowering of control instructions (spec section 4.4.8): blocks, branches, calls."""

from . import numeric
from .emit import SCRATCH
from .operands import cells_of


class Block:
    """An open block. ``base`` is the cell where its results (a loop's parameters) go."""

    def __init__(self, opcode, height, base, params, results, label):
        self.opcode = opcode
        self.height = height
        self.base = base
        self.params = params
        self.results = results
        self.label = label
        self.otherwise = None  # where an `if` goes when its condition is zero, until its `else`
        self.reached = False  # whether a branch leads to its end
        self.dead = False  # whether it began where nothing arrives

    @property
    def carried(self):
        """Types of the values that a branch to it takes along."""
        return self.params if self.opcode == 0x03 else self.results


def must_move(fn, block):
    """Whether a branch to ``block`` has to move values before it jumps."""
    types = block.carried
    if block is fn.blocks[0]:
        return True
    to = block.base
    for entry in fn.stack[len(fn.stack) - len(types) :]:
        if entry.cell != to:
            return True
        to += 1 + entry.wide
    return False


def _move(fn, block):
    """Copies the values that a branch takes along to where ``block`` wants them; the stack stays.

    Upwards in order: a value's home is never below the place it goes to.
    """
    count = len(block.carried)
    to = block.base
    for entry in fn.stack[len(fn.stack) - count :]:
        if entry.cell < 0:
            fn.emit.const(to, entry.value, entry.wide)
        else:
            fn.emit.copy(to, entry.cell, entry.wide)
        to += 1 + entry.wide


def leave(fn):
    """Returns from the function with the values on top of the stack."""
    emit = fn.emit
    count = len(fn.results)
    entries = fn.stack[len(fn.stack) - count :]
    if count == 1 and not entries[0].wide:
        emit.first("return1", emit.near(_anywhere(fn, entries[0]), 0, 0), fn.link & 0xFF, fn.link >> 8)
        return
    if count > 1:
        for entry in entries:
            if fn.link > entry.cell >= 0:
                _copy_home(fn, entry)
    to = 0
    for entry in entries:
        source = _anywhere(fn, entry)
        if to != source:
            if to + entry.wide >= SCRATCH:
                emit.copy_far(to, source, entry.wide)
            else:
                emit.copy(to, source, entry.wide)
        to += 1 + entry.wide
    emit.plain("return", fn.link)


def _copy_home(fn, entry):
    fn.emit.copy(entry.home, entry.cell, entry.wide)


def _anywhere(fn, entry):
    """A cell with the value, without a change to what the stack knows: a path that leaves emits it."""
    if entry.cell < 0:
        fn.emit.const(entry.home, entry.value, entry.wide)
        return entry.home
    if len(fn.results) > 1:
        return entry.home
    return entry.cell


def _branch(fn, depth):
    """A jump out of ``depth`` blocks, with the values it takes along."""
    fn.check_size()
    block = fn.blocks[-1 - depth]
    if block is fn.blocks[0]:
        leave(fn)
        return
    _move(fn, block)
    _jump(fn, block)


def _jump(fn, block):
    fn.emit.branch(block.label)
    block.reached = True


def _condition(fn):
    """Pops an i32 and returns it as a condition that holds where it is not zero."""
    entry = fn.pop()
    if entry.cell == entry.home:
        taken = fn.emit.take_condition(entry.cell)
        if taken:
            return taken
    return ["ne", fn.cell(entry), None, 0]


def _opposite(condition):
    return [numeric.OPPOSITE[condition[0]]] + condition[1:]


def _unreachable(fn, code):
    fn.trap("unreachable")


def _nop(fn, code):
    pass


def _open(fn, code):
    """Opens a block whose parameters are on the stack; they are brought home."""
    params, results = fn.layout.module.block_type(code.a)
    fn.settle(len(params))
    height = len(fn.stack) - len(params)
    base = fn.stack[height].home if params else fn.top
    block = Block(code.data[code.at], height, base, params, results, fn.emit.label())
    fn.blocks.append(block)
    return block


def _loop(fn, code):
    block = _open(fn, code)
    fn.mark()  # fuel can end at each turn
    fn.emit.stop(1)
    fn.emit.bind(block.label)
    fn.loops += 1


def _if(fn, code):
    condition = _condition(fn)
    block = _open(fn, code)
    block.otherwise = fn.emit.label()
    fn.emit.branch_if(_opposite(condition), block.otherwise)


def end_of_then(fn, code):
    block = fn.blocks[-1]
    if not block.dead:
        _move(fn, block)
        _jump(fn, block)
    fn.cut(block)
    block.dead = False
    fn.push_all(block.params)
    fn.emit.bind(block.otherwise)
    block.otherwise = None


def end(fn, code):
    block = fn.blocks.pop()
    alive = not block.dead
    if not fn.blocks:
        if alive:
            leave(fn)
        return
    if block.opcode == 0x03:
        fn.loops -= 1
        if not alive:
            fn.dead()
        return
    if alive:
        _move(fn, block)
    fn.cut(block)
    fn.push_all(block.results)
    if block.otherwise:
        fn.emit.bind(block.otherwise)
        block.reached = True
    if block.reached:
        fn.emit.bind(block.label)
    elif not alive:
        fn.dead()


def _br(fn, code):
    _branch(fn, code.a)
    fn.dead()


def _br_if(fn, code):
    condition = _condition(fn)
    block = fn.blocks[-1 - code.a]
    if must_move(fn, block):
        past = fn.emit.label()
        fn.emit.branch_if(_opposite(condition), past)
        _branch(fn, code.a)
        fn.emit.bind(past)
    else:
        fn.emit.branch_if(condition, block.label)
        block.reached = True


def _br_table(fn, code):
    emit = fn.emit
    index = emit.near(fn.cell(fn.pop()), 0, 0)
    depths = code.a
    emit.first("br_table", index)
    emit.word(len(depths) - 1)
    detours = {}
    for depth in depths:
        block = fn.blocks[-1 - depth]
        if must_move(fn, block):
            if depth not in detours:
                detours[depth] = emit.label()
            emit.target(detours[depth])
        else:
            emit.target(block.label)
            block.reached = True
    for depth in sorted(detours):
        emit.bind(detours[depth])
        _branch(fn, depth)
    fn.dead()


def _return(fn, code):
    leave(fn)
    fn.dead()


def _arguments(fn, params):
    """Brings the arguments of a call home and pops them: the callee's frame begins with them."""
    for entry in fn.stack[len(fn.stack) - len(params) :]:
        fn.bring_home(entry)
    for _ in params:
        fn.pop()


def _stop(fn):
    """The next instruction calls."""
    fn.mark()
    fn.emit.stop(0)


def _call(fn, code):
    layout = fn.layout
    params, results = layout.module.types[layout.module.functions[code.a]]
    _arguments(fn, params)
    _stop(fn)
    imported = code.a < layout.imported
    fn.emit.plain("call_import" if imported else "call", fn.top)
    if imported:
        fn.emit.word(code.a)
    else:
        layout.call_site(code.a)
    fn.push_all(results)


def _indirect(fn, code, name):
    index = fn.pop()
    params, results = fn.layout.module.types[code.a]
    # the index is read after the arguments went home: it must not be in the way
    cell = fn.cell(index)
    _arguments(fn, params)
    fn.layout.indirect = fn.layout.tables = True
    cell = fn.emit.near(cell, 0, 0)
    _stop(fn)
    fn.emit.plain(name, fn.top, cell)
    fn.emit.halves(fn.layout.canonical[code.a], code.b)
    return params, results


def _call_indirect(fn, code):
    _, results = _indirect(fn, code, "call_indirect")
    fn.push_all(results)


def _return_call(fn, code):
    if code.a < fn.layout.imported:
        _call(fn, code)
        _return(fn, code)
        return
    params = fn.layout.module.types[fn.layout.module.functions[code.a]][0]
    _arguments(fn, params)
    _stop(fn)
    fn.emit.plain("return_call", fn.top)
    fn.layout.call_site(code.a)
    fn.emit.halves(cells_of(params), fn.link)
    fn.dead()


def _return_call_indirect(fn, code):
    params, _ = _indirect(fn, code, "return_call_indirect")
    fn.emit.halves(cells_of(params), fn.link)
    fn.dead()


HANDLERS = {
    0x00: _unreachable,
    0x01: _nop,
    0x02: _open,
    0x03: _loop,
    0x04: _if,
    0x05: end_of_then,
    0x0B: end,
    0x0C: _br,
    0x0D: _br_if,
    0x0E: _br_table,
    0x0F: _return,
    0x10: _call,
    0x11: _call_indirect,
    0x12: _return_call,
    0x13: _return_call_indirect,
}
