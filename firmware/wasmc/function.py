"""Lowering of one function: from a stack machine to three-address code.

Every place of the operand stack has a cell of the frame, its *home*. An operand that a ``local.get`` or a
constant put there is not copied home until something needs it: the stack remembers where it is, and the
instruction that takes it reads it from there. Two rules keep this right:

- before a local changes, operands that are still in it are brought home (``save``);
- at the start of a block nothing is left in a local, and what a branch takes along is at home.
"""

from . import numeric
from .emit import NEAR, SCRATCH
from .error import WasmError
from .instructions import Instructions
from .isa import TRAPS
from .opcodes import F64, I64

MOST_CELLS = 60000


class Entry:
    """An operand: in ``cell``, or the constant ``value`` where that is below zero; ``home`` is its own cell."""

    def __init__(self, home, wide):
        self.home = self.cell = home
        self.wide = wide
        self.value = 0

    @property
    def is_const(self):
        return self.cell < 0


class Frame:
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


def is_wide(valtype):
    return valtype == I64 or valtype == F64


def cells_of(types):
    """How many cells values of these types take."""
    return sum(2 if is_wide(t) else 1 for t in types)


class Lowering:
    """Lowers one body into ``layout.emit``. ``layout`` knows the module: types, imports, global cells."""

    def __init__(self, layout, functype, body_locals):
        self.layout = layout
        self.emit = layout.emit
        self.params, self.results = functype
        self.type = layout.type_number(functype)
        self.locals = []  # (cell, wide) of each
        self.stack = []
        self.frames = []
        self.top = 0
        self._lay_out(body_locals)
        self.most = self.top
        self.code = None

    def _lay_out(self, body_locals):
        cell = self._add_locals(0, self.params)
        self.first_local = cell
        for count, valtype in body_locals:
            if cell + count > MOST_CELLS:
                raise WasmError("unsupported", "function has %d locals" % count, 0, "a frame that fits a board")
            cell = self._add_locals(cell, bytes((valtype,)) * count)
        self.link = max(cell, cells_of(self.results))
        if self.emit.far:
            self.link = max(self.link, NEAR)
        self.zeroed = self.link - self.first_local if cell > self.first_local else 0
        self.top = self.link + 1

    def _add_locals(self, cell, types):
        for valtype in types:
            wide = is_wide(valtype)
            if self.emit.far and cell < NEAR and cell + wide >= SCRATCH:
                cell = NEAR
            self.locals.append((cell, wide))
            cell += 1 + wide
        return cell

    # operands

    def push(self, wide):
        """A new operand, at home."""
        entry = Entry(self.top, wide)
        self.stack.append(entry)
        self.top += 1 + wide
        if self.top > self.most:
            self.most = self.top
            if self.most > MOST_CELLS:
                raise WasmError("unsupported", "function needs %d cells" % self.most, 0, "a frame that fits a board")
        return entry

    def push_const(self, value, wide):
        entry = self.push(wide)
        entry.cell = -1
        entry.value = value

    def push_view(self, entry, wide):
        """An operand that is, or begins, another one."""
        view = self.push(wide)
        view.cell = entry.cell
        view.value = entry.value & 0xFFFFFFFF
        if entry.cell == entry.home:
            view.cell = view.home

    def push_all(self, types):
        for valtype in types:
            self.push(is_wide(valtype))

    def pop(self):
        entry = self.stack.pop()
        self.top = entry.home
        return entry

    def cell(self, entry):
        """The cell to read an operand from; a constant is put into its home."""
        if entry.cell < 0:
            entry.cell = entry.home
            self.emit.const(entry.home, entry.value, entry.wide)
        return entry.cell

    def result(self, wide):
        """The home of a new operand, which the next instruction writes."""
        return self.push(wide).home

    def bring_home(self, entry):
        if entry.cell < 0:
            self.cell(entry)
        elif entry.cell != entry.home:
            self.emit.copy(entry.home, entry.cell, entry.wide)
            entry.cell = entry.home

    def save(self, cell, wide):
        """Brings home what is still in the local at ``cell``, which is about to change."""
        for entry in self.stack:
            if entry.cell != entry.home and cell <= entry.cell <= cell + wide:
                self.bring_home(entry)

    def settle(self, parameters):
        """At the start of a block: its parameters go home, and nothing stays in a local."""
        for i, entry in enumerate(self.stack):
            if i >= len(self.stack) - parameters or entry.cell >= 0:
                self.bring_home(entry)

    # bookkeeping for traps

    def mark(self):
        """The next instruction can trap: remember where it comes from."""
        self.emit.mark(self.code.at)

    def mark_if_trapping(self, rest):
        if rest[:3] == "div" or rest[:3] == "rem":
            self.mark()

    def trap(self, kind):
        self.mark()
        self.emit.first("trap", TRAPS.index(kind))
        self.dead()

    # the walk

    def lower(self, start, end):
        """Lowers the instructions at these offsets in the module; returns the offset of the function's header."""
        emit = self.emit
        header = len(emit.code)
        emit.code += bytes(8)
        for raw, (cell, wide) in self._moved_parameters():
            emit.copy_far(cell, raw, wide)
        label = emit.label()
        self.frames.append(Frame(0x02, 0, self.top, b"", self.results, label))
        self.code = code = Instructions(self.layout.module.data, start, end, "function")
        while self.frames:
            opcode = code.next()
            if self.frames[-1].dead:
                self._skip(opcode)
                continue
            handler = HANDLERS.get(opcode)
            if handler:
                handler(self, code)
            else:
                self._regular(code)
        emit.code[header : header + 8] = b"".join(
            n.to_bytes(2, "little") for n in (self.most, self.link, self.zeroed, self.type)
        )
        return header

    def _moved_parameters(self):
        """Parameters that don't stay where the caller put them, the last first: ``(there, (cell, wide))``."""
        raw = 0
        moved = []
        for place in self.locals[: len(self.params)]:
            if raw != place[0]:
                moved.insert(0, (raw, place))
            raw += 1 + place[1]
        return moved

    def _regular(self, code):
        name, immediates, signature, _ = code.row
        if immediates[:1] == "m":
            width = 1 << int(immediates[1])
            if signature[-1] == ">":
                numeric.store(self, code.a, width)
            else:
                numeric.load(self, name, code.a, width)
            return
        operands, results = signature.split(">")
        numeric.lower(self, name, operands, results)

    def dead(self):
        """Nothing arrives here until the block ends."""
        frame = self.frames[-1]
        frame.dead = True
        self._cut(frame)

    def _cut(self, frame):
        while len(self.stack) > frame.height:
            self.pop()

    def _skip(self, opcode):
        if 0x02 <= opcode <= 0x04:
            frame = Frame(0, len(self.stack), 0, b"", b"", None)
            frame.dead = True
            self.frames.append(frame)
        elif opcode == 0x05:
            if self.frames[-1].opcode:
                _else(self, self.code)
        elif opcode == 0x0B:
            if self.frames[-1].opcode:
                _end(self, self.code)
            else:
                self.frames.pop()

    # branches

    def must_move(self, frame):
        """Whether a branch to ``frame`` has to move values before it jumps."""
        types = frame.carried
        if frame is self.frames[0]:
            return True
        to = frame.base
        for entry in self.stack[len(self.stack) - len(types) :]:
            if entry.cell != to:
                return True
            to += 1 + entry.wide
        return False

    def move(self, frame):
        """Copies the values that a branch takes along to where ``frame`` wants them; the stack stays.

        Upwards in order: a value's home is never below the place it goes to.
        """
        count = len(frame.carried)
        to = frame.base
        for entry in self.stack[len(self.stack) - count :]:
            if entry.cell < 0:
                self.emit.const(to, entry.value, entry.wide)
            else:
                self.emit.copy(to, entry.cell, entry.wide)
            to += 1 + entry.wide

    def leave(self):
        """Returns from the function with the values on top of the stack."""
        emit = self.emit
        count = len(self.results)
        entries = self.stack[len(self.stack) - count :]
        if count == 1 and not entries[0].wide:
            emit.first("return1", emit.near(self._anywhere(entries[0]), 0, 0), self.link & 0xFF, self.link >> 8)
            return
        if count > 1:
            for entry in entries:
                if self.link > entry.cell >= 0:
                    self._copy_home(entry)
        to = 0
        for entry in entries:
            source = self._anywhere(entry)
            if to != source:
                if to + entry.wide >= SCRATCH:
                    emit.copy_far(to, source, entry.wide)
                else:
                    emit.copy(to, source, entry.wide)
            to += 1 + entry.wide
        emit.plain("return", self.link)

    def _copy_home(self, entry):
        self.emit.copy(entry.home, entry.cell, entry.wide)

    def _anywhere(self, entry):
        """A cell with the value, without a change to what the stack knows: a path that leaves emits it."""
        if entry.cell < 0:
            self.emit.const(entry.home, entry.value, entry.wide)
            return entry.home
        if len(self.results) > 1:
            return entry.home
        return entry.cell

    def branch(self, depth):
        """A jump out of ``depth`` blocks, with the values it takes along."""
        frame = self.frames[-1 - depth]
        if frame is self.frames[0]:
            self.leave()
            return
        self.move(frame)
        self._jump(frame)

    def _jump(self, frame):
        self.emit.branch(frame.label)
        frame.reached = True

    def condition(self):
        """Pops an i32 and returns it as a condition that holds where it is not zero."""
        entry = self.pop()
        if entry.cell == entry.home:
            taken = self.emit.take_condition(entry.cell)
            if taken:
                return taken
        return ["ne", self.cell(entry), None, 0]


def _opposite(condition):
    return [numeric.OPPOSITE[condition[0]]] + condition[1:]


def _unreachable(fn, code):
    fn.trap("unreachable")


def _nop(fn, code):
    pass


def _open(fn, code):
    """Opens a block whose parameters are on the stack; they are brought home."""
    params, results = fn.layout.block_type(code.a)
    fn.settle(len(params))
    height = len(fn.stack) - len(params)
    base = fn.stack[height].home if params else fn.top
    frame = Frame(code.data[code.at], height, base, params, results, fn.emit.label())
    fn.frames.append(frame)
    return frame


def _loop(fn, code):
    fn.emit.bind(_open(fn, code).label)


def _if(fn, code):
    condition = fn.condition()
    frame = _open(fn, code)
    frame.otherwise = fn.emit.label()
    fn.emit.branch_if(_opposite(condition), frame.otherwise)


def _else(fn, code):
    frame = fn.frames[-1]
    if not frame.dead:
        fn.move(frame)
        fn._jump(frame)
    fn._cut(frame)
    frame.dead = False
    fn.push_all(frame.params)
    fn.emit.bind(frame.otherwise)
    frame.otherwise = None


def _end(fn, code):
    frame = fn.frames.pop()
    alive = not frame.dead
    if not fn.frames:
        if alive:
            fn.leave()
        return
    if frame.opcode == 0x03:
        if not alive:
            fn.dead()
        return
    if alive:
        fn.move(frame)
    fn._cut(frame)
    fn.push_all(frame.results)
    if frame.otherwise:
        fn.emit.bind(frame.otherwise)
        frame.reached = True
    if frame.reached:
        fn.emit.bind(frame.label)
    elif not alive:
        fn.dead()


def _br(fn, code):
    fn.branch(code.a)
    fn.dead()


def _br_if(fn, code):
    condition = fn.condition()
    frame = fn.frames[-1 - code.a]
    if fn.must_move(frame):
        past = fn.emit.label()
        fn.emit.branch_if(_opposite(condition), past)
        fn.branch(code.a)
        fn.emit.bind(past)
    else:
        fn.emit.branch_if(condition, frame.label)
        frame.reached = True


def _br_table(fn, code):
    emit = fn.emit
    index = emit.near(fn.cell(fn.pop()), 0, 0)
    depths = code.a
    emit.first("br_table", index)
    emit.word(len(depths) - 1)
    detours = {}
    for depth in depths:
        frame = fn.frames[-1 - depth]
        if fn.must_move(frame):
            if depth not in detours:
                detours[depth] = emit.label()
            emit.target(detours[depth])
        else:
            emit.target(frame.label)
            frame.reached = True
    for depth in sorted(detours):
        emit.bind(detours[depth])
        fn.branch(depth)
    fn.dead()


def _return(fn, code):
    fn.leave()
    fn.dead()


def _arguments(fn, params):
    """Brings the arguments of a call home and pops them: the callee's frame begins with them."""
    for entry in fn.stack[len(fn.stack) - len(params) :]:
        fn.bring_home(entry)
    for _ in params:
        fn.pop()


def _call(fn, code):
    layout = fn.layout
    params, results = layout.module.types[layout.module.functions[code.a]]
    _arguments(fn, params)
    fn.mark()
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
    fn.mark()
    fn.emit.plain(name, fn.top, fn.emit.near(cell, 0, 0))
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
    fn.mark()
    fn.emit.plain("return_call", fn.top)
    fn.layout.call_site(code.a)
    fn.emit.halves(cells_of(params), fn.link)
    fn.dead()


def _return_call_indirect(fn, code):
    params, _ = _indirect(fn, code, "return_call_indirect")
    fn.emit.halves(cells_of(params), fn.link)
    fn.dead()


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


def _null(fn, code):
    fn.push_const(0, 0)


def _is_null(fn, code):
    cell = fn.cell(fn.pop())
    fn.emit.alu_immediate("i32.eq", fn.result(0), cell, 0)


def _instance(fn, code):
    """Instructions on memories, tables and segments: kernels of the group "instance"."""
    name, immediates, _, _ = code.row
    operands, result = INSTANCE[name]
    cells = [fn.cell(fn.pop()) for _ in range(operands)]
    cells.reverse()
    indices = code.a if immediates and immediates != "M" and immediates != "MM" else 0
    if len(immediates) == 2 and "M" not in immediates:
        indices |= code.b << 16
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
    0x00: _unreachable,
    0x01: _nop,
    0x02: _open,
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
    0x1C: _select,
    0x20: _local_get,
    0x21: _local_set,
    0x22: _local_tee,
    0x23: _global_get,
    0x24: _global_set,
    0x25: _instance,
    0x26: _instance,
    0x3F: _instance,
    0x40: _instance,
    0x41: _const,
    0x42: _const,
    0x43: _const,
    0x44: _const,
    0xD0: _null,
    0xD1: _is_null,
    0xD2: _instance,
}
for _opcode in range(0xFC08, 0xFC12):
    HANDLERS[_opcode] = _instance
