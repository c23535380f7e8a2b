"""Arithmetic of f64 (spec section 4.3.3) on the bits of the numbers. A NaN that comes out is the canonical one.

A finite number is worked on as ``sign``, exponent ``e`` and a mantissa of 56 bits, ``hi`` and ``lo`` of 28 each:
the 53 bits of the format and three to round by, of which the lowest stands for all below it. Nothing that
counts goes beyond 31 bits, so that signed words of 32 bits and of 64 give the same results.
"""

import micropython


@micropython.viper
def run(context) -> int:
    hi = lo = 0
    state = ptr32(context[0])
    code = int(ptr8(context[2]))
    cells = ptr32(int(ptr32(context[3])) + state[1])
    p = ptr8(code + state[0])
    infinity = 0x7FF
    infinity <<= 20
    while True:
        op = p[4] & 63
        t = p[2]
        lo = cells[t]
        hi = cells[t + 1]
        sign = hi >> 31 & 1
        if op < 4 or (op > 5 and op < 11):
            if op < 4:
                t = p[3]
            l = cells[t]
            h = cells[t + 1]
            other = h >> 31 & 1
            e = hi >> 20 & 0x7FF
            hi = (hi & 0xFFFFF) << 7 | lo >> 25 & 0x7F
            lo = (lo & 0x1FFFFFF) << 3
            g = h >> 20 & 0x7FF
            h = (h & 0xFFFFF) << 7 | l >> 25 & 0x7F
            l = (l & 0x1FFFFFF) << 3
            r = -1
            if op < 2:
                other ^= op
            elif op < 4:
                sign ^= other
            if e == 0x7FF or g == 0x7FF:
                r = infinity
                if (e == 0x7FF and hi | lo) or (g == 0x7FF and h | l):
                    r += 1
                elif op < 2:
                    if e == g:
                        if sign != other:
                            r += 1
                    elif g == 0x7FF:
                        sign = other
                elif op == 2:
                    if e | hi | lo == 0 or g | h | l == 0:
                        r += 1
                elif op == 3:
                    if e == g:
                        r += 1
                    elif g == 0x7FF:
                        r = 0
                elif op == 6:
                    r += sign
            else:
                if e:
                    hi |= 0x8000000
                else:
                    e = 1
                if g:
                    h |= 0x8000000
                else:
                    g = 1
                if op < 2:
                    g = e - g
                    if g < 0:
                        e -= g
                        g = -g
                        t = hi
                        hi = h
                        h = t
                        t = lo
                        lo = l
                        l = t
                        t = sign
                        sign = other
                        other = t
                    if g:
                        t = 0
                        if g > 27:
                            t = l
                            l = h
                            h = 0
                            g -= 28
                            if g > 27:
                                g = 28
                        t |= l & ((1 << g) - 1)
                        l = l >> g | h << (28 - g) & 0xFFFFFFF
                        h >>= g
                        if t:
                            l |= 1
                    if sign == other:
                        lo += l
                        hi += h + (lo >> 28)
                        lo &= 0xFFFFFFF
                        if hi >> 28:
                            lo = lo >> 1 | lo & 1 | (hi & 1) << 27
                            hi >>= 1
                            e += 1
                    else:
                        lo -= l
                        hi += (lo >> 28) - h
                        lo &= 0xFFFFFFF
                        if hi < 0:
                            sign = other
                            lo = 0x10000000 - lo
                            hi = (lo >> 28) - 1 - hi
                            lo &= 0xFFFFFFF
                        if hi == 0:
                            if lo == 0:
                                sign = 0
                                e = 1
                            elif e > 28:
                                hi = lo
                                lo = 0
                                e -= 28
                        while hi < 0x100000 and e > 8:
                            hi = hi << 8 | lo >> 20
                            lo = lo << 8 & 0xFFFFFFF
                            e -= 8
                        while hi < 0x8000000 and e > 1:
                            hi = hi << 1 | lo >> 27
                            lo = lo << 1 & 0xFFFFFFF
                            e -= 1
                elif op > 6:
                    # Fraction bits, as far as they are in h and l, give way.
                    if e < 1023:
                        t = 0
                        if hi | lo:
                            if op == 10:
                                if e == 1022 and (lo or hi != 0x8000000):
                                    t = 1
                            elif op == 7 + sign:
                                t = 1
                        lo = hi = 0
                        e = 1
                        if t:
                            hi = 0x8000000
                            e = 1023
                    elif e < 1075:
                        t = 1078 - e
                        if t > 27:
                            h = (1 << (t - 28)) - 1
                            l = 0xFFFFFFF
                            g = hi >> (t - 28)
                        else:
                            h = 0
                            l = (1 << t) - 1
                            g = lo >> t
                        if op == 10:
                            lo += (l >> 1 | (h & 1) << 27) + (g & 1)
                            hi += h >> 1
                        elif op == 7 + sign:
                            lo += l
                            hi += h
                        hi = hi + (lo >> 28) & -1 - h
                        lo &= 0xFFFFFFF - l
                elif hi | lo == 0 or h | l == 0:
                    r = 0
                    if op == 3 and h | l == 0:
                        r = infinity
                        if hi | lo == 0:
                            r += 1
                elif op == 6 and sign:
                    r = infinity + 1
                else:
                    while hi < 0x8000000:
                        hi = hi << 1 | lo >> 27
                        lo = lo << 1 & 0xFFFFFFF
                        e -= 1
                    while h < 0x8000000:
                        h = h << 1 | l >> 27
                        l = l << 1 & 0xFFFFFFF
                        g -= 1
                    if op == 2:
                        # Digits of 14 bits: a column of four products and what is carried stays below 2**31.
                        e += g - 1022
                        a = lo & 0x3FFF
                        lo >>= 14
                        b = hi & 0x3FFF
                        hi >>= 14
                        c = l & 0x3FFF
                        l >>= 14
                        d = h & 0x3FFF
                        h >>= 14
                        r = a * l + lo * c
                        g = a * c + ((r & 0x3FFF) << 14)
                        t = g & 0xFFFFFFF
                        g = (g >> 28) + (r >> 14) + a * d + b * c + lo * l
                        r = a * h + lo * d + b * l + hi * c
                        g += (r & 0x3FFF) << 14
                        t |= g & 0xFFFFFFF
                        g = (g >> 28) + (r >> 14) + lo * h + b * d + hi * l
                        r = b * h + hi * d
                        lo = g + ((r & 0x3FFF) << 14)
                        hi = hi * h + (r >> 14) + (lo >> 28)
                        lo &= 0xFFFFFFF
                        r = -1
                        if t:
                            lo |= 1
                        if hi < 0x8000000:
                            hi = hi << 1 | lo >> 27
                            lo = lo << 1 & 0xFFFFFFF
                            e -= 1
                    elif op == 3:
                        e += 1023 - g
                        if hi < h or (hi == h and lo < l):
                            hi = hi << 1 | lo >> 27
                            lo = lo << 1 & 0xFFFFFFF
                            e -= 1
                        lo -= l
                        hi += (lo >> 28) - h
                        lo &= 0xFFFFFFF
                        a = l & 0x3FFF
                        b = l >> 14
                        c = h & 0x3FFF
                        d = h >> 14
                        g = 0
                        r = 1
                        for _ in range(4):
                            # A digit of 14 bits, guessed by that of the divisor's first digit, at most two too large.
                            t = hi // d
                            if t > 0x3FFF:
                                t = 0x3FFF
                            hi = ((hi - t * d) << 14) + (lo >> 14) - t * c
                            lo = (lo & 0x3FFF) << 14
                            g = g << 14 | r >> 14
                            r = (r & 0x3FFF) << 14
                            lo -= t * a + ((t * b & 0x3FFF) << 14)
                            hi += (lo >> 28) - (t * b >> 14)
                            lo &= 0xFFFFFFF
                            while hi < 0:
                                t -= 1
                                lo += l
                                hi += h + (lo >> 28)
                                lo &= 0xFFFFFFF
                            r |= t
                        t = hi | lo | r & 1
                        hi = g >> 1
                        lo = (g & 1) << 27 | r >> 1
                        r = -1
                        if t:
                            lo |= 1
                    else:
                        # The root of a number whose first half has the root a: a half more of it is what remains
                        # divided by 2a, or one less. Twice, from 14 bits to 28 and to 55.
                        if e & 1:
                            lo = lo >> 1 | (hi & 1) << 27
                            hi >>= 1
                        e = (e + 1023) >> 1
                        a = b = 0
                        for _ in range(14):
                            b = b << 2 | hi >> 26
                            hi = (hi & 0x3FFFFFF) << 2
                            a = a << 1
                            t = a << 1 | 1
                            if b >= t:
                                b -= t
                                a |= 1
                        b = b << 14 | lo >> 14
                        t = b // (a << 1)
                        b = (b - (t * a << 1) << 14 | lo & 0x3FFF) - t * t
                        a = (a << 14) + t
                        if b < 0:
                            b += (a << 1) - 1
                            a -= 1
                        c = a >> 13
                        d = a & 0x1FFF
                        r = 0
                        for _ in range(2):
                            t = b // c
                            b = (b - t * c << 13) - t * d
                            while b < 0:
                                t -= 1
                                b += a
                            r = (r << 13) + t
                        c = r >> 14
                        d = r & 0x3FFF
                        t = c * d << 1
                        lo = d * d + ((t & 0x3FFF) << 14)
                        hi = c * c + (t >> 14) + (lo >> 28)
                        lo &= 0xFFFFFFF
                        t = lo | hi ^ b
                        if b < hi or (b == hi and lo):
                            r -= 1
                        hi = a + (r >> 27)
                        lo = r << 1 & 0xFFFFFFF
                        r = -1
                        if t:
                            lo |= 1
                    if e < 1:
                        if e < -56:
                            e = -56
                        while e < 1:
                            lo = lo >> 1 | lo & 1 | (hi & 1) << 27
                            hi >>= 1
                            e += 1
            if r < 0 and e > 0x7FE:
                r = infinity
            if r < 0:
                # The leading bit of the mantissa is added to the exponent, and so is what rounding carries.
                lo += 3 + (lo >> 3 & 1)
                hi += lo >> 28
                lo = (lo & 0xFFFFFFF) >> 3 | hi << 25
                r = ((e - 1) << 20) + (hi >> 7)
            else:
                lo = 0
                if r > infinity:
                    r = infinity + 0x80000
                    sign = 0
            t = p[1]
            cells[t] = lo
            cells[t + 1] = r | sign << 31
        else:
            t = p[3]
            l = cells[t]
            h = cells[t + 1]
            other = h >> 31 & 1
            hi ^= sign << 31
            h ^= other << 31
            # less: in the order in which -0 comes before 0
            less = 0
            if sign != other:
                less = sign
            elif hi != h:
                less = 1 if hi < h else 0
                less ^= sign
            elif lo != l:
                less = 1 if uint(lo) < uint(l) else 0
                less ^= sign
            r = 0
            if hi > infinity or h > infinity or (hi == infinity and lo != 0) or (h == infinity and l != 0):
                r = 2
            if op < 6:
                if r:
                    hi = infinity + 0x80000
                    lo = sign = 0
                elif less == op - 4:
                    hi = h
                    lo = l
                    sign = other
                t = p[1]
                cells[t] = lo
                cells[t + 1] = hi | sign << 31
            else:
                if r:
                    r = less = 0
                elif hi | lo | h | l == 0 or (hi == h and lo == l and sign == other):
                    r = 1
                    less = 0
                if op == 12:
                    r ^= 1
                elif op == 13:
                    r = less
                elif op == 14:
                    r |= less
                cells[p[1]] = r
        p = ptr8(int(p) + 8)
        if p[0] != 7 or ptr32(p)[1] >> 6 != 3:
            break
    state[0] = int(p) - code
    return 0
