"""Arithmetic of f64 (spec section 4.3.3) on the bits of the numbers. A NaN that comes out is the canonical one.

A finite number is worked on as ``sign``, exponent ``e`` and a mantissa of 56 bits, ``hi`` and ``lo`` of 28 each:
the 53 bits of the format and three to round by, of which the lowest stands for all below it. Nothing that
counts goes beyond 31 bits, so that signed words of 32 bits and of 64 give the same results.
"""

import micropython
from micropython import const

from ..core import MORE
from ..life import held

# Words of the state (core).
_PC = const(0)
_FP = const(1)
_CODE = const(12)
_CELLS = const(14)
_TOKEN = const(0)  # in the context, as the next
_MORE = const(19)

_GROUP = const(3)
_PLACE = const(63)

# Places in the group, and bits by which the first ones are known: not of add, sub, mul, div; not of add, sub.
_SCARCE = const(12)
_NOT_SUM = const(14)
_MUL = const(2)
_DIV = const(3)
_MIN = const(4)
_MAX = const(5)
_SQRT = const(6)
_NEAREST = const(10)
_NE = const(12)
_LT = const(13)
_LE = const(14)

# Plain instructions that stand between these are done here: the way back is longer than they are.
_KERNEL = const(0x07)
_COPY2 = const(0x19)
_CONST2 = const(0x1A)


def more(token, zero, context):
    """Imports what fewer modules need, when they do."""
    held(_import, context)
    context[MORE + _GROUP](token, zero, context)


def _import(context):
    from .f64_unary import unary

    context[MORE + _GROUP] = unary


@micropython.viper
def run(hi: int, lo: int, context):
    state = ptr32(hi << 4)
    code = state[_CODE] | state[_CODE + 1] << 32
    cells = ptr32((state[_CELLS] | state[_CELLS + 1] << 32) + state[_FP])
    p = ptr8(code + state[_PC])
    all28 = 0xFFFFFFF
    all14 = 0x3FFF
    one = 0x8000000
    infinity = 0x7FF
    infinity <<= 20
    while True:
        op = p[4] & _PLACE
        t = p[2]
        lo = cells[t]
        hi = cells[t + 1]
        sign = hi >> 31 & 1
        if not op & _SCARCE:
            t = p[3]
            low = cells[t]
            high = cells[t + 1]
            other = high >> 31 & 1
            e = hi >> 20 & 0x7FF
            hi = (hi & 0xFFFFF) << 7 | lo >> 25 & 0x7F
            lo = (lo & 0x1FFFFFF) << 3
            g = high >> 20 & 0x7FF
            high = (high & 0xFFFFF) << 7 | low >> 25 & 0x7F
            low = (low & 0x1FFFFFF) << 3
            r = -1
            if not op & _NOT_SUM:
                other ^= op
            else:
                sign ^= other
            if (e + 1 | g + 1) & 0x800:
                r = infinity
                if (e == 0x7FF and hi | lo) or (g == 0x7FF and high | low):
                    r += 1
                elif not op & _NOT_SUM:
                    if e == g:
                        if sign != other:
                            r += 1
                    elif g == 0x7FF:
                        sign = other
                elif op == _MUL:
                    if e | hi | lo == 0 or g | high | low == 0:
                        r += 1
                elif e == g:
                    r += 1
                elif g == 0x7FF:
                    r = 0
            else:
                if e:
                    hi |= one
                else:
                    e = 1
                if g:
                    high |= one
                else:
                    g = 1
                if not op & _NOT_SUM:
                    g = e - g
                    if g >> 31:
                        e -= g
                        g = -g
                        t = hi
                        hi = high
                        high = t
                        t = lo
                        lo = low
                        low = t
                        t = sign
                        sign = other
                        other = t
                    if g:
                        t = 0
                        if g > 27:
                            t = low
                            low = high
                            high = 0
                            g -= 28
                            if g > 27:
                                g = 28
                        t |= low & ((1 << g) - 1)
                        low = low >> g | high << (28 - g) & all28
                        high >>= g
                        if t:
                            low |= 1
                    if sign == other:
                        lo += low
                        hi += high + (lo >> 28)
                        lo &= all28
                        if hi >> 28:
                            lo = lo >> 1 | lo & 1 | (hi & 1) << 27
                            hi >>= 1
                            e += 1
                    else:
                        lo -= low
                        hi += (lo >> 28) - high
                        lo &= all28
                        if hi >> 31:
                            sign = other
                            lo = 0x10000000 - lo
                            hi = (lo >> 28) - 1 - hi
                            lo &= all28
                        if not hi:
                            if not lo:
                                sign = 0
                                e = 1
                            elif e > 28:
                                hi = lo
                                lo = 0
                                e -= 28
                        while not hi >> 20 and e > 8:
                            hi = hi << 8 | lo >> 20
                            lo = lo << 8 & all28
                            e -= 8
                        while not hi & one and e > 1:
                            hi = hi << 1 | lo >> 27
                            lo = lo << 1 & all28
                            e -= 1
                elif not hi | lo or not high | low:
                    r = 0
                    if op == _DIV and not high | low:
                        r = infinity
                        if not hi | lo:
                            r += 1
                else:
                    while not hi & one:
                        hi = hi << 1 | lo >> 27
                        lo = lo << 1 & all28
                        e -= 1
                    while not high & one:
                        high = high << 1 | low >> 27
                        low = low << 1 & all28
                        g -= 1
                    if op == _MUL:
                        # Digits of 14 bits: a column of four products and what is carried stays below 2**31.
                        e += g - 1022
                        a = lo & all14
                        lo >>= 14
                        b = hi & all14
                        hi >>= 14
                        c = low & all14
                        low >>= 14
                        d = high & all14
                        high >>= 14
                        r = a * low + lo * c
                        g = a * c + ((r & all14) << 14)
                        t = g & all28
                        g = (g >> 28) + (r >> 14) + a * d + b * c + lo * low
                        r = a * high + lo * d + b * low + hi * c
                        g += (r & all14) << 14
                        t |= g & all28
                        g = (g >> 28) + (r >> 14) + lo * high + b * d + hi * low
                        r = b * high + hi * d
                        lo = g + ((r & all14) << 14)
                        hi = hi * high + (r >> 14) + (lo >> 28)
                        lo &= all28
                        r = -1
                    else:
                        e += 1023 - g
                        a = low & all14
                        b = low >> 14
                        c = high & all14
                        d = high >> 14
                        g = 0
                        r = 0
                        if hi > high or (hi == high and lo >= low):
                            lo -= low
                            hi += (lo >> 28) - high
                            lo &= all28
                            r = 1
                        for _ in range(4):
                            # A digit of 14 bits: as the divisor's first digit makes it, or up to two less.
                            t = hi // d
                            if t > all14:
                                t = all14
                            hi = ((hi - t * d) << 14) + (lo >> 14) - t * c
                            lo = (lo & all14) << 14
                            g = g << 14 | r >> 14
                            r = (r & all14) << 14
                            lo -= t * a + ((t * b & all14) << 14)
                            hi += (lo >> 28) - (t * b >> 14)
                            lo &= all28
                            while hi >> 31:
                                t -= 1
                                lo += low
                                hi += high + (lo >> 28)
                                lo &= all28
                            r |= t
                        t = hi | lo | r & 1
                        hi = g >> 1
                        lo = (g & 1) << 27 | r >> 1
                        r = -1
                    if t:
                        lo |= 1
                    if not hi & one:
                        hi = hi << 1 | lo >> 27
                        lo = lo << 1 & all28
                        e -= 1
                    if e < 1:
                        if e < -56:
                            e = -56
                        while e < 1:
                            lo = lo >> 1 | lo & 1 | (hi & 1) << 27
                            hi >>= 1
                            e += 1
            if r >> 31 and e > 0x7FE:
                r = infinity
            if r >> 31:
                # The leading bit of the mantissa is added to the exponent, and so is what rounding carries.
                lo += 3 + (lo >> 3 & 1)
                hi += lo >> 28
                lo = (lo & all28) >> 3 | hi << 25
                r = ((e - 1) << 20) + (hi >> 7)
            else:
                lo = 0
                if r > infinity:
                    r = infinity + 0x80000
                    sign = 0
            t = p[1]
            cells[t] = lo
            cells[t + 1] = r | sign << 31
        elif op >= _SQRT and op <= _NEAREST:
            state[_PC] = int(p) - code
            context[_MORE + _GROUP](context[_TOKEN], 0, context)
        else:
            t = p[3]
            low = cells[t]
            high = cells[t + 1]
            other = high >> 31 & 1
            hi ^= sign << 31
            high ^= other << 31
            # less: in the order in which -0 comes before 0
            less = sign
            if sign == other and (hi < high or (hi == high and uint(lo) < uint(low))):
                less ^= 1
            r = 0
            if hi > infinity or high > infinity or (hi == infinity and lo != 0) or (high == infinity and low != 0):
                r = 2
            if op <= _MAX:
                if r:
                    hi = infinity + 0x80000
                    lo = sign = 0
                elif less == op - _MIN:
                    hi = high
                    lo = low
                    sign = other
                t = p[1]
                cells[t] = lo
                cells[t + 1] = hi | sign << 31
            else:
                if r:
                    r = less = 0
                elif not hi | lo | high | low or (hi == high and lo == low and sign == other):
                    r = 1
                    less = 0
                if op == _NE:
                    r ^= 1
                elif op == _LT:
                    r = less
                elif op == _LE:
                    r |= less
                cells[p[1]] = r
        p = ptr8(int(p) + 8)
        while True:
            op = p[0]
            if op == _KERNEL:
                break
            t = p[1]
            if op == _CONST2:
                cells[t] = ptr32(p)[1]
                cells[t + 1] = ptr32(p)[2]
                p = ptr8(int(p) + 8)
            elif op == _COPY2:
                r = cells[p[2] + 1]
                cells[t] = cells[p[2]]
                cells[t + 1] = r
            else:
                break
            p = ptr8(int(p) + 4)
        if op != _KERNEL or ptr32(p)[1] >> 6 != _GROUP:
            break
    state[_PC] = int(p) - code
