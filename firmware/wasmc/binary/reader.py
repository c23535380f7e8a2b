"""A cursor over the bytes of a module: the values of spec section 5.2 and the framing of section 5.1."""

from ..error import WasmError


class Reader:
    """Reads ``data`` from ``pos`` on, never at or beyond ``end``; ``what`` names those bytes in errors.

    Every method raises :class:`WasmError` of kind ``malformed`` where the bytes don't say what it reads.
    """

    def __init__(self, data, pos, end, what):
        self.data = data
        self.pos = pos
        self.end = end
        self.what = what

    def fail(self, message, expected="", offset=None):
        """Raise ``malformed`` at ``offset``, by default at the cursor."""
        raise WasmError("malformed", message, self.pos if offset is None else offset, expected)

    def need(self, size):
        """Check that ``size`` bytes are left."""
        missing = self.pos + size - self.end
        if missing > 0:
            expected = "%s of the %s" % (_plural(missing, "more byte"), self.what)
            self.fail("unexpected end of section or function", expected, self.end)

    def byte(self):
        pos = self.pos
        if pos >= self.end:
            self.need(1)
        self.pos = pos + 1
        return self.data[pos]

    def u32(self):
        """An unsigned integer of 32 bits in LEB128."""
        pos = self.pos
        if pos < self.end:
            byte = self.data[pos]
            if byte < 0x80:
                self.pos = pos + 1
                return byte
        return self._leb128(32, False)

    def signed(self, bits):
        """A signed integer of 32, 33 or 64 bits in LEB128."""
        pos = self.pos
        if pos < self.end:
            byte = self.data[pos]
            if byte < 0x80:
                self.pos = pos + 1
                return byte - 0x80 if byte & 0x40 else byte
        return self._leb128(bits, True)

    def _leb128(self, bits, signed):
        value = shift = 0
        byte = self.byte()
        while byte >= 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift >= bits:
                expected = "at most %d bytes" % ((bits + 6) // 7)
                self.fail("integer representation too long", expected, self.pos - 1)
            byte = self.byte()
        if signed and byte & 0x40:
            byte -= 0x80
        room = bits - shift - (1 if signed else 0)
        if room < 7 and byte >> room not in ((0, -1) if signed else (0,)):
            self.fail("integer too large", "%d bits" % bits, self.pos - 1)
        return value + (byte << shift)

    def length(self, what):
        """The length in bytes of what follows, of which all is there."""
        start = self.pos
        size = self.u32()
        left = self.end - self.pos
        if size > left:
            self.fail("length out of bounds", "%s of at most %s" % (what, _plural(left, "byte")), start)
        return size

    def count(self):
        """The length of a vector. Each element takes a byte at least, and so many bytes are left."""
        count = self.u32()
        self.need(count)
        return count

    def name(self):
        """A name (spec section 5.2.4) as a str."""
        size = self.length("name")
        start = self.pos
        self.pos = end = start + size
        self._check_utf8(start, end)
        return str(self.data[start:end], "utf-8")

    def _check_utf8(self, pos, end):
        # Spelled out because MicroPython's own decoder takes surrogates and overlong forms.
        data = self.data
        while pos < end:
            start = pos
            byte = data[pos]
            pos += 1
            if byte < 0x80:
                continue
            if 0xC2 <= byte < 0xE0:
                more, low, high = 1, 0x80, 0xBF
            elif 0xE0 <= byte < 0xF0:
                more, low, high = 2, 0xA0 if byte == 0xE0 else 0x80, 0x9F if byte == 0xED else 0xBF
            elif 0xF0 <= byte < 0xF5:
                more, low, high = 3, 0x90 if byte == 0xF0 else 0x80, 0x8F if byte == 0xF4 else 0xBF
            else:
                more, low, high = 1, 1, 0
            while more:
                if pos >= end or not low <= data[pos] <= high:
                    self.fail("malformed UTF-8 encoding", "a UTF-8 sequence", start)
                low, high = 0x80, 0xBF
                pos += 1
                more -= 1


def _plural(count, what):
    return "%d %s%s" % (count, what, "" if count == 1 else "s")
