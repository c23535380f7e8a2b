"""The two stacks of the algorithm in the spec's appendix, "Validation Algorithm"."""

from ..error import WasmError, check_index
from ..opcodes import type_name

UNKNOWN = 0

_MANY = 8  # operands, from which on they are compared at once

BLOCK = 0x02
LOOP = 0x03
IF = 0x04


class Stacks:
    """The operand stack and the control stack while the instructions under ``code`` are checked.

    ``values`` are value types, or ``UNKNOWN`` where code that can't be reached popped more than it pushed.
    ``frames`` are ``(opcode, parameters, results, base, dead)``: ``base`` (the height of ``values`` at which
    a block begins) and ``dead`` (nothing reaches what follows) are those of the frame around it; those of the
    innermost frame are the fields of these names.

    What can't be popped raises :class:`WasmError` (``invalid``), as :meth:`fail` does.
    """

    def begin(self, code, results):
        """Start on the expression under a cursor, which is to leave ``results``."""
        self.code = code
        self.values = []
        self.frames = []
        self.base = 0
        self.dead = False
        self.push_frame(BLOCK, b"", results)

    def fail(self, message, expected):
        """Raise ``invalid`` at the instruction."""
        raise WasmError("invalid", message, self.code.at, expected)

    def mismatch(self, expected, found):
        self.fail("type mismatch", "%s, found %s" % (expected, found))

    def index(self, index, count, space):
        """Check that an index is one of an index space."""
        check_index(index, count, space, self.code.at)

    def push(self, valtype):
        self.values.append(valtype)

    def push_all(self, types):
        self.values.extend(types)

    def pop(self, expected=UNKNOWN):
        """Pop an operand of a type, by default of any; the type popped."""
        values = self.values
        if len(values) == self.base:
            if not self.dead:
                self.mismatch(type_name(expected) if expected else "an operand", "nothing")
            return UNKNOWN
        actual = values.pop()
        if actual != expected and actual and expected:
            self.mismatch(type_name(expected), type_name(actual))
        return actual

    def pop_all(self, types):
        values = self.values
        i = len(types)
        if i > _MANY and len(values) - self.base >= i and bytes(values[-i:]) == types:
            values[-i:] = []
            return
        while i:
            i -= 1
            if len(values) > self.base and values[-1] == types[i]:
                values.pop()
            else:
                self.pop(types[i])

    def push_frame(self, opcode, parameters, results):
        self.frames.append((opcode, parameters, results, self.base, self.dead))
        self.base = len(self.values)
        self.dead = False
        self.values.extend(parameters)

    def pop_frame(self):
        frame = self.frames[-1]
        self.pop_all(frame[2])
        if len(self.values) != self.base:
            extra = self.values[-1]
            self.mismatch("an empty stack", type_name(extra) if extra else "an operand")
        self.frames.pop()
        self.base = frame[3]
        self.dead = frame[4]
        return frame

    def label(self, label):
        """The types that a branch to a label takes along."""
        self.index(label, len(self.frames), "label")
        frame = self.frames[-1 - label]
        return frame[1] if frame[0] == LOOP else frame[2]

    def unreachable(self):
        """Nothing reaches what follows in this block."""
        values = self.values
        while len(values) > self.base:
            values.pop()
        self.dead = True
