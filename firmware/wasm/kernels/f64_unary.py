"""Square root and the roundings to an integer of f64 (spec section 4.3.3), on numbers taken apart as in f64.py."""

import micropython
from micropython import const

# Words of the state (core).
_PC = const(0)
_FP = const(1)
_CODE = const(12)
_CELLS = const(14)

_PLACE = const(63)

# Places in the group.
_SQRT = const(6)
_CEIL = const(7)
_NEAREST = const(10)


@micropython.viper
def unary(hi: int, lo: int, context):
    state = ptr32(hi << 4)
    cells = ptr32((state[_CELLS] | state[_CELLS + 1] << 32) + state[_FP])
    p = ptr8((state[_CODE] | state[_CODE + 1] << 32) + state[_PC])
    all28 = 0xFFFFFFF
    one = 0x8000000
    infinity = 0x7FF
    infinity <<= 20
    op = p[4] & _PLACE
    t = p[2]
    lo = cells[t]
    hi = cells[t + 1]
    sign = hi >> 31 & 1
    e = hi >> 20 & 0x7FF
    hi = (hi & 0xFFFFF) << 7 | lo >> 25 & 0x7F
    lo = (lo & 0x1FFFFFF) << 3
    r = -1
    if not e | hi | lo:
        r = 0
    elif e == 0x7FF and hi | lo or sign and op == _SQRT:
        r = infinity + 0x80000
        sign = 0
    elif e == 0x7FF:
        r = infinity
    elif op == _SQRT:
        if e:
            hi |= one
        else:
            e = 1
        while not hi & one:
            hi = hi << 1 | lo >> 27
            lo = lo << 1 & all28
            e -= 1
        # Of the root of a number, let a be the root of the first half: the rest is the remainder divided by 2a,
        # or one less. Twice, from 14 bits to 28 and to 55.
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
        g = 0
        for _ in range(2):
            t = b // c
            b = (b - t * c << 13) - t * d
            while b < 0:
                t -= 1
                b += a
            g = (g << 13) + t
        c = g >> 14
        d = g & 0x3FFF
        t = c * d << 1
        lo = d * d + ((t & 0x3FFF) << 14)
        hi = c * c + (t >> 14) + (lo >> 28)
        lo &= all28
        t = lo | hi ^ b
        if b < hi or (b == hi and lo):
            g -= 1
        hi = a + (g >> 27)
        lo = g << 1 & all28
        if t:
            lo |= 1
    elif e < 1023:
        # Between -1 and 1.
        r = 0
        if op == _CEIL + sign or op == _NEAREST and e == 1022 and hi | lo:
            r = 1023 << 20
    elif e < 1075:
        # The fraction's bits, as far as they are in c and d, give way.
        hi |= one
        t = 1078 - e
        c = 0
        if t > 27:
            t -= 28
            c = (1 << t) - 1
            d = all28
            g = hi >> t
        else:
            d = (1 << t) - 1
            g = lo >> t
        if op == _NEAREST:
            lo += (d >> 1 | (c & 1) << 27) + (g & 1)
            hi += c >> 1
        elif op == _CEIL + sign:
            lo += d
            hi += c
        hi = hi + (lo >> 28) & -1 - c
        lo &= all28 - d
    else:
        hi |= one
    if r >> 31:
        lo += 3 + (lo >> 3 & 1)
        hi += lo >> 28
        r = ((e - 1) << 20) + (hi >> 7)
        lo = (lo & all28) >> 3 | hi << 25
    else:
        lo = 0
    t = p[1]
    cells[t] = lo
    cells[t + 1] = r | sign << 31
