"""Two generators of random numbers of 64 bits, the first feeding the second, n rounds."""

from micropython import const

_MASK = const(0xFFFFFFFFFFFFFFFF)


def run(n):
    s = 0x9E3779B97F4A7C15
    x = 1
    for _ in range(n):
        x = x * 6364136223846793005 + 1442695040888963407 & _MASK
        s ^= s >> 12
        s ^= s << 25 & _MASK
        s ^= s >> 27
        s = s + (x >> 33) & _MASK
    s = s * 2685821657736338717 >> 32 & 0xFFFFFFFF
    return s - 0x100000000 if s & 0x80000000 else s
