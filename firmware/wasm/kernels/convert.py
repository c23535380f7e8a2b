"""Conversions between integers and floats, and between floats (spec section 4.3.4).

Each is two halves: the operand becomes a ``sign``, an exponent ``e`` and a mantissa of 56 bits, ``hi`` and
``lo`` of 28 each, whose first bit is set unless the number is zero and whose last stands for all below it;
then the result is made of these. A NaN that comes out is the canonical one.
"""

import micropython
from micropython import const

# Words of the state (core).
_PC = const(0)
_FP = const(1)
_ARG = const(6)
_CODE = const(12)
_CELLS = const(14)

_KERNEL = const(0x07)
_GROUP = const(4)
_PLACE = const(63)

# Places in the group. The first 16 truncate, and their bits tell how: _SATURATES or traps, to _WIDE or to
# narrow integers, from _DOUBLE or from single floats, to _UNSIGNED or to signed ones.
_FROM_INTEGER = const(16)
_SATURATES = const(8)
_WIDE = const(4)
_DOUBLE = const(2)
_UNSIGNED = const(1)
_DEMOTE = const(20)
_TO_DOUBLE = const(21)
_PROMOTE = const(25)

# 1 + their places among the traps of wasmc/image/isa.py.
_OVERFLOW = const(4)
_INVALID = const(5)

# Exponents beyond those of all floats: of infinities and of zeros.
_INFINITE = const(9999)
_ZERO = const(-9999)


@micropython.viper
def run(hi: int, lo: int, context):
    state = ptr32(hi << 4)
    code = state[_CODE] | state[_CODE + 1] << 32
    cells = ptr32((state[_CELLS] | state[_CELLS + 1] << 32) + state[_FP])
    p = ptr8(code + state[_PC])
    trap = 0
    while True:
        op = p[4] & _PLACE
        lo = cells[p[2]]
        nan = 0
        if op < _FROM_INTEGER or op == _DEMOTE or op == _PROMOTE:
            bias = 1023
            if op == _DEMOTE or op < _FROM_INTEGER and op & _DOUBLE:
                hi = cells[p[2] + 1]
                sign = hi >> 31 & 1
                e = hi >> 20 & 0x7FF
                hi = (hi & 0xFFFFF) << 7 | lo >> 25 & 0x7F
                lo = (lo & 0x1FFFFFF) << 3
            else:
                bias = 127
                sign = lo >> 31 & 1
                e = lo >> 23 & 0xFF
                hi = (lo & 0x7FFFFF) << 4
                lo = 0
            if e > bias << 1:
                if hi | lo:
                    nan = 1
                e = _INFINITE
            elif e:
                e -= bias
                hi |= 0x8000000
            else:
                e = 1 - bias
        else:
            # The bits of an integer beyond 56 are in t at first.
            t = op - _FROM_INTEGER
            if op >= _TO_DOUBLE:
                t = op - _TO_DOUBLE
            hi = 0
            if t > 1:
                hi = cells[p[2] + 1]
            elif not t and lo >> 31 & 1:
                hi = -1
            sign = 0
            if not t & _UNSIGNED:
                sign = hi >> 31 & 1
            t = hi >> 24 & 0xFF
            hi = (hi & 0xFFFFFF) << 4 | lo >> 28 & 15
            lo &= 0xFFFFFFF
            if sign:
                lo = -lo
                hi = (lo >> 28) - hi
                t = (hi >> 28) - t & 0xFF
                hi &= 0xFFFFFFF
                lo &= 0xFFFFFFF
            e = 55
            while t:
                lo = lo >> 1 | lo & 1 | (hi & 1) << 27
                hi = hi >> 1 | (t & 1) << 27
                t >>= 1
                e += 1
        if not hi:
            hi = lo
            lo = 0
            e -= 28
        if not hi:
            if e != _INFINITE - 28:
                e = _ZERO
        else:
            while not hi >> 20:
                hi = hi << 8 | lo >> 20
                lo = lo << 8 & 0xFFFFFFF
                e -= 8
            while not hi >> 27:
                hi = hi << 1 | lo >> 27
                lo = lo << 1 & 0xFFFFFFF
                e -= 1
        t = p[1]
        if op < _FROM_INTEGER:
            limit = 31 + (op & _UNSIGNED)
            if op & _WIDE:
                limit += 32
            if nan:
                if not op & _SATURATES:
                    trap = _INVALID
                    break
                lo = hi = 0
            elif e < 0:
                lo = hi = 0
            elif e >= limit or sign & op:
                if not op & _SATURATES:
                    # Only the least signed integer has as many bits as this.
                    trap = hi ^ 0x8000000 | (lo if op & _WIDE else lo >> 24)
                    if e != limit or not sign or op & _UNSIGNED or trap:
                        trap = _OVERFLOW
                        break
                lo = sign - 1
                hi = lo ^ (1 - (op & _UNSIGNED) << 31)
                if not op & _WIDE:
                    lo = hi
            else:
                # The integer is what begins the mantissa: its first e + 1 bits.
                top = hi
                if e < 32:
                    hi = 0
                    if e < 28:
                        lo = top >> (27 - e)
                    else:
                        lo = top << (e - 27) | lo >> (55 - e)
                else:
                    if e < 60:
                        hi = top >> (59 - e)
                    else:
                        hi = top << (e - 59) | lo >> (87 - e)
                    if e < 56:
                        lo = lo >> (55 - e) | top << (e - 27)
                    else:
                        lo = lo << (e - 55) | top << 14 << (e - 41)
                if sign:
                    cells[t] = lo
                    lo = -lo
                    hi = -hi
                    if cells[t]:
                        hi -= 1
            if op & _WIDE:
                cells[t + 1] = hi
        elif op < _TO_DOUBLE:
            if hi & 1 or lo:
                hi |= 2
            hi >>= 1
            e += 127
            if e < 1:
                e = 1 - e
                if e > 26:
                    e = 27
                lo = hi & ((1 << e) - 1)
                hi >>= e
                if lo:
                    hi |= 1
                e = 1
            # The leading bit of the mantissa is added to the exponent, and so is what rounding carries.
            lo = 255
            lo <<= 23
            if nan:
                lo += 0x400000
                sign = 0
            elif e < 255:
                lo = ((e - 1) << 23) + ((hi + 3 + (hi >> 3 & 1)) >> 3)
            lo |= sign << 31
        else:
            lo += 3 + (lo >> 3 & 1)
            hi += lo >> 28
            lo = (lo & 0xFFFFFFF) >> 3 | hi << 25
            hi = ((e + 1022) << 20) + (hi >> 7)
            if e == _ZERO:
                hi = lo = 0
            elif e > 1023:
                hi = 0x7FF
                hi <<= 20
                lo = 0
                if nan:
                    hi += 0x80000
                    sign = 0
            cells[t + 1] = hi | sign << 31
        cells[t] = lo
        p = ptr8(int(p) + 8)
        if p[0] != _KERNEL or ptr32(p)[1] >> 6 != _GROUP:
            break
    state[_PC] = int(p) - code
    state[_ARG] = trap
