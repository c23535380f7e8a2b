"""Lowering of one function: from a stack machine to three-address code."""

from ..binary.instructions import Instructions
from ..error import WasmError
from ..image.isa import TRAPS
from ..opcodes import I32
from . import control, instance, numeric, variables
from .control import Block
from .emit import NEAR, SCRATCH
from .operands import MOST_CELLS, Operands, cells_of, is_wide

HANDLERS = {}
for _part in (control, variables, instance):
    HANDLERS.update(_part.HANDLERS)


MOST_SHARED = 4  # constants with a cell of their own


class Lowering(Operands):
    """Lowers one body into ``layout.emit``. ``layout`` knows the module: types, imports, global cells.

    ``shared`` are constants that get a cell each, which is written once and not at each store of them. What is
    worth it is known afterwards: ``stored`` counts the stores in loops.
    """

    def __init__(self, layout, type_index, body_locals, shared):
        self.layout = layout
        self.emit = layout.emit
        self.params, self.results = layout.module.types[type_index]
        self.type = layout.canonical[type_index]
        self.locals = []  # (cell, wide) of each
        self.blocks = []
        self.loops = 0  # of the blocks
        self.shared = {}  # constant -> its cell
        self.stored = {}  # constant -> stores of it in loops
        super().__init__(layout.emit, self._lay_out(body_locals, shared))
        self.code = None

    def _lay_out(self, body_locals, shared):
        """Gives locals and shared constants their cells; returns the first cell of the operand stack."""
        cell = self._add_locals(0, self.params)
        self.first_local = cell
        for count, valtype in body_locals:
            if cell + (1 + is_wide(valtype)) * count > MOST_CELLS:
                raise WasmError("unsupported", "function with too many locals", 0, "a frame that fits a board")
            cell = self._add_locals(cell, bytes((valtype,)) * count)
        cell = self._add_locals(cell, bytes((I32,)) * len(shared))
        for value, place in zip(reversed(shared), reversed(self.locals)):
            self.shared[value] = place[0]
        self.link = max(cell, cells_of(self.results))
        if self.emit.far:
            self.link = max(self.link, NEAR)
        self.zeroed = self.link - self.first_local if cell > self.first_local else 0
        return self.link + 1

    def _add_locals(self, cell, types):
        for valtype in types:
            wide = is_wide(valtype)
            if self.emit.far and cell < NEAR and cell + wide >= SCRATCH:
                cell = NEAR
            self.locals.append((cell, wide))
            cell += 1 + wide
        return cell

    def stored_cell(self, entry):
        """The cell to store an operand from."""
        if not entry.is_const or entry.wide:
            return self.cell(entry)
        cell = self.shared.get(entry.value)
        if cell is not None:
            return cell
        if self.loops:
            self.stored[entry.value] = self.stored.get(entry.value, 0) + 1
        return self.cell(entry)

    def check_size(self):
        """Raises WasmError where branches that each take many values along make more code than can be meant."""
        if len(self.emit.code) > self.most_code:
            raise WasmError("unsupported", "branches with too many values", self.code.at, "less code")

    def worth_sharing(self):
        """The constants that are stored most in loops."""
        return sorted(self.stored, key=lambda value: (-self.stored[value], value))[:MOST_SHARED]

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

    def lower(self, start, end, enters_native):
        """Lowers the instructions at these offsets in the module; returns the offset of the function's header.

        Before them comes a ``native`` if it ``enters_native``.
        """
        emit = self.emit
        emit.stops = []
        emit.stubs = None
        emit.shared = {cell: value for value, cell in self.shared.items()}
        header = len(emit.code)
        self.most_code = header + 65536 + 64 * (end - start)
        emit.code += bytes(8)
        emit.mark(start)  # fuel can end on the way in
        if enters_native:
            emit.plain("native")
        for raw, (cell, wide) in self._moved_parameters():
            emit.copy_far(cell, raw, wide)
        for value in self.shared:
            if value:  # as any local it is zero
                emit.const(self.shared[value], value, 0)
        label = emit.label()
        self.blocks.append(Block(0x02, 0, self.top, b"", self.results, label))
        self.code = code = Instructions(self.layout.module.data, start, end, "function")
        while self.blocks:
            opcode = code.next()
            if self.blocks[-1].dead:
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
        return emit.base + header

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
        block = self.blocks[-1]
        block.dead = True
        self.cut(block)

    def cut(self, block):
        """Drops the operands of the block that ends."""
        while len(self.stack) > block.height:
            self.pop()

    def _skip(self, opcode):
        """Follows the nesting of what is never reached, until its block ends or has an ``else``."""
        if 0x02 <= opcode <= 0x04:
            block = Block(0, len(self.stack), 0, b"", b"", None)
            block.dead = True
            self.blocks.append(block)
        elif opcode == 0x05:
            if self.blocks[-1].opcode:
                control.end_of_then(self, self.code)
        elif opcode == 0x0B:
            if self.blocks[-1].opcode:
                control.end(self, self.code)
            else:
                self.blocks.pop()
