"""A walk over instructions (spec section 5.4)."""

from ..opcodes import OPCODES
from .reader import Reader

_made = OPCODES.made


class Instructions(Reader):
    """A cursor over instructions, which :meth:`next` reads one at a time into its own fields.

    - ``at``: the offset of the instruction; ``pos``: that of the next one;
    - ``row``: its row of :data:`OPCODES`;
    - ``a``, ``b``: its immediates in the order of the bytes, left as they were where it has none:

    ====== =====================================================================================
    letter field
    ====== =====================================================================================
    ``b``  the type's index; or below zero: the value type - 0x80, or -64 for an empty block type
    ``L``  the labels, the default last: a bytearray, or a list if there are labels above 255
    ``m``  ``a`` the offset, ``b`` the alignment (log2 of bytes)
    ``i I`` the value, signed
    ``r R`` the bits, unsigned
    ``h``  the reference type's byte
    ``T``  bytes of value types
    ``M``  none
    others an index, unsigned and not checked
    ====== =====================================================================================

    Nesting isn't followed: ``end`` is an instruction as any other. Nothing is allocated but the vectors of
    ``br_table`` and ``select_t`` and integers beyond MicroPython's small ones.
    """

    def __init__(self, data, pos, end, what):
        super().__init__(data, pos, end, what)
        self.at = pos
        self.row = None
        self.a = self.b = 0

    def next(self):
        """Read the instruction at ``pos`` and return its opcode, as :data:`OPCODES` writes it.

        Raises :class:`WasmError` (``malformed``), also where no byte is left.
        """
        self.at = pos = self.pos
        if pos >= self.end:
            self.need(1)
        opcode = self.data[pos]
        self.pos = pos + 1
        if opcode == 0xFC:
            opcode = 0xFC00 + self.u32()
        row = _made.get(opcode) or OPCODES.get(opcode)
        if row is None:
            self._illegal(opcode)
        self.row = row
        immediates = row[1]
        if immediates:
            _READ[immediates](self)
        return opcode

    def value_type(self):
        """A value type (spec section 5.3.4), as its byte."""
        byte = self.byte()
        if byte > 0x7F or (byte < 0x7C and byte != 0x70 and byte != 0x6F):
            expected = "i32, i64, f32, f64, funcref or externref, found 0x%02x" % byte
            self.fail("malformed value type", expected, self.pos - 1)
        return byte

    def value_types(self):
        """A vector of value types, as bytes."""
        count = self.count()
        start = self.pos
        for _ in range(count):
            self.value_type()
        return bytes(self.data[start : self.pos])

    def reference_type(self):
        """A reference type (spec section 5.3.3), as its byte."""
        byte = self.byte()
        if byte != 0x70 and byte != 0x6F:
            self.fail("malformed reference type", "funcref or externref, found 0x%02x" % byte, self.pos - 1)
        return byte

    def _illegal(self, opcode):
        text = "%02x" % opcode if opcode < 0xFC00 else "fc %02x" % (opcode - 0xFC00)
        self.fail("illegal opcode " + text, "an instruction of WebAssembly 2.0 without SIMD", self.at)


def _index(code):
    code.a = code.u32()


def _indices(code):
    code.a = code.u32()
    code.b = code.u32()


def _block_type(code):
    pos = code.pos
    code.a = code.signed(33)
    if code.a < 0 and code.a != -64:
        code.pos = pos
        code.value_type()


def _labels(code):
    labels = bytearray(code.count() + 1)
    for i in range(len(labels)):
        label = code.u32()
        if label > 0xFF and isinstance(labels, bytearray):
            labels = list(labels)
        labels[i] = label
    code.a = labels


def _memarg(code):
    pos = code.pos
    code.b = code.u32()
    if code.b >= 32:
        code.fail("malformed memop flags", "an alignment below 2**32", pos)
    code.a = code.u32()


def _zero(code):
    if code.byte():
        code.fail("zero byte expected", "00", code.pos - 1)


def _zeros(code):
    _zero(code)
    _zero(code)


def _index_zero(code):
    code.a = code.u32()
    _zero(code)


def _i32(code):
    code.a = code.signed(32)


def _i64(code):
    code.a = code.signed(64)


def _bits(code, size):
    code.need(size)
    pos = code.pos
    code.pos = end = pos + size
    code.a = int.from_bytes(code.data[pos:end], "little")


def _f32(code):
    _bits(code, 4)


def _f64(code):
    _bits(code, 8)


def _reference_type(code):
    code.a = code.reference_type()


def _value_types(code):
    code.a = code.value_types()


_READ = {
    "b": _block_type,
    "l": _index,
    "L": _labels,
    "f": _index,
    "yt": _indices,
    "t": _index,
    "x": _index,
    "g": _index,
    "d": _index,
    "e": _index,
    "dM": _index_zero,
    "et": _indices,
    "tt": _indices,
    "m0": _memarg,
    "m1": _memarg,
    "m2": _memarg,
    "m3": _memarg,
    "M": _zero,
    "MM": _zeros,
    "i": _i32,
    "I": _i64,
    "r": _f32,
    "R": _f64,
    "h": _reference_type,
    "T": _value_types,
}
