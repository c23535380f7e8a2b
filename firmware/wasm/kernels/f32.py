"""Arithmetic of f32 (spec section 4.3.3) on the bits of the numbers. A NaN that comes out is the canonical one.

A finite number is worked on as ``sign``, exponent ``e`` and mantissa ``a`` of 27 bits: the 24 of the format
and three to round by, of which the lowest stands for all below it. Nothing goes beyond 31 bits, so that signed
words of 32 bits and of 64 give the same results.
"""

import micropython


@micropython.viper
def run(context) -> int:
    x = y = 0
    state = ptr32(context[0])
    code = int(ptr8(context[2]))
    cells = ptr32(int(ptr32(context[3])) + state[1])
    p = ptr8(code + state[0])
    infinity = 255
    infinity <<= 23
    while True:
        op = p[4] & 63
        x = cells[p[2]]
        y = cells[p[3]]
        sign = x >> 31 & 1
        other = y >> 31 & 1
        x ^= sign << 31
        y ^= other << 31
        if op < 4:
            g = 0
            b = 0
            if op & 2:
                sign ^= other
            elif op:
                other ^= 1
            if x < y and op < 2:
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
                elif op < 2:
                    if y == infinity and sign != other:
                        r += 1
                elif op == 2:
                    if x == 0 or y == 0:
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
                if op < 2:
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
                        if a == 0:
                            sign = 0
                            e = 1
                        while a < 0x4000000 and e > 1:
                            a <<= 1
                            e -= 1
                elif a == 0 or b == 0:
                    r = 0
                    e = -1
                    if op == 3 and b == 0:
                        r = infinity
                        if a == 0:
                            r += 1
                else:
                    while a < 0x800000:
                        a <<= 1
                        e -= 1
                    while b < 0x800000:
                        b <<= 1
                        g -= 1
                    if op == 2:
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
                        if a < 0x4000000:
                            a <<= 1
                            e -= 1
                    else:
                        e += 127 - g
                        if a < b:
                            a <<= 1
                            e -= 1
                        y = 1
                        a -= b
                        for _ in range(4):
                            # Seven bits of the quotient: the remainder is below 2**24.
                            a <<= 7
                            x = a // b
                            a -= x * b
                            y = y << 7 | x
                        a = y >> 2 | (1 if a else 0) | (1 if y & 3 else 0)
                    if e < 1:
                        g = 1 - e
                        e = 1
                        if g > 26:
                            g = 27
                        if a & ((1 << g) - 1):
                            a = a >> g | 1
                        else:
                            a >>= g
            if e >= 0:
                r = infinity
                if e < 255:
                    # The leading bit of the mantissa is added to the exponent, and so is what rounding carries.
                    r = ((e - 1) << 23) + ((a + 3 + (a >> 3 & 1)) >> 3)
            elif r > infinity:
                r = infinity + 0x400000
                sign = 0
            r |= sign << 31
        elif op < 6 or op > 10:
            # less: in the order in which -0 comes before 0
            less = 0
            if sign != other:
                less = sign
            elif x != y:
                less = 1 if x < y else 0
                less ^= sign
            if x > infinity or y > infinity:
                r = infinity + 0x400000
                if op > 5:
                    r = 1 if op == 12 else 0
            elif op < 6:
                r = x | sign << 31
                if less == op - 4:
                    r = y | other << 31
            else:
                r = 0
                if x | y == 0 or (x == y and sign == other):
                    r = 1
                    less = 0
                if op == 12:
                    r ^= 1
                elif op == 13:
                    r = less
                elif op == 14:
                    r |= less
        elif x > infinity:
            r = infinity + 0x400000
        elif op == 6:
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
                while a < 0x800000:
                    a <<= 1
                    e -= 1
                # The root of a number of 50 bits, two of which come down in each turn.
                if e & 1 == 0:
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
                    if op == 7:
                        r = sign ^ 1
                    elif op == 8:
                        r = sign
                    elif op == 10 and x > 126 << 23:
                        r = 1
                r *= 127 << 23
            else:
                r = x
                if e < 150:
                    e = (1 << (150 - e)) - 1
                    if op == 10:
                        if r & (e + 1):
                            r += 1
                        r += e >> 1
                    elif op == 7 + sign:
                        r += e
                    r &= -1 - e
            r |= sign << 31
        cells[p[1]] = r
        p = ptr8(int(p) + 8)
        if p[0] != 7 or ptr32(p)[1] >> 6 != 2:
            break
    state[0] = int(p) - code
    return 0
