"""What each image instruction computes, as viper statements.

Words of a board have 32 bits, those of the desk 64, where a cell that is read is extended with zeros. The
statements are templates, so that each width gets its natural code:

- ``{U:x}`` is ``x`` made fit for an unsigned comparison, division or shift;
- ``{S:x}`` is ``x`` made fit for a signed comparison;
- ``{E:x}`` is ``x`` as a signed number.

- ``{M}`` drops what a shift pushed beyond 32 bits.

Operands are ``x`` (left) and ``y`` (right), the result is ``r``, of which the low 32 bits count. A body is
one statement or a list of lines. ``trap(kind)``, ``word(address)`` and ``store(address, value)`` are written
out by whoever weaves the code.
"""

ALU = {
    "i32.add": "r = x + y",
    "i32.sub": "r = x - y",
    "i32.mul": "r = x * y",
    "i32.and": "r = x & y",
    "i32.or": "r = x | y",
    "i32.xor": "r = x ^ y",
    "i32.shl": "r = x << (y & 31)",
    "i32.shr_s": "r = {E:x} >> (y & 31)",
    "i32.shr_u": "r = int({U:x} >> (y & 31))",
    "i32.rotl": "r = (x << (y & 31)) | int({U:x} >> (-y & 31))",
    "i32.rotr": "r = int({U:x} >> (y & 31)) | (x << (-y & 31))",
}

CONDITIONS = {
    "eq": ("x == y", "x != y"),
    "ne": ("x != y", "x == y"),
    "lt_s": ("{S:x} < {S:y}", "{S:x} >= {S:y}"),
    "ge_s": ("{S:x} >= {S:y}", "{S:x} < {S:y}"),
    "lt_u": ("{U:x} < {U:y}", "{U:x} >= {U:y}"),
    "ge_u": ("{U:x} >= {U:y}", "{U:x} < {U:y}"),
}

for _name, (_holds, _fails) in CONDITIONS.items():
    ALU["i32." + _name] = ["r = 0", "if " + _holds + ":", "    r = 1"]

# Viper divides signed words, rounding down, and is wrong where the dividend and the divisor don't add up to a
# word: only positive ones are divided here. The dividend, of up to 32 bits, goes in halved; the quotient is then
# right or one too small. A divisor of 2**31 and more goes in once or not at all.
_BY_ZERO = [
    "if y == 0:",
    "    trap(integer divide by zero)",
]
_QUOTIENT = [
    "if {E:y} < 0:",
    "    r = 0",
    "    if {U:x} >= {U:y}:",
    "        r = 1",
    "else:",
    "    r = (int({U:x} >> 1) // y) << 1",
    "    if {U:x - r * y} >= {U:y}:",
    "        r += 1",
]
# The signed ones divide magnitudes; the sign of the result is that of `a`.
_EXTENDED = [
    "x = {E:x}",
    "y = {E:y}",
]
_MAGNITUDES = [
    "if x < 0:",
    "    x = 0 - x",
    "if y < 0:",
    "    y = 0 - y",
]
ALU["i32.div_u"] = [*_BY_ZERO, *_QUOTIENT]
ALU["i32.rem_u"] = [*_BY_ZERO, *_QUOTIENT, "r = x - r * y"]
ALU["i32.div_s"] = [
    *_BY_ZERO,
    *_EXTENDED,
    "a = x ^ y",
    *_MAGNITUDES,
    *_QUOTIENT,
    "if a < 0:",
    "    r = 0 - r",
    "elif {E:r} < 0:",
    "    trap(integer overflow)",
]
ALU["i32.rem_s"] = [
    *_BY_ZERO,
    *_EXTENDED,
    "a = x",
    *_MAGNITUDES,
    *_QUOTIENT,
    "r = x - r * y",
    "if a < 0:",
    "    r = 0 - r",
]

UNARY = {
    "copy": "r = x",
    "i32.clz": [
        "r = 32",
        "if x != 0:",
        "    r = 0",
        "    y = 16",
        "    while y != 0:",
        "        if int({U:x} >> (32 - y)) == 0:",
        "            r += y",
        "            x = (x << y){M}",
        "        y >>= 1",
    ],
    "i32.ctz": [
        "r = 32",
        "if x != 0:",
        "    r = 0",
        "    while x & 1 == 0:",
        "        r += 1",
        "        x = int({U:x} >> 1)",
    ],
    "i32.popcnt": [
        "r = 0",
        "while x != 0:",
        "    x &= x - 1",
        "    r += 1",
    ],
    "i32.extend8_s": "r = ((x & 0xFF) ^ 0x80) - 0x80",
    "i32.extend16_s": "r = ((x & 0xFFFF) ^ 0x8000) - 0x8000",
}

# `a` is the address of the first byte on the board; words and halves are read whole only where aligned.
LOADS = {
    "i32.load": (4, ["r = word(a)"]),
    "i64.load": (8, ["f[p[1] + 1] = word(a + 4)", "r = word(a)"]),
    "i32.load8_u": (1, ["r = ptr8(a)[0]"]),
    "i32.load8_s": (1, ["r = (ptr8(a)[0] ^ 0x80) - 0x80"]),
    "i32.load16_u": (2, ["r = ptr8(a)[0] | (ptr8(a)[1] << 8)"]),
    "i32.load16_s": (2, ["r = ((ptr8(a)[0] | (ptr8(a)[1] << 8)) ^ 0x8000) - 0x8000"]),
}
STORES = {
    "i32.store": (4, ["store(a, x)"]),
    "i64.store": (8, ["store(a, x)", "x = f[p[1] + 1]", "store(a + 4, x)"]),
    "i32.store8": (1, ["ptr8(a)[0] = x"]),
    "i32.store16": (2, ["ptr8(a)[0] = x", "ptr8(a)[1] = x >> 8"]),
}
