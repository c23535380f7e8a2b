"""64-bit integers: a value is two cells, the low half first (spec section 4.3.2).

Everything is written for words of 32 bits and right for 64 as well: values are kept in 32 bits wherever they are
compared or shifted right, and what goes to a cell loses its high half there.
"""

import micropython
from micropython import const

from ..core import MORE
from ..life import held

# Words of the state (core).
_PC = const(0)
_FP = const(1)
_ARG = const(6)
_CODE = const(12)
_CELLS = const(14)
_TOKEN = const(0)  # in the context, as the next
_MORE = const(19)

# How the numbers of isa.py begin that are told apart here.
_MUL = const(2)
_SHL = const(7)
_SHR_S = const(8)
_SHR_U = const(9)
_ROTR = const(11)
_CLZ = const(12)
_CTZ = const(13)
_POPCNT = const(14)
_EQ = const(15)
_LT_S = const(17)
_LT_U = const(19)

_GROUP_BITS = const(6)
_PLACE = const(63)
_GROUP = const(1)

# Plain instructions that stand between these: they are done here, since the way back is longer than they are.
_KERNEL = const(0x07)
_COPY2 = const(0x19)
_CONST2 = const(0x1A)
_BITWISE = const(0x90)  # i32.sub, and with one or both of these bits i32.or, i32.and and i32.xor
_BITWISE_MASK = const(0xD6)
_OR = const(0x08)
_AND = const(0x20)
_IMMEDIATE = const(0x01)


def more(token, zero, context):
    """Imports what few modules need, when they do."""
    held(_import, context)
    context[MORE + _GROUP](token, zero, context)


def _import(context):
    from .i64_division import divide

    context[MORE + _GROUP] = divide


@micropython.viper
def run(p: int, f: int, context):
    s = ptr32(p << 4)
    code = s[_CODE] | s[_CODE + 1] << 32
    p = code + s[_PC]
    f = (s[_CELLS] | s[_CELLS + 1] << 32) + s[_FP]
    top = 1
    top <<= 31
    while True:
        n = ptr8(p)[0]
        if n == _KERNEL and ptr32(p)[1] >> _GROUP_BITS == _GROUP:
            n = ptr8(p)[4] & _PLACE
            a = ptr8(p)[2]
            x = ptr32(f)[a]
            xh = ptr32(f)[a + 1]
            a = ptr8(p)[3]
            y = ptr32(f)[a]
            yh = ptr32(f)[a + 1]
            a = ptr8(p)[1]
            if n < _SHL:
                if n < _MUL:
                    if n == 0:
                        ptr32(f)[a] = x + y
                        xh += yh
                        if uint(ptr32(f)[a]) < uint(y):
                            xh += 1
                    else:
                        ptr32(f)[a] = x - y
                        xh -= yh
                        if uint(x) < uint(y):
                            xh -= 1
                    ptr32(f)[a + 1] = xh
                elif n == _MUL:
                    xh = xh * y + x * yh
                    # x * y, of whose halves of 16 bits no product with a carry exceeds 32 bits
                    k = y & 0xFFFF
                    y = int(uint(y) >> 16)
                    yh = int(uint(x) >> 16)
                    x &= 0xFFFF
                    t = x * k
                    k = yh * k + int(uint(t) >> 16)
                    x = x * y + (k & 0xFFFF)
                    ptr32(f)[a] = (x << 16) | (t & 0xFFFF)
                    ptr32(f)[a + 1] = xh + yh * y + int(uint(k) >> 16) + int(uint(x) >> 16)
                else:
                    s[_PC] = p - code
                    context[_MORE + _GROUP](context[_TOKEN], 0, context)
                    if s[_ARG]:
                        return
            elif n < _CLZ:
                k = y & 63
                t = 0
                if n != _SHR_S and n != _SHR_U:
                    # the words xh, x and t move to the left
                    if n != _SHL:
                        if n == _ROTR:
                            k = (0 - k) & 63
                        t = xh
                    if k & 32:
                        xh = x
                        x = t
                        if n != _SHL:
                            t = xh
                        k &= 31
                    ptr32(f)[a + 1] = (xh << k) | int(uint(x) >> 1 >> (31 - k))
                    ptr32(f)[a] = (x << k) | int(uint(t) >> 1 >> (31 - k))
                else:
                    # the words t, xh and x move to the right
                    if n == _SHR_S and xh & top:
                        t = -1
                    if k & 32:
                        x = xh
                        xh = t
                        k &= 31
                    ptr32(f)[a] = int(uint(x) >> k) | (xh << 1 << (31 - k))
                    ptr32(f)[a + 1] = int(uint(xh) >> k) | (t << 1 << (31 - k))
            elif n < _EQ:
                k = 0
                if n == _POPCNT:
                    while x:
                        x &= x - 1
                        k += 1
                    while xh:
                        xh &= xh - 1
                        k += 1
                else:
                    if n == _CTZ:
                        # only the lowest bit stays
                        if x:
                            xh = 0
                        x &= 0 - x
                        xh &= 0 - xh
                    if xh == 0:
                        k = 32
                        xh = x
                    if xh == 0:
                        k = 64
                    t = 16
                    while t and k < 64:
                        if int(uint(xh) >> (32 - t)) == 0:
                            k += t
                            xh = (xh << t) & (top + top - 1)
                        t >>= 1
                    if n == _CTZ and k < 64:
                        k = 63 - k
                ptr32(f)[a] = k
                ptr32(f)[a + 1] = 0
            else:
                # each comparison is followed by its opposite
                k = ~n & 1
                if n < _LT_S:
                    if x == y and xh == yh:
                        k ^= 1
                else:
                    if n < _LT_U:
                        xh ^= top
                        yh ^= top
                    if xh == yh:
                        xh = x
                        yh = y
                    if uint(xh) < uint(yh):
                        k ^= 1
                ptr32(f)[a] = k
            p = p + 8
        elif n == _CONST2:
            a = ptr8(p)[1]
            ptr32(f)[a] = ptr32(p)[1]
            ptr32(f)[a + 1] = ptr32(p)[2]
            p = p + 12
        elif n == _COPY2:
            a = ptr8(p)[2]
            x = ptr32(f)[a + 1]
            ptr32(f)[ptr8(p)[1]] = ptr32(f)[a]
            ptr32(f)[ptr8(p)[1] + 1] = x
            p = p + 4
        elif n & _BITWISE_MASK == _BITWISE:
            x = ptr32(f)[ptr8(p)[2]]
            y = ptr32(f)[ptr8(p)[3]]
            a = ptr8(p)[1]
            if n & _IMMEDIATE:
                p = p + 4
                y = ptr32(p)[0]
            if n & _AND:
                if n & _OR:
                    x ^= y
                else:
                    x &= y
            elif n & _OR:
                x |= y
            else:
                x -= y
            ptr32(f)[a] = x
            p = p + 4
        else:
            s[_PC] = p - code
            return
