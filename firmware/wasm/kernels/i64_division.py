"""Division of 64-bit integers (spec section 4.3.2), for i64.py, whose words on numbers hold here too."""

import micropython
from micropython import const

# Words of the state (core).
_PC = const(0)
_FP = const(1)
_ARG = const(6)
_CODE = const(12)
_CELLS = const(14)

# Numbers in the group "i64" of isa.py: division signed and unsigned, then the same for the remainder.
_DIV_S = const(3)
_REM_S = const(5)
_PLACE = const(63)

# 1 + their places among the traps of wasmc/image/isa.py.
_BY_ZERO = const(3)
_OVERFLOW = const(4)


@micropython.viper
def divide(p: int, f: int, context):
    """Does the division at PC and leaves PC there; ARG as kernels do (__init__.py)."""
    s = ptr32(p << 4)
    p = (s[_CODE] | s[_CODE + 1] << 32) + s[_PC]
    f = (s[_CELLS] | s[_CELLS + 1] << 32) + s[_FP]
    top = 1
    top <<= 31
    m = top + top - 1
    a = ptr8(p)[2]
    x = ptr32(f)[a]
    xh = ptr32(f)[a + 1]
    a = ptr8(p)[3]
    y = ptr32(f)[a]
    yh = ptr32(f)[a + 1]
    n = ptr8(p)[4] & _PLACE
    if y | yh == 0:
        s[_ARG] = _BY_ZERO
        return
    minus = 0  # bit 0: the remainder is negative, bit 1: the quotient is
    if n == _DIV_S or n == _REM_S:
        if xh & top:
            minus = 3
            x = (0 - x) & m
            xh ^= m
            if x == 0:
                xh = (xh + 1) & m
        if yh & top:
            minus ^= 2
            y = (0 - y) & m
            yh ^= m
            if y == 0:
                yh = (yh + 1) & m
    q = 0
    qh = 0
    if xh | yh == 0:
        # The divider is signed: half of x goes in, and the quotient is then right or one too small.
        if y & top == 0:
            q = (int(uint(x) >> 1) // y) << 1
        if uint(x - q * y) >= uint(y):
            q += 1
        x -= q * y
    elif yh == 0 and int(uint(y) >> 15) == 0:
        # Digits of 16 bits; those of the quotient move into x as its own move out.
        k = 4
        while k:
            qh = (q << 16) | int(uint(xh) >> 16)
            q = qh // y
            xh = ((xh << 16) | int(uint(x) >> 16)) & m
            x = ((x << 16) | q) & m
            q = qh - q * y
            k -= 1
        k = q
        q = x
        qh = xh
        x = k
        xh = 0
    else:
        # Bit by bit, from where the highest bits of both are in one place.
        k = 1
        if yh == 0 and uint(xh) >= uint(y):
            yh = y
            y = 0
            k = 33
        while yh & top == 0 and (uint(yh) < uint(xh) or (yh == xh and uint(y) <= uint(x))):
            yh = (yh << 1) | int(uint(y) >> 31)
            y = (y << 1) & m
            k += 1
        while k:
            qh = (qh << 1) | int(uint(q) >> 31)
            q = (q << 1) & m
            if uint(yh) < uint(xh) or (yh == xh and uint(y) <= uint(x)):
                xh -= yh
                if uint(x) < uint(y):
                    xh -= 1
                x = (x - y) & m
                q |= 1
            y = int(uint(y) >> 1) | ((yh << 31) & m)
            yh = int(uint(yh) >> 1)
            k -= 1
    if n < _REM_S:
        if n == _DIV_S and minus & 2 == 0 and qh & top:
            s[_ARG] = _OVERFLOW
            return
        x = q
        xh = qh
        minus >>= 1
    if minus & 1:
        x = 0 - x
        xh = 0 - xh
        if x:
            xh -= 1
    a = ptr8(p)[1]
    ptr32(f)[a] = x
    ptr32(f)[a + 1] = xh
