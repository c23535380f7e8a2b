"""Arithmetic of f32 (spec section 4.3.3) on the bits of the numbers. A NaN that comes out is the canonical one.

A finite number is worked on as ``sign``, exponent ``e`` and mantissa ``a`` of 27 bits: the 24 of the format
and three to round by, of which the lowest stands for all below it. Nothing goes beyond 31 bits, so that signed
words of 32 bits and of 64 give the same results.
"""

import micropython
from micropython import const

# Words of the state (core).
_PC = const(0)
_FP = const(1)
_CODE = const(12)
_CELLS = const(14)

_GROUP = const(2)
_PLACE = const(63)

# Places in the group, and bits by which the first ones are known: not of add, sub, mul, div; not of add, sub.
_SCARCE = const(12)
_NOT_SUM = const(14)
_MUL = const(2)
_DIV = const(3)
_MIN = const(4)
_MAX = const(5)
_SQRT = const(6)
_CEIL = const(7)
_FLOOR = const(8)
_NEAREST = const(10)
_NE = const(12)
_LT = const(13)
_LE = const(14)

# Plain instructions that stand between these are done here: the way back is longer than they are.
_KERNEL = const(0x07)
_CONST = const(0x18)
_COPY = const(0x1C)


@micropython.viper
def run(x: int, y: int, context):
    state = ptr32(x << 4)
    code = state[_CODE] | state[_CODE + 1] << 32
    cells = ptr32((state[_CELLS] | state[_CELLS + 1] << 32) + state[_FP])
    p = ptr8(code + state[_PC])
    infinity = 255
    infinity <<= 23
    while True:
        op = p[4] & _PLACE
        x = cells[p[2]]
        y = cells[p[3]]
        sign = x >> 31 & 1
        other = y >> 31 & 1
        x ^= sign << 31
        y ^= other << 31
        if not op & _SCARCE:
            if op & _NOT_SUM:
                sign ^= other
            else:
                other ^= op
            if x < y and not op & _NOT_SUM:
                e = x
                x = y
                y = e
                e = sign
                sign = other
                other = e
            if x >= infinity or y >= infinity:
                r = infinity
                if x > infinity or y > infinity:
                    r += 1
                elif not op & _NOT_SUM:
                    if y == infinity and sign != other:
                        r += 1
                elif op == _MUL:
                    if not x or not y:
                        r += 1
                elif x == y:
                    r += 1
                elif y == infinity:
                    r = 0
                e = -1
            else:
                e = x >> 23
                a = x & 0x7FFFFF
                if e:
                    a |= 0x800000
                else:
                    e = 1
                g = y >> 23
                b = y & 0x7FFFFF
                if g:
                    b |= 0x800000
                else:
                    g = 1
                if not op & _NOT_SUM:
                    a <<= 3
                    b <<= 3
                    g = e - g
                    if g > 26:
                        g = 27
                    if b & ((1 << g) - 1):
                        b = b >> g | 1
                    else:
                        b >>= g
                    if sign == other:
                        a += b
                        if a >> 27:
                            a = a >> 1 | a & 1
                            e += 1
                    else:
                        a -= b
                        if not a:
                            sign = 0
                            e = 1
                        while not a >> 26 and e > 1:
                            a <<= 1
                            e -= 1
                elif not a or not b:
                    r = 0
                    e = -1
                    if op == _DIV and not b:
                        r = infinity
                        if not a:
                            r += 1
                else:
                    while not a >> 23:
                        a <<= 1
                        e -= 1
                    while not b >> 23:
                        b <<= 1
                        g -= 1
                    if op == _MUL:
                        e += g - 126
                        y = a & 0xFFF
                        a >>= 12
                        x = b & 0x1FF
                        b >>= 9
                        g = a * (x << 3) + b * y
                        y = (x << 3) * y + ((g & 0xFFF) << 12)
                        a = a * b + (g >> 12) + (y >> 24)
                        if y & 0xFFFFFF:
                            a |= 1
                    else:
                        e += 127 - g
                        y = 0
                        if a >= b:
                            y = 1
                            a -= b
                        for _ in range(4):
                            # Seven bits of the quotient: the remainder is below 2**24.
                            a <<= 7
                            x = a // b
                            a -= x * b
                            y = y << 7 | x
                        if a:
                            y |= 1
                        a = y >> 2 | y & 1 | y >> 1 & 1
                    if not a >> 26:
                        a <<= 1
                        e -= 1
                    if e < 1:
                        g = 1 - e
                        e = 1
                        if g > 26:
                            g = 27
                        if a & ((1 << g) - 1):
                            a = a >> g | 1
                        else:
                            a >>= g
            if not e >> 31:
                r = infinity
                if e < 255:
                    # The leading bit of the mantissa is added to the exponent, and so is what rounding carries.
                    r = ((e - 1) << 23) + ((a + 3 + (a >> 3 & 1)) >> 3)
            elif r > infinity:
                r = infinity + 0x400000
                sign = 0
            r |= sign << 31
        elif op <= _MAX or op > _NEAREST:
            # less: in the order in which -0 comes before 0
            less = sign
            if sign == other and x < y:
                less ^= 1
            r = 0
            if x > infinity or y > infinity:
                r = 2
            if op <= _MAX:
                if r:
                    r = infinity + 0x400000
                elif less == op - _MIN:
                    r = y | other << 31
                else:
                    r = x | sign << 31
            else:
                if r:
                    r = less = 0
                elif not x | y or (x == y and sign == other):
                    r = 1
                    less = 0
                if op == _NE:
                    r ^= 1
                elif op == _LT:
                    r = less
                elif op == _LE:
                    r |= less
        elif x > infinity:
            r = infinity + 0x400000
        elif op == _SQRT:
            r = x | sign << 31
            if x and sign:
                r = infinity + 0x400000
            elif x and x < infinity:
                e = x >> 23
                a = x & 0x7FFFFF
                if e:
                    a |= 0x800000
                else:
                    e = 1
                while not a >> 23:
                    a <<= 1
                    e -= 1
                # The root of a number of 50 bits, two of which come down in each turn.
                if not e & 1:
                    a <<= 1
                r = y = 0
                for _ in range(25):
                    y = y << 2 | a >> 23
                    a = (a & 0x7FFFFF) << 2
                    b = r << 2 | 1
                    r <<= 1
                    if y >= b:
                        y -= b
                        r |= 1
                if y:
                    r += r & 1
                r = ((e + 125) >> 1 << 23) + ((r + (r >> 1 & 1)) >> 1)
        else:
            e = x >> 23
            if e < 127:
                # Between -1 and 1: no bit is left but, after rounding up, the lowest.
                r = 0
                if x:
                    if op == _CEIL:
                        r = sign ^ 1
                    elif op == _FLOOR:
                        r = sign
                    elif op == _NEAREST and x > 126 << 23:
                        r = 1
                r *= 127 << 23
            else:
                r = x
                if e < 150:
                    e = (1 << (150 - e)) - 1
                    if op == _NEAREST:
                        if r & (e + 1):
                            r += 1
                        r += e >> 1
                    elif op == _CEIL + sign:
                        r += e
                    r &= -1 - e
            r |= sign << 31
        cells[p[1]] = r
        p = ptr8(int(p) + 8)
        while True:
            op = p[0]
            if op == _KERNEL:
                break
            if op == _CONST:
                cells[p[1]] = ptr32(p)[1]
                p = ptr8(int(p) + 4)
            elif op == _COPY:
                cells[p[1]] = cells[p[2]]
            else:
                break
            p = ptr8(int(p) + 4)
        if op != _KERNEL or ptr32(p)[1] >> 6 != _GROUP:
            break
    state[_PC] = int(p) - code
