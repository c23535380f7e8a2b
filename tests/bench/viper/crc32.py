"""CRC-32 with a table, which is made first; n times over 1 KiB."""

import micropython


@micropython.viper
def _table(memory):
    c = 0
    k = 0
    table = ptr32(memory)
    low = 0x7FFF  # a shift to the right is arithmetic
    low = low << 16 | 0xFFFF
    polynomial = 0xEDB8
    polynomial = polynomial << 16 | 0x8320
    i = 0
    while i < 256:
        c = i
        k = 8
        while k:
            k -= 1
            if c & 1:
                c = (c >> 1 & low) ^ polynomial
            else:
                c = c >> 1 & low
        table[i] = c
        i += 1


@micropython.viper
def _message(memory):
    data = ptr8(memory)
    i = 0
    while i < 1024:
        data[i] = i * 7 + 3
        i += 1


@micropython.viper
def _crc(n: int, memory, message, out):
    c = 0
    i = 0
    table = ptr32(memory)
    data = ptr8(message)
    low = (1 << 24) - 1
    c = -1
    while n > 0:
        n -= 1
        i = 0
        while i < 1024:
            c = table[(c ^ data[i]) & 255] ^ (c >> 8 & low)
            i += 1
    ptr32(out)[0] = c ^ -1


def run(n):
    table = bytearray(1024)
    _table(table)
    message = bytearray(1024)
    _message(message)
    out = bytearray(4)
    _crc(n, table, message, out)
    c = int.from_bytes(out, "little")
    return c - 0x100000000 if c & 0x80000000 else c
