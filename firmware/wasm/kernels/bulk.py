"""Bulk instructions on memory and tables (spec sections 4.4.6 and 4.4.7).

Bytes go in pieces that are in one piece of the board's RAM on both sides: all at once as a rule, those of one
block where memory is in blocks (sparse.py). In a piece they go by words, or halves, where both sides are aligned
alike or the processor doesn't mind; by words that are put together from two where it has machine code for that. No
Python runs but to make a block, and nothing is allocated but that. What moves bytes is written out where it is
used: a call takes as long as moving 300 of them.
"""

import micropython
from micropython import const

from ..core import INLINE_THUMB, TABLES, UNALIGNED, WIDE_WORD
from ..life import held

# Words of the state (core).
_PC = const(0)
_FP = const(1)
_ARG = const(6)
_CODE = const(12)
_CELLS = const(14)
_MEMORY = const(22)
_SIZE = const(2)  # in what MEMORY leads to, as the next
_DIRECTORY = const(3)
_TOKEN = const(0)  # in the context, as the next
_INSTANCE = const(3)
_MORE = const(19)
_MAKE = const(0)  # in what `more` is, as the next
_MOVE_UP = const(1)
_MOVE_DOWN = const(2)

# How the numbers of isa.py begin that are told apart here.
_INIT = const(0)
_COPY = const(1)
_FILL = const(2)
_ON_TABLES = const(3)  # more than on memory

_PLACE = const(63)
_GROUP = const(5)
_BEYOND_MEMORY = const(2)
_BEYOND_TABLE = const(10)
_BLOCK = const(1024)
_SIZE_OF_KERNEL = const(12)
_WORTH_A_CALL = const(64)  # bytes


def _make(instance, address):
    """Makes the block of a byte of memory."""
    held(instance.memory.blocks.make, address >> 10)


if INLINE_THUMB:
    from . import shifted

    more = (_make, shifted.up, shifted.down)
else:
    more = (_make,)


@micropython.viper
def run(p: int, f: int, context):
    s = ptr32(p << 4)
    p = s[_CODE]
    f = s[_CELLS]
    a = s[_MEMORY]
    if WIDE_WORD:
        p |= s[_CODE + 1] << 32
        f |= s[_CELLS + 1] << 32
        a |= s[_MEMORY + 1] << 32
    p += s[_PC]
    f += s[_FP]
    n = ptr8(p)[4] & _PLACE
    to = ptr32(f)[ptr8(p)[1]]
    source = ptr32(f)[ptr8(p)[2]]
    size = ptr32(f)[ptr8(p)[3]]
    # Bytes go to what begins at `base` on the board, and come from what begins at `origin`. Memory has the first
    # `flat` bytes there, and more of them in blocks, by the directory `t`.
    back = 0  # whether the last bytes go first
    whole = 1  # whether all of it is one piece
    if n < _ON_TABLES:
        t = ptr32(a)
        base = t[0]
        flat = t[_SIZE]
        a = t[_DIRECTORY]
        if WIDE_WORD:
            base |= t[1] << 32
            a |= t[_DIRECTORY + 1] << 32
        t = ptr32(a)
        word = 0  # what is written that comes from nowhere
        if n == _COPY:
            origin = base
            if uint(to - source) < uint(size):
                back = 1
            if uint(source) > uint(flat) or uint(size) > uint(flat - source):
                whole = 0
                i = t[0]
                if i == 0:
                    i = flat
                if uint(source) > uint(i) or uint(size) > uint(i - source):
                    s[_ARG] = _BEYOND_MEMORY
                    return
        elif n == _FILL:
            word = source & 0xFF
            word |= word << 8
            word |= word << 16
            origin = source = 0
        else:
            i = TABLES + (ptr16(p)[4] << 1)
            origin = s[i]
            if WIDE_WORD:
                origin |= s[i + 1] << 32
            i = ptr32(origin)[0]
            if uint(source) > uint(i) or uint(size) > uint(i - source):
                s[_ARG] = _BEYOND_MEMORY
                return
            origin += 4
        if uint(to) > uint(flat) or uint(size) > uint(flat - to):
            whole = 0
            i = t[0]
            if i == 0:
                i = flat
            if uint(to) > uint(i) or uint(size) > uint(i - to):
                s[_ARG] = _BEYOND_MEMORY
                return
    else:
        flat = 0
        word = source
        i = TABLES + (ptr16(p)[5 if n == _ON_TABLES + _INIT else 4] << 1)
        t = ptr32(s[i] | s[i + 1] << 32 if WIDE_WORD else s[i])
        base = t[0]
        if WIDE_WORD:
            base |= t[1] << 32
        i = ptr32(base)[0]
        if uint(to) > uint(i) or uint(size) > uint(i - to):
            s[_ARG] = _BEYOND_TABLE
            return
        if n == _ON_TABLES + _FILL:
            origin = source = 0
        else:
            i = TABLES + (ptr16(p)[4 if n == _ON_TABLES + _INIT else 5] << 1)
            origin = s[i]
            if WIDE_WORD:
                origin |= s[i + 1] << 32
            if n == _ON_TABLES + _COPY:
                if uint(to - source) < uint(size):
                    back = 1
                if WIDE_WORD:
                    origin = ptr32(origin)[0] | ptr32(origin)[1] << 32
                else:
                    origin = ptr32(origin)[0]
            i = ptr32(origin)[0]
            if uint(source) > uint(i) or uint(size) > uint(i - source):
                s[_ARG] = _BEYOND_TABLE
                return
            origin += 4
        base += 4  # the first word is the size
        to <<= 2
        source <<= 2
        size <<= 2
    while size:  # there may be no block at the end of memory
        # A piece of k bytes goes to p on the board, 0 where no block is yet, and comes from f, 0 for `word`.
        k = size
        p = to
        f = source
        if whole:
            p += base
            f += origin
        else:
            if back:
                p += k - 1
                f += k - 1
            # Each is where the piece begins, its last byte where it goes backwards, and i what there is of it.
            if n != _COPY:
                f += origin
            elif f < flat:
                i = f + 1 if back else flat - f
                if i < k:
                    k = i
                f += origin
            else:
                if WIDE_WORD:
                    i = 1 + (f >> 16) << 1
                    a = t[i] | t[i + 1] << 32
                    i = (f >> 10 & 63) << 1
                    a = ptr32(a)[i] | ptr32(a)[i + 1] << 32
                else:
                    a = t[1 + (f >> 16)]
                    a = ptr32(a)[f >> 10 & 63]
                f &= _BLOCK - 1
                i = f + 1 if back else _BLOCK - f
                if i < k:
                    k = i
                f = a + f if a else 0
            if p < flat:
                i = p + 1 if back else flat - p
                if i < k:
                    k = i
                p += base
            else:
                if WIDE_WORD:
                    i = 1 + (p >> 16) << 1
                    a = t[i] | t[i + 1] << 32
                    i = (p >> 10 & 63) << 1
                    a = ptr32(a)[i] | ptr32(a)[i + 1] << 32
                else:
                    a = t[1 + (p >> 16)]
                    a = ptr32(a)[p >> 10 & 63]
                p &= _BLOCK - 1
                i = p + 1 if back else _BLOCK - p
                if i < k:
                    k = i
                p = a + p if a else 0
            if back:
                if p:
                    p -= k - 1
                if f:
                    f -= k - 1
            if p == 0:
                # A block is only made for what is not zero.
                a = word
                i = k if f else 0
                while a == 0 and i:
                    i -= 1
                    a = ptr8(f)[i]
                if a:
                    context[_MORE + _GROUP][_MAKE](context[_INSTANCE], to + size - 1 if back else to)
                    continue
        size -= k
        if size and back == 0:
            to += k
            if n != _FILL:
                source += k
        if p == 0:
            pass
        elif f == 0:
            f = word  # which is in a register, as p is
            while k and p & 3:
                ptr8(p)[0] = f
                p += 1
                k -= 1
            while k >= 128:
                ptr32(p)[0] = f
                ptr32(p)[1] = f
                ptr32(p)[2] = f
                ptr32(p)[3] = f
                ptr32(p)[4] = f
                ptr32(p)[5] = f
                ptr32(p)[6] = f
                ptr32(p)[7] = f
                ptr32(p)[8] = f
                ptr32(p)[9] = f
                ptr32(p)[10] = f
                ptr32(p)[11] = f
                ptr32(p)[12] = f
                ptr32(p)[13] = f
                ptr32(p)[14] = f
                ptr32(p)[15] = f
                ptr32(p)[16] = f
                ptr32(p)[17] = f
                ptr32(p)[18] = f
                ptr32(p)[19] = f
                ptr32(p)[20] = f
                ptr32(p)[21] = f
                ptr32(p)[22] = f
                ptr32(p)[23] = f
                ptr32(p)[24] = f
                ptr32(p)[25] = f
                ptr32(p)[26] = f
                ptr32(p)[27] = f
                ptr32(p)[28] = f
                ptr32(p)[29] = f
                ptr32(p)[30] = f
                ptr32(p)[31] = f
                p += 128
                k -= 128
            while k >= 32:
                ptr32(p)[0] = f
                ptr32(p)[1] = f
                ptr32(p)[2] = f
                ptr32(p)[3] = f
                ptr32(p)[4] = f
                ptr32(p)[5] = f
                ptr32(p)[6] = f
                ptr32(p)[7] = f
                p += 32
                k -= 32
            while k >= 4:
                ptr32(p)[0] = f
                p += 4
                k -= 4
            while k:
                ptr8(p)[0] = f
                p += 1
                k -= 1
        elif back:
            p += k
            f += k
            while k and p & 3:
                p -= 1
                f -= 1
                ptr8(p)[0] = ptr8(f)[0]
                k -= 1
            if UNALIGNED or f & 3 == 0:
                while k >= 128:
                    p -= 128
                    f -= 128
                    ptr32(p)[31] = ptr32(f)[31]
                    ptr32(p)[30] = ptr32(f)[30]
                    ptr32(p)[29] = ptr32(f)[29]
                    ptr32(p)[28] = ptr32(f)[28]
                    ptr32(p)[27] = ptr32(f)[27]
                    ptr32(p)[26] = ptr32(f)[26]
                    ptr32(p)[25] = ptr32(f)[25]
                    ptr32(p)[24] = ptr32(f)[24]
                    ptr32(p)[23] = ptr32(f)[23]
                    ptr32(p)[22] = ptr32(f)[22]
                    ptr32(p)[21] = ptr32(f)[21]
                    ptr32(p)[20] = ptr32(f)[20]
                    ptr32(p)[19] = ptr32(f)[19]
                    ptr32(p)[18] = ptr32(f)[18]
                    ptr32(p)[17] = ptr32(f)[17]
                    ptr32(p)[16] = ptr32(f)[16]
                    ptr32(p)[15] = ptr32(f)[15]
                    ptr32(p)[14] = ptr32(f)[14]
                    ptr32(p)[13] = ptr32(f)[13]
                    ptr32(p)[12] = ptr32(f)[12]
                    ptr32(p)[11] = ptr32(f)[11]
                    ptr32(p)[10] = ptr32(f)[10]
                    ptr32(p)[9] = ptr32(f)[9]
                    ptr32(p)[8] = ptr32(f)[8]
                    ptr32(p)[7] = ptr32(f)[7]
                    ptr32(p)[6] = ptr32(f)[6]
                    ptr32(p)[5] = ptr32(f)[5]
                    ptr32(p)[4] = ptr32(f)[4]
                    ptr32(p)[3] = ptr32(f)[3]
                    ptr32(p)[2] = ptr32(f)[2]
                    ptr32(p)[1] = ptr32(f)[1]
                    ptr32(p)[0] = ptr32(f)[0]
                    k -= 128
                while k >= 32:
                    p -= 32
                    f -= 32
                    ptr32(p)[7] = ptr32(f)[7]
                    ptr32(p)[6] = ptr32(f)[6]
                    ptr32(p)[5] = ptr32(f)[5]
                    ptr32(p)[4] = ptr32(f)[4]
                    ptr32(p)[3] = ptr32(f)[3]
                    ptr32(p)[2] = ptr32(f)[2]
                    ptr32(p)[1] = ptr32(f)[1]
                    ptr32(p)[0] = ptr32(f)[0]
                    k -= 32
                while k >= 4:
                    p -= 4
                    f -= 4
                    ptr32(p)[0] = ptr32(f)[0]
                    k -= 4
            elif INLINE_THUMB and k >= _WORTH_A_CALL:
                a = k & -16
                context[_MORE + _GROUP][_MOVE_DOWN](p >> 2, f - p, a >> 2)
                p -= a
                f -= a
                k -= a
            elif f & 1 == 0:
                while k >= 16:
                    p -= 16
                    f -= 16
                    ptr16(p)[7] = ptr16(f)[7]
                    ptr16(p)[6] = ptr16(f)[6]
                    ptr16(p)[5] = ptr16(f)[5]
                    ptr16(p)[4] = ptr16(f)[4]
                    ptr16(p)[3] = ptr16(f)[3]
                    ptr16(p)[2] = ptr16(f)[2]
                    ptr16(p)[1] = ptr16(f)[1]
                    ptr16(p)[0] = ptr16(f)[0]
                    k -= 16
            while k >= 8:
                p -= 8
                f -= 8
                ptr8(p)[7] = ptr8(f)[7]
                ptr8(p)[6] = ptr8(f)[6]
                ptr8(p)[5] = ptr8(f)[5]
                ptr8(p)[4] = ptr8(f)[4]
                ptr8(p)[3] = ptr8(f)[3]
                ptr8(p)[2] = ptr8(f)[2]
                ptr8(p)[1] = ptr8(f)[1]
                ptr8(p)[0] = ptr8(f)[0]
                k -= 8
            while k:
                p -= 1
                f -= 1
                ptr8(p)[0] = ptr8(f)[0]
                k -= 1
        else:
            while k and p & 3:
                ptr8(p)[0] = ptr8(f)[0]
                p += 1
                f += 1
                k -= 1
            if UNALIGNED or f & 3 == 0:
                while k >= 128:
                    ptr32(p)[0] = ptr32(f)[0]
                    ptr32(p)[1] = ptr32(f)[1]
                    ptr32(p)[2] = ptr32(f)[2]
                    ptr32(p)[3] = ptr32(f)[3]
                    ptr32(p)[4] = ptr32(f)[4]
                    ptr32(p)[5] = ptr32(f)[5]
                    ptr32(p)[6] = ptr32(f)[6]
                    ptr32(p)[7] = ptr32(f)[7]
                    ptr32(p)[8] = ptr32(f)[8]
                    ptr32(p)[9] = ptr32(f)[9]
                    ptr32(p)[10] = ptr32(f)[10]
                    ptr32(p)[11] = ptr32(f)[11]
                    ptr32(p)[12] = ptr32(f)[12]
                    ptr32(p)[13] = ptr32(f)[13]
                    ptr32(p)[14] = ptr32(f)[14]
                    ptr32(p)[15] = ptr32(f)[15]
                    ptr32(p)[16] = ptr32(f)[16]
                    ptr32(p)[17] = ptr32(f)[17]
                    ptr32(p)[18] = ptr32(f)[18]
                    ptr32(p)[19] = ptr32(f)[19]
                    ptr32(p)[20] = ptr32(f)[20]
                    ptr32(p)[21] = ptr32(f)[21]
                    ptr32(p)[22] = ptr32(f)[22]
                    ptr32(p)[23] = ptr32(f)[23]
                    ptr32(p)[24] = ptr32(f)[24]
                    ptr32(p)[25] = ptr32(f)[25]
                    ptr32(p)[26] = ptr32(f)[26]
                    ptr32(p)[27] = ptr32(f)[27]
                    ptr32(p)[28] = ptr32(f)[28]
                    ptr32(p)[29] = ptr32(f)[29]
                    ptr32(p)[30] = ptr32(f)[30]
                    ptr32(p)[31] = ptr32(f)[31]
                    p += 128
                    f += 128
                    k -= 128
                while k >= 32:
                    ptr32(p)[0] = ptr32(f)[0]
                    ptr32(p)[1] = ptr32(f)[1]
                    ptr32(p)[2] = ptr32(f)[2]
                    ptr32(p)[3] = ptr32(f)[3]
                    ptr32(p)[4] = ptr32(f)[4]
                    ptr32(p)[5] = ptr32(f)[5]
                    ptr32(p)[6] = ptr32(f)[6]
                    ptr32(p)[7] = ptr32(f)[7]
                    p += 32
                    f += 32
                    k -= 32
                while k >= 4:
                    ptr32(p)[0] = ptr32(f)[0]
                    p += 4
                    f += 4
                    k -= 4
            elif INLINE_THUMB and k >= _WORTH_A_CALL:
                a = k & -16
                context[_MORE + _GROUP][_MOVE_UP](p >> 2, f - p, a >> 2)
                p += a
                f += a
                k -= a
            elif f & 1 == 0:
                while k >= 16:
                    ptr16(p)[0] = ptr16(f)[0]
                    ptr16(p)[1] = ptr16(f)[1]
                    ptr16(p)[2] = ptr16(f)[2]
                    ptr16(p)[3] = ptr16(f)[3]
                    ptr16(p)[4] = ptr16(f)[4]
                    ptr16(p)[5] = ptr16(f)[5]
                    ptr16(p)[6] = ptr16(f)[6]
                    ptr16(p)[7] = ptr16(f)[7]
                    p += 16
                    f += 16
                    k -= 16
            while k >= 8:
                ptr8(p)[0] = ptr8(f)[0]
                ptr8(p)[1] = ptr8(f)[1]
                ptr8(p)[2] = ptr8(f)[2]
                ptr8(p)[3] = ptr8(f)[3]
                ptr8(p)[4] = ptr8(f)[4]
                ptr8(p)[5] = ptr8(f)[5]
                ptr8(p)[6] = ptr8(f)[6]
                ptr8(p)[7] = ptr8(f)[7]
                p += 8
                f += 8
                k -= 8
            while k:
                ptr8(p)[0] = ptr8(f)[0]
                p += 1
                f += 1
                k -= 1
    s[_PC] += _SIZE_OF_KERNEL
