"""Checks code (spec section 3.3), one instruction after another."""

from ..binary.instructions import Instructions
from ..binary.module import FUNC
from ..opcodes import signature
from .immediates import CHECKS
from .rules import RULES
from .stacks import Stacks

_GLOBAL_GET = 0x23

# end, global.get, the constants, i32 and i64 add, sub and mul, ref.null, ref.func
_CONSTANT = (0x0B, 0x23, 0x41, 0x42, 0x43, 0x44, 0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E, 0xD0, 0xD2)


class CodeValidator(Stacks):
    """Checks the constant expressions of a module, and then its functions.

    ``declared`` has a byte for each function: 1 if a function may name it in ``ref.func``.
    """

    def __init__(self, module):
        self.module = module
        self.declared = bytearray(len(module.functions))
        self.in_function = False
        self.locals = b""
        self._functions = module.imported(FUNC)

    def constant(self, expression, valtype, visible):
        """Check that an expression ``(start, end)`` is constant and leaves a value of a type.

        It may use the first ``visible`` globals if they are immutable. Raises :class:`WasmError` (``invalid``).
        """
        module = self.module
        self.in_function = False
        code = Instructions(module.data, expression[0], expression[1], "constant expression")
        self.begin(code, bytes((valtype,)))
        while self.frames:
            opcode = code.next()
            if opcode not in _CONSTANT:
                self.fail("constant expression required", "a constant instruction, found " + code.row[0])
            if opcode == _GLOBAL_GET:
                self.index(code.a, len(module.globals), "global")
                if code.a >= visible:
                    self.fail("unknown global %d" % code.a, "a global that stands before this one")
                if module.globals[code.a][1]:
                    self.fail("constant expression required", "a global that is immutable")
            self._step(opcode)

    def function(self, index):
        """Check the index-th function of those that the module defines.

        Raises :class:`WasmError`: ``invalid``, or ``malformed`` where its bytes aren't instructions.
        """
        module = self.module
        body = module.bodies[index]
        parameters, results = module.types[module.functions[self._functions + index]]
        self.in_function = True
        self.locals = parameters + b"".join([bytes((valtype,)) * count for count, valtype in body.locals])
        code = Instructions(module.data, body.start, body.end, "function body")
        self.begin(code, results)
        while self.frames:
            self._step(code.next())
        if code.pos != body.end:
            code.fail("section size mismatch", "the end of the function body")

    def _step(self, opcode):
        row = self.code.row
        check = CHECKS.get(row[1])
        if check:
            check(self)
        if row[2] is None:
            RULES[opcode](self)
            return
        operands, results = signature(row[2])
        self.pop_all(operands)
        if results:
            self.values.append(results[0])
