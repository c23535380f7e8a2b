"""SHA-256 of n bytes, 4096 at most; its first word."""

from array import array

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


def block(data, at, h, w):
    # A rotation is left with bits above the word: sums are cut to 32 bits once, when they are complete.
    for i in range(16):
        w[i] = int.from_bytes(data[at + 4 * i : at + 4 * i + 4], "big")
    for i in range(16, 64):
        a = w[i - 15]
        b = w[i - 2]
        low = (a >> 7 | a << 25) ^ (a >> 18 | a << 14) ^ a >> 3
        high = (b >> 17 | b << 15) ^ (b >> 19 | b << 13) ^ b >> 10
        w[i] = w[i - 16] + low + w[i - 7] + high & 0xFFFFFFFF
    a, b, c, d, e, f, g, k = h
    for i in range(64):
        x = k + ((e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + w[i]
        y = ((a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)) + (a & b ^ a & c ^ b & c)
        k = g
        g = f
        f = e
        e = d + x & 0xFFFFFFFF
        d = c
        c = b
        b = a
        a = x + y & 0xFFFFFFFF
    for i, value in enumerate((a, b, c, d, e, f, g, k)):
        h[i] = h[i] + value & 0xFFFFFFFF


def run(n):
    h = [
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    ]
    data = bytearray(i * 7 + 3 & 0xFF for i in range(n))
    data.append(0x80)
    data.extend(bytes((56 - len(data)) % 64))
    data.extend((n * 8).to_bytes(8, "big"))
    w = array("I", bytes(256))
    for at in range(0, len(data), 64):
        block(data, at, h, w)
    return h[0] - 0x100000000 if h[0] & 0x80000000 else h[0]
