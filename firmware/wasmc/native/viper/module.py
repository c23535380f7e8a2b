"""The native code of a module: one viper function with all of its functions, entered by *states*.

It works on the frames of the interpreter, so that calls cross between the two freely: whatever it can't do itself
it leaves to the interpreter at an instruction of the native image, which has a stub for each function. Calls
between native functions are jumps to states, 0 that of the way back to a caller.

Memory is one piece to it, at the beginning of linear memory. Where there may be more, a function *keeps* its image
code beside the stub: an access beyond the piece leaves the native code for good, with the frame as the interpreter
would have it, and the rest of the call is interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...image import isa
from ...interpreter import semantics, state
from ...interpreter.weave import PROLOGUE, dispatch, indent
from ...interpreter.words import address
from ...lowering.emit import Emitter
from ..analysis.cells import Cells
from ..analysis.code import Instr, Unfit, cells, each, function, width
from ..analysis.flow import Flow
from .blocks import Blocks
from .claims import Checked, Claims
from .limits import Limits
from .nodes import BACK
from .registers import Registers, named, renamed
from .structure import Structure
from .values import HALF, Words, parts

_FIRST_STATE = 2
_MOST_CELLS = 150
_MOST = 5000  # functions: mpy-cross takes a time that grows with the square of their number
_MOST_KERNELS = 0.1  # of all that a function does; a kernel costs native code more than the interpreter
_MOST_INSTRUCTIONS = 4000
# Locals besides the 31 that are always there. A frame has less than 256 words with MicroPython's emitter for
# Xtensa, which lets the next one be the first, where the way back to the caller is.
_MOST_LOCALS = 200
_LEAST_POOLED = 8
_ENDS_AND_KERNELS = 40  # locals that are more than these take as a rule


class Function:
    """What is known of one function that becomes native: its ``code``, its ``flow`` and ``cells``."""

    def __init__(
        self, module: Module, index: int, header: bytes, code: list[Instr], results: int, shared: dict[int, int]
    ) -> None:
        self.module = module
        self.index = index
        self.size, self.link, zeroed, _ = [int.from_bytes(header[i : i + 2], "little") for i in (0, 2, 4, 6)]
        if len(code) > _MOST_INSTRUCTIONS:
            raise Unfit("too long")
        for one in code:
            if one.name == "return":
                one.reads = cells(0, results)
            one.targets = [target + zeroed for target in one.targets]
        zeros = [Instr("const", 0, b"", 0, self.link - zeroed + i, value=0, writes=1 << self.link - zeroed + i)
                 for i in range(zeroed)]
        self.code = zeros + code
        self.shared = shared
        self._keep_shared()
        self.flow = Flow(self.code)
        if module.stops:
            self.flow.find_inner()
        self.cells = Cells(self.flow, module.keeps, module.stops)
        self.kernels: set[int] = set()
        self.states: dict[int, int] = {}
        self.names = self._names()

    def _keep_shared(self) -> None:
        """Cells that hold a constant are known by it; the frame gets it once, for who goes on there."""
        known = sum(1 << cell for cell in self.shared)
        for one in self.code:
            if one.name == "const" and one.a in self.shared:
                one.name = "keep"
                one.writes = 0
            one.reads &= ~known

    def _names(self) -> dict[int, str]:
        """Names for the cells that have locals; registers.py makes locals of them."""
        used = 0
        for i in self.flow.order:
            block = self.flow.blocks[i]
            for at in range(block.start, block.end):
                if not self.cells.needless(at):
                    used |= self.cells.local_reads(self.code[at]) | self.code[at].writes
        for (_, to), spilled in self.cells.edges.items():
            used |= spilled | self.cells.loads.get(to, 0)
        for cells_ in (*self.cells.loads.values(), *self.cells.exits.values(), *self.cells.stops.values(),
                       *self.cells.resumed.values()):
            used |= cells_
        if used.bit_count() > _MOST_CELLS:
            raise Unfit("too many cells")
        return {cell: named(cell) for cell in each(used)}

    def kernel_share(self) -> float:
        """Which part of its instructions are kernels, those in loops counted several times."""
        kernels = sum(weight for weight, one in self._weighted() if one.name == "kernel" and not one.is_bulk)
        return kernels / sum(weight for weight, _ in self._weighted())

    def gain(self) -> tuple[float, int]:
        """The average weight of its instructions, by how deep in loops they are, and their number."""
        weights = [weight for weight, _ in self._weighted()]
        return sum(weights) / len(weights), len(weights)

    def _weighted(self) -> Iterator[tuple[int, Instr]]:
        for i in self.flow.order:
            block = self.flow.blocks[i]
            for one in self.code[block.start : block.end]:
                yield 8 ** min(self.flow.depth(i), 6), one

    @property
    def state(self) -> int:
        """The state of its beginning."""
        return self.states[0]


class Module:
    """Takes the functions of a module as they are lowered; ``taken`` are those that are native then.

    ``piece`` bytes of memory are in one piece, ``least`` are there at once: it may have to grow into its piece.
    With ``stops`` a call without fuel can go on later, at the head of a loop where it stopped.
    """

    def __init__(
        self,
        bits: int,
        unaligned: bool,
        everything: bool,
        metered: bool = True,
        checked: bool = False,
        piece: int = 0,
        least: int = 0,
        keeps: bool = False,
        stops: bool = False,
    ) -> None:
        self.words = Words(bits)
        self.claims = Checked(self.words) if checked else Claims(self.words)
        self.bits = bits
        self.unaligned = unaligned
        self.everything = everything
        self.metered = metered
        self.piece = piece
        self.least = least
        self.keeps = keeps
        self.stops = stops and metered
        self.left_out: dict[int, str] = {}  # functions that are not wanted, and why
        self.taken: dict[int, Function] = {}
        self.refused: dict[int, str] = {}
        self.unfit: dict[int, str] = {}  # functions that show only as they are written that they can't be native
        self.states = _FIRST_STATE

    def take(self, layout, index: int, header: int, place: tuple) -> bool:
        """Makes the function that was just lowered native; False if it can't be. ``place`` is where it began."""
        emit = layout.emit
        _, map_size, marked, calls, _ = place
        sites = dict(layout.calls[calls:])
        try:
            if index in self.left_out:
                raise Unfit(self.left_out[index])
            if len(self.taken) == _MOST:
                raise Unfit("%d functions are native" % _MOST)
            if emit.far:
                raise Unfit("too many cells")
            marks = _marks(emit.map[map_size:], marked)
            code = function(layout, header, marks, sites)
            signature = layout.signatures[int.from_bytes(emit.code[header + 6 : header + 8], "little")]
            results = width(signature.split(">")[1])
            found = Function(self, index, bytes(emit.code[header : header + 8]), code, results, emit.shared)
            if not self.everything and found.kernel_share() > _MOST_KERNELS:
                raise Unfit("mostly arithmetic of floats or 64-bit division")
            if self.states + len(found.flow.states) > 0xFFFF:
                raise Unfit("too many states")
        except Unfit as why:
            self.refused[index] = str(why)
            return False
        for block in found.flow.states:
            found.states[block] = self.states
            self.states += 1
        self.taken[index] = found
        begin = bytes(emit.code[header : header + 12])
        if not self.keeps:
            layout.cut(place)
            emit.code += begin
        emit.code[header + 10 : header + 12] = found.state.to_bytes(2, "little")
        emit.groups |= isa.NEEDS_NATIVE
        self._stub(layout, found)
        if self.stops:
            self._tell_stops(emit, found)
        return True

    def _tell_stops(self, emit: Emitter, found: Function) -> None:
        """Says where stubs have the places at which calls can stop."""
        at = {one.at: one for one in found.code}
        emit.stubs = []
        for place, loop in emit.stops:
            one = at[place]
            there = one.meter + 4 if loop and one.meter >= 0 else -1 if loop else one.stub
            emit.stubs.append((there if there >= 0 else None, loop))
        if not self.keeps:
            emit.stops = [(None, loop) for _, loop in emit.stops]

    def _stub(self, layout, found: Function) -> None:
        emit: Emitter = layout.emit
        flow = found.flow
        for block in sorted(flow.order):
            for at in range(flow.blocks[block].start, flow.blocks[block].end):
                one = found.code[at]
                if one.leaves or one.name[:11] == "return_call" or one.name == "kernel":
                    emit.mark(one.origin)
                    one.stub = len(emit.code)
                    if one.name in ("call", "return_call"):
                        layout.calls.append((one.stub + 4, one.callee))
                    emit.code += one.words
                    if one.name == "kernel":
                        emit.groups |= 1 << one.group
                    if one.leaves:
                        emit.plain("native", found.states[flow.blocks[block].resumes])
                    else:
                        emit.first("exit")  # kernels may look at what comes next
                kinds = [] if self.keeps and one.accesses else _kinds(one)
                if kinds:
                    emit.mark(one.origin)
                    one.stub = len(emit.code)
                    for kind in kinds:
                        emit.first("trap", isa.TRAPS.index(kind))
                if at == flow.blocks[block].start and one.back:
                    emit.mark(one.origin)
                    one.meter = len(emit.code)
                    emit.first("trap", isa.TRAPS.index("all fuel consumed"))
                    if self.stops:
                        self._resume(emit, found, block)

    def _resume(self, emit: Emitter, found: Function, head: int) -> None:
        """What leads from the interpreter to the head of a loop."""
        inner = found.flow.inner.get(head)
        if inner is None:
            emit.plain("native", found.states[head])
        else:
            emit.plain("native", found.states[inner.segment], inner.label)
            emit.plain("native", inner.depth)

    def source(self, tag: bytes) -> str:
        """The Python source of the module that goes beside the native image with that tag."""
        words = self.words
        limits = Limits(self.least)
        widest = max((len(found.names) for found in self.taken.values()), default=0)
        words.room = max(_MOST_LOCALS - widest - _ENDS_AND_KERNELS, _LEAST_POOLED)
        leaves: dict[int, list[str]] = {0: BACK, 1: self._indirect()}
        kernels: set[int] = set()
        locals_ = largest = 0
        registers = Registers()
        for found in self.taken.values():
            try:
                blocks = Blocks(found, words, limits, self.unaligned, self.claims)
                straight = {i: blocks.write(i) for i in found.flow.order}
                structure = Structure(found, straight)
                names = registers.rank(found.flow, straight)
                for block in found.flow.states:
                    leaves[found.states[block]] = renamed(structure.segment(block) or ["pass"], names)
            except Unfit as why:
                self.unfit[found.index] = str(why)
                continue
            kernels |= found.kernels
            if len(names) > locals_:
                locals_, largest = len(names), found.index
        if locals_ + len(words.pool) + len(limits.ends) + len(kernels) > _MOST_LOCALS:
            self.unfit.setdefault(largest, "too many cells")
        parameters = registers.parameters()
        at = partial(address, bits=self.bits)
        body = ["s = ptr32(int(%s) << 4)" % next(iter(parameters)), *PROLOGUE[self.bits]]
        if self.bits == 64:
            body.append("m = sign + sign - 1")
        body += [
            "table = ptr32(%s)" % at("s", "MEMORY"),
            "memory = " + at("table", "BUFFER"),
            "size = table[SIZE]",
            "m8 = ptr8(memory)",
            "code = " + at("s", "CODE"),
            "g = ptr32(%s)" % at("s", "CELLS"),
            "offsets = ptr32(%s)" % at("s", "OFFSETS"),
            "refuel = ctx[REFUEL]",
            "limit = int(g) + s[LIMIT]",
            "f = ptr32(int(g) + s[FP])",
            "fuel = s[FUEL]",
            "st = ptr16(code + s[PC])[1]",
            *(["into = ptr8(code + s[PC])[1]"] if self.stops else []),
            "go = x = y = r = a = 0",
        ]
        body += ["q%d = ctx[KERNELS + %d]" % (group, group) for group in sorted(kernels)]
        if kernels:
            body.append("token = ctx[TOKEN]")
        if words.beyond_pool:
            body.append("%s = 16" % HALF)
        body += ["v%d = 0" % i for i in range(locals_) if "v%d" % i not in parameters]
        for value, name in words.pool.items():
            first, *others = parts(value)
            body += ["%s = %d" % (name, first), *("%s = (%s << 16) | %d" % (name, name, x) for x in others)]
        for end in sorted(limits.ends):
            body += ["l%d = size - %d" % (end, end - 1), "if l%d < 0:" % end, "    l%d = 0" % end]
        body += ["while True:", *indent(dispatch(leaves, "st"))]
        names = state.constants()
        head = ['"""Native code, generated by wasmdev."""', "import micropython", "from micropython import const"]
        wanted = (*state.STATE, *state.ADDRESSES, *state.PLACES, *state.CONTEXT, "TABLES")
        head += ["_%s = const(%d)" % (name, names[name]) for name in wanted]
        head += ["TAG = %r" % tag, "FLOOR = %d" % limits.floor, "FLAT = %d" % self.piece]
        head += ["WHOLE = %r" % (not self.keeps), "STOPS = %r" % self.stops, *self.claims.head()]
        listed = ", ".join("%s: %s" % pair for pair in parameters.items())
        text = "\n".join([*head, "@micropython.viper", "def run(%s, ctx):" % listed, *indent(body)]) + "\n"
        return re.sub(r"\b(?:%s)\b" % "|".join(wanted), r"_\g<0>", text)

    def _indirect(self) -> list[str]:
        """Calls the function with index ``x`` of a table by the call_indirect at ``y``; leaves it to the
        interpreter if there is anything out of the ordinary."""
        narrow = self.bits == 32
        below = "uint(%s) < uint(%s)" if narrow else "%s < %s"
        ours = below % ("r", "s[FUNCTIONS]") if narrow else "r >= 0 and r < s[FUNCTIONS]"
        fits = "uint(%s) <= uint(limit)" if narrow else "%s <= limit"
        take = [
            "a = int(f) + (ptr16(code + y)[1] << 2)",
            "if %s%s:" % ("fuel and " if self.metered else "", fits % "a + (ptr16(r)[0] << 2)"),
            "    s[FP] += ptr16(code + y)[1] << 2",
            "    f = ptr32(a)",
            "    f[ptr16(r)[1]] = y",
            *(["    fuel -= 1"] if self.metered else []),
            "    st = ptr16(r)[5]",
            "    continue",
        ]
        return [
            "table = ptr32(%s)" % address("s", "TABLES", self.bits),
            "table = ptr32(%s)" % address("table", "0", self.bits),  # it may have moved
            "if ptr16(code + y)[3] == 0 and %s:" % below % ("x", "table[0]"),
            "    r = table[x + 1] - s[BASE]",
            "    if %s:" % ours,
            "        r = offsets[r]",
            "        if r:",
            "            r += code",
            "            if ptr16(r)[4] == %d and ptr16(r)[3] == ptr16(code + y)[2]:" % isa.OPS["native"][0],
            *indent(take, 4),
            "s[PC] = y",
            "s[FUEL] = fuel",
            "return",
        ]


def _kinds(one: Instr) -> list[str]:
    """The traps that an instruction may come to."""
    if one.name == "trap":
        return [isa.TRAPS[one.a]]
    if one.name in _ACCESSES:
        return ["out of bounds memory access"]
    if one.name[:7] in ("i32.div", "i32.rem"):
        zero = "integer divide by zero"
        return [zero, "integer overflow"] if one.name == "i32.div_s" else [zero]
    return []


_ACCESSES = {*semantics.LOADS, *semantics.STORES}


def _marks(data: bytes, start: tuple[int, int]) -> dict[int, int]:
    """The part of the map (Emitter.mark) behind ``start``: offsets of the code -> bytes of the module."""
    numbers = []
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value)
            value = shift = 0
    found = {}
    word, position = start
    for i in range(0, len(numbers), 2):
        word += numbers[i]
        position += -(numbers[i + 1] + 1 >> 1) if numbers[i + 1] & 1 else numbers[i + 1] >> 1
        found[4 * word] = position
    return found
