"""SHA-256 of n bytes, 4096 at most; its first word."""

from array import array

import micropython

K = array(
    "I",
    (
        0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
        0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
        0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
        0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
        0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
        0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
        0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
        0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
    ),
)


@micropython.viper
def _block(message, at: int, state, schedule):
    # A word is kept in the low 32 bits; on 64-bit machines what is above it is cut where it would come down.
    a = 0
    e = 0
    w = ptr32(schedule)
    h = ptr32(state)
    p = ptr8(message)
    key = ptr32(K)
    word = (1 << 16) - 1
    word = word << 16 | word
    i = 0
    while i < 16:
        w[i] = p[at] << 24 | p[at + 1] << 16 | p[at + 2] << 8 | p[at + 3]
        at += 4
        i += 1
    m3 = (1 << 29) - 1
    m10 = (1 << 22) - 1
    m7 = (1 << 25) - 1
    m18 = (1 << 14) - 1
    m17 = (1 << 15) - 1
    m19 = (1 << 13) - 1
    while i < 64:
        a = w[i - 15]
        e = w[i - 2]
        x = (a >> 7 & m7 | a << 25) ^ (a >> 18 & m18 | a << 14) ^ (a >> 3 & m3)
        y = (e >> 17 & m17 | e << 15) ^ (e >> 19 & m19 | e << 13) ^ (e >> 10 & m10)
        w[i] = w[i - 16] + x + w[i - 7] + y
        i += 1
    a = h[0]
    b = h[1]
    c = h[2]
    d = h[3]
    e = h[4]
    f = h[5]
    g = h[6]
    k = h[7]
    m2 = (1 << 30) - 1
    m13 = (1 << 19) - 1
    m22 = (1 << 10) - 1
    m6 = (1 << 26) - 1
    m11 = (1 << 21) - 1
    i = 0
    while i < 64:
        x = (e >> 6 & m6 | e << 26) ^ (e >> 11 & m11 | e << 21) ^ (e >> 25 & 127 | e << 7)
        x += k + ((e & (f ^ g)) ^ g) + key[i] + w[i]
        y = (a >> 2 & m2 | a << 30) ^ (a >> 13 & m13 | a << 19) ^ (a >> 22 & m22 | a << 10)
        y += (a & b) ^ (a & c) ^ (b & c)
        k = g
        g = f
        f = e
        e = d + x & word
        d = c
        c = b
        b = a
        a = x + y & word
        i += 1
    h[0] += a
    h[1] += b
    h[2] += c
    h[3] += d
    h[4] += e
    h[5] += f
    h[6] += g
    h[7] += k


def run(n):
    h = array(
        "I",
        (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19),
    )
    data = bytearray(i * 7 + 3 & 0xFF for i in range(n))
    data.append(0x80)
    data.extend(bytes((56 - len(data)) % 64))
    data.extend((n * 8).to_bytes(8, "big"))
    w = array("I", bytes(256))
    for at in range(0, len(data), 64):
        _block(data, at, h, w)
    return h[0] - 0x100000000 if h[0] & 0x80000000 else h[0]
