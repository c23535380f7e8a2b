"""FNV-1a over bytes that are made first, n times."""


def run(n):
    data = bytearray(512)
    h = 2166136261
    for k in range(n):
        for i in range(512):
            data[i] = i * 13 + k & 0xFF
        for byte in data:
            h = (h ^ byte) * 16777619 & 0xFFFFFFFF
    return h - 0x100000000 if h & 0x80000000 else h
