"""CRC-32 with a table, which is made first; n times over 1 KiB."""

from array import array


def make_table():
    table = array("I")
    for i in range(256):
        c = i
        for _ in range(8):
            c = 0xEDB88320 ^ (c >> 1) if c & 1 else c >> 1
        table.append(c)
    return table


def run(n):
    table = make_table()
    data = bytes(i * 7 + 3 & 0xFF for i in range(1024))
    c = 0xFFFFFFFF
    for _ in range(n):
        for byte in data:
            c = table[(c ^ byte) & 0xFF] ^ (c >> 8)
    c ^= 0xFFFFFFFF
    return c - 0x100000000 if c & 0x80000000 else c
