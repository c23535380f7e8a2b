"""Lowering of what an instance begins with: the values of globals, element segments and data segments."""

from ..binary.instructions import Instructions
from ..binary.module import ACTIVE, GLOBAL
from ..image import file
from .operands import is_wide

_END = 0x0B
_GLOBAL_GET = 0x23
_I64_CONST = 0x42
_NULL = 0xD0
_REF_FUNC = 0xD2
_STEPS = {0x6A: file.ADD, 0x6B: file.SUB, 0x6C: file.MUL, 0x7C: file.ADD, 0x7D: file.SUB, 0x7E: file.MUL}


class Initial:
    """``numbers`` are those of globals, element segments and data segments (image/file.py) of a valid module.

    ``places`` has the cell of each global (``lowering.Layout``).
    """

    def __init__(self, module, places):
        self._data = module.data
        self._places = places
        self._known = {}  # index of a global of the module's own -> (kind, value), where that is all it is
        self.numbers = self._globals(module)
        self._vector(module.elements, self._element)
        self._vector(module.segments, self._segment)

    def _globals(self, module):
        cells = []
        late = []
        count = 0
        index = module.imported(GLOBAL)
        for i, init in enumerate(module.global_inits):
            wide = is_wide(module.globals[index + i][0])
            kind, value, steps = self._constant(init, wide)
            if kind != file.COMPUTED:
                self._known[index + i] = kind, value
            if kind != file.CONST:
                late += [i, len(cells), kind, value] + steps
                count += 1
                value = 0
            cells.append(value & 0xFFFFFFFF)
            if wide:
                cells.append(value >> 32)
        return [len(cells)] + cells + [count] + late

    def _vector(self, entries, numbers_of):
        self.numbers.append(len(entries))
        for entry in entries:
            self.numbers += numbers_of(entry)

    def _element(self, element):
        kind, offset, steps = self._offset(element)
        first = element.mode | kind << 8 | (1 << 16 if element.expressions else 0)
        numbers = [first, element.table, offset] + steps + [len(element.items)]
        if not element.expressions:
            return numbers + element.items
        for item in element.items:
            kind, value, steps = self._constant(item, False)
            numbers += [kind, value] + steps
        return numbers

    def _segment(self, segment):
        kind, offset, steps = self._offset(segment)
        return [segment.mode | kind << 8, offset] + steps + [segment.end - segment.start]

    def _offset(self, segment):
        return self._constant(segment.offset, False) if segment.mode == ACTIVE else (file.CONST, 0, [])

    def _constant(self, expression, wide):
        """What a constant expression comes to: its kind, its number and the numbers of its steps (image/file.py).

        What is known is done here: a sum of constants is a constant, and so is a global that holds one.
        """
        mask = 0xFFFFFFFFFFFFFFFF if wide else 0xFFFFFFFF
        code = Instructions(self._data, expression[0], expression[1], "constant expression")
        steps = []
        opcode = code.next()
        while opcode != _END:
            step = _STEPS.get(opcode)
            if step is None:
                steps.append(self._leaf(opcode, code.a, wide, mask))
            elif steps[-1][0] == steps[-2][0] == file.CONST:
                right = steps.pop()[1]
                left = steps.pop()[1]
                value = left + right if step == file.ADD else left - right if step == file.SUB else left * right
                steps.append((file.CONST, value & mask))
            else:
                steps.append((step, 0))
            opcode = code.next()
        if len(steps) == 1:
            return steps[0] + ([],)
        numbers = []
        for kind, value in steps:
            if value > 0xFFFFFFFF:
                numbers += [file.WIDE, value & 0xFFFFFFFF, value >> 32]
            else:
                numbers += [kind, value]
        return file.COMPUTED, len(steps), numbers

    def _leaf(self, opcode, immediate, wide, mask):
        if opcode == _GLOBAL_GET:
            place = file.FROM_CELLS if wide else file.FROM_CELL, self._places[immediate][0]
            return self._known.get(immediate, place)
        if opcode == _REF_FUNC:
            return file.FROM_FUNCTION, immediate
        return file.CONST, 0 if opcode == _NULL else immediate & mask
