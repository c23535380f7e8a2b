"""Algorithms that the standard library lacks, written from their specifications to be read, not to be fast."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _rotated(value: int, by: int, bits: int) -> int:
    return (value << by | value >> bits - by) & (1 << bits) - 1


def siphash24(key: bytes, data: bytes) -> int:
    """SipHash-2-4 (Aumasson and Bernstein, 2012)."""
    mask = (1 << 64) - 1
    halves = [int.from_bytes(key[i : i + 8], "little") for i in (0, 8)]
    first = [int.from_bytes(b"somepseudorandomlygeneratedbytes"[i : i + 8], "big") for i in (0, 8, 16, 24)]
    v = [half ^ word for half, word in zip(halves * 2, first, strict=True)]

    def rounds(count: int) -> None:
        for _ in range(count):
            for a, b, shift, high in ((0, 1, 13, 32), (2, 3, 16, 0), (0, 3, 21, 0), (2, 1, 17, 32)):
                v[a] = v[a] + v[b] & mask
                v[b] = _rotated(v[b], shift, 64) ^ v[a]
                v[a] = _rotated(v[a], high, 64) if high else v[a]

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 0xFF])
    for i in range(0, len(padded), 8):
        word = int.from_bytes(padded[i : i + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def murmur3_32(data: bytes, seed: int) -> int:
    """MurmurHash3_x86_32 (Appleby)."""
    mask = (1 << 32) - 1

    def scrambled(word: int) -> int:
        return _rotated(word * 0xCC9E2D51 & mask, 15, 32) * 0x1B873593 & mask

    whole = len(data) & ~3
    value = seed
    for i in range(0, whole, 4):
        value ^= scrambled(int.from_bytes(data[i : i + 4], "little"))
        value = _rotated(value, 13, 32) * 5 + 0xE6546B64 & mask
    value ^= scrambled(int.from_bytes(data[whole:], "little")) ^ len(data)
    value = (value ^ value >> 16) * 0x85EBCA6B & mask
    value = (value ^ value >> 13) * 0xC2B2AE35 & mask
    return value ^ value >> 16


_XXH32 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1
_XXH64 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def xxh32(data: bytes, seed: int) -> int:
    """XXH32 (xxHash's specification 0.1.1)."""
    mask = (1 << 32) - 1
    p1, p2, p3, p4, p5 = _XXH32
    lanes = [seed + p1 + p2, seed + p2, seed, seed - p1]
    at = 0
    while at + 16 <= len(data):
        for i in range(4):
            word = int.from_bytes(data[at + 4 * i : at + 4 * i + 4], "little")
            lanes[i] = _rotated(lanes[i] + word * p2 & mask, 13, 32) * p1 & mask
        at += 16
    value = seed + p5
    if len(data) >= 16:
        value = sum(_rotated(lane, by, 32) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True))
    value += len(data)
    while at + 4 <= len(data):
        value = _rotated(value + int.from_bytes(data[at : at + 4], "little") * p3 & mask, 17, 32) * p4
        at += 4
    for byte in data[at:]:
        value = _rotated(value + byte * p5 & mask, 11, 32) * p1
    value &= mask
    value = (value ^ value >> 15) * p2 & mask
    value = (value ^ value >> 13) * p3 & mask
    return value ^ value >> 16


def xxh64(data: bytes, seed: int) -> int:
    """XXH64 (xxHash's specification 0.1.1)."""
    mask = (1 << 64) - 1
    p1, p2, p3, p4, p5 = _XXH64

    def scrambled(lane: int, word: int) -> int:
        return _rotated(lane + word * p2 & mask, 31, 64) * p1 & mask

    lanes = [seed + p1 + p2, seed + p2, seed, seed - p1]
    at = 0
    while at + 32 <= len(data):
        for i in range(4):
            lanes[i] = scrambled(lanes[i], int.from_bytes(data[at + 8 * i : at + 8 * i + 8], "little"))
        at += 32
    value = seed + p5
    if len(data) >= 32:
        value = sum(_rotated(lane, by, 64) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)) & mask
        for lane in lanes:
            value = (value ^ scrambled(0, lane)) * p1 + p4 & mask
    value = value + len(data) & mask
    while at + 8 <= len(data):
        value ^= scrambled(0, int.from_bytes(data[at : at + 8], "little"))
        value = _rotated(value, 27, 64) * p1 + p4 & mask
        at += 8
    if at + 4 <= len(data):
        value ^= int.from_bytes(data[at : at + 4], "little") * p1 & mask
        value = _rotated(value, 23, 64) * p2 + p3 & mask
        at += 4
    for byte in data[at:]:
        value = _rotated(value ^ byte * p5 & mask, 11, 64) * p1 & mask
    value = (value ^ value >> 33) * p2 & mask
    value = (value ^ value >> 29) * p3 & mask
    return value ^ value >> 32


def lz4_block(block: bytes) -> bytes:
    """What an LZ4 block decompresses to (LZ4 block format 1.6)."""
    source = iter(block)
    out = bytearray()

    def length(nibble: int) -> int:
        more = 255 if nibble == 15 else 0
        while more == 255:
            more = next(source)
            nibble += more
        return nibble

    for token in source:
        out += bytes(next(source) for _ in range(length(token >> 4)))
        low = next(source, None)
        if low is None:
            break
        offset = low | next(source) << 8
        for _ in range(length(token & 15) + 4):
            out.append(out[-offset])
    return bytes(out)


def vlq(values: Iterable[int]) -> str:
    """Numbers as the mappings of a source map have them (ECMA-426)."""
    text = ""
    for value in values:
        rest = abs(value) << 1 | (value < 0)
        while rest > 31:
            text += _BASE64[rest & 31 | 32]
            rest >>= 5
        text += _BASE64[rest]
    return text


def gaussian(pixels: Sequence[int], width: int, radius: float) -> list[int]:
    """A picture blurred by the recursive filter of second order of Alvarez and Mazorra (1994).

    Coefficients and the causal half are rounded to single precision, the sum of both halves is cut to an integer.
    """
    alpha = 1.6939718862199047 / radius
    decay, square = math.exp(-alpha), math.exp(-2 * alpha)
    gain = (1 - decay) ** 2 / (1 + 2 * alpha * decay - square)
    causal = gain, gain * (alpha - 1) * decay
    backward = gain * (alpha + 1) * decay, -gain * square
    feedback = 2 * decay, -square
    rest = 1 - sum(feedback)

    def half(values: Sequence[int], taps: tuple[float, float], late: int) -> list[float]:
        """One direction; the first pixel goes on for ever before it. ``late`` is 1 without the pixel itself."""
        (now, before), (one, two) = map(_single, taps), map(_single, feedback)
        last = older = values[0] * _single(sum(taps) / rest)
        found = []
        padded = [values[0]] * (1 + late) + list(values)
        for current, previous in zip(padded[1:], padded, strict=False):
            last, older = current * now + previous * before + last * one + older * two, last
            found.append(last)
        return found[: len(values)]

    def line(values: Sequence[int]) -> list[int]:
        sums = zip(half(values, causal, 0), reversed(half(values[::-1], backward, 1)), strict=True)
        return [int(_single(one) + other) for one, other in sums]

    rows = [line(pixels[at : at + width]) for at in range(0, len(pixels), width)]
    columns = [line(column) for column in zip(*rows, strict=True)]
    return [pixel for row in zip(*columns, strict=True) for pixel in row]


def _single(value: float) -> float:
    """Rounded to single precision."""
    rounded: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return rounded


def polynomial_rest(dividend: int, divisor: int) -> int:
    """The remainder of polynomials over GF(2), whose coefficients are bits."""
    while dividend.bit_length() >= divisor.bit_length():
        dividend ^= divisor << dividend.bit_length() - divisor.bit_length()
    return dividend


def leb128(value: int, signed: bool) -> bytes:
    """The bytes of a number as the binary format of WebAssembly has it (section 5.2.2)."""
    out = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        done = value == (-(low >> 6) if signed else 0)
        out.append(low if done else low | 0x80)
        if done:
            return bytes(out)


def xsalsa20(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """Data and the key stream of XSalsa20 (Bernstein, 2011), from its first block on, exclusive or."""
    stream = b""
    inner = _salsa20(key, nonce[:16])
    subkey = b"".join(inner[i].to_bytes(4, "little") for i in (0, 5, 10, 15, 6, 7, 8, 9))
    while len(stream) < len(data):
        block = nonce[16:] + (len(stream) // 64).to_bytes(8, "little")
        words = zip(_salsa20(subkey, block), _salsa20_start(subkey, block), strict=True)
        stream += b"".join((one + other & 0xFFFFFFFF).to_bytes(4, "little") for one, other in words)
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))


def _salsa20_start(key: bytes, block: bytes) -> list[int]:
    c, k, n = (struct.unpack(f"<{len(text) // 4}I", text) for text in (b"expand 32-byte k", key, block))
    return [c[0], *k[:4], c[1], *n, c[2], *k[4:], c[3]]


def _salsa20(key: bytes, block: bytes) -> list[int]:
    """The state after twenty rounds, before the first state is added to it."""
    x = _salsa20_start(key, block)
    rows = [[0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]]
    columns = [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11]]
    for _ in range(10):
        for a, b, c, d in columns + rows:
            x[b] ^= _rotated(x[a] + x[d] & 0xFFFFFFFF, 7, 32)
            x[c] ^= _rotated(x[b] + x[a] & 0xFFFFFFFF, 9, 32)
            x[d] ^= _rotated(x[c] + x[b] & 0xFFFFFFFF, 13, 32)
            x[a] ^= _rotated(x[d] + x[c] & 0xFFFFFFFF, 18, 32)
    return x


def snappy(packed: bytes) -> bytes:
    """What a raw Snappy stream decompresses to (its format_description.txt)."""
    source = iter(packed)

    def number(count: int) -> int:
        return int.from_bytes(bytes(next(source) for _ in range(count)), "little")

    size = shift = 0
    byte = 0x80
    while byte & 0x80:
        byte = next(source)
        size |= (byte & 0x7F) << shift
        shift += 7
    out = bytearray()
    for tag in source:
        kind, high = tag & 3, tag >> 2
        if kind == 0:
            length = number(high - 59) if high >= 60 else high
            out += bytes(next(source) for _ in range(length + 1))
            continue
        if kind == 1:
            length, offset = (high & 7) + 4, tag >> 5 << 8 | number(1)
        else:
            length, offset = high + 1, number(2 if kind == 2 else 4)
        for _ in range(length):
            out.append(out[-offset])
    assert len(out) == size, f"{len(out)} bytes in place of {size}"
    return bytes(out)


def qoi(stream: bytes) -> bytes:
    """The pixels (RGBA) of a QOI stream behind its header (qoiformat.org, version 1.0)."""
    seen = [(0, 0, 0, 0)] * 64
    r, g, b, a = pixel = (0, 0, 0, 255)
    out = bytearray()
    source = iter(stream[:-8])
    for tag in source:
        count = 1
        if tag >= 0xFE:
            r, g, b = next(source), next(source), next(source)
            a = next(source) if tag == 0xFF else a
        elif tag >> 6 == 0:
            r, g, b, a = seen[tag]
        elif tag >> 6 == 1:
            r, g, b = r + (tag >> 4 & 3) - 2, g + (tag >> 2 & 3) - 2, b + (tag & 3) - 2
        elif tag >> 6 == 2:
            green, byte = (tag & 63) - 32, next(source)
            r, g, b = r + green + (byte >> 4) - 8, g + green, b + green + (byte & 15) - 8
        else:
            count = (tag & 63) + 1
        r, g, b, a = pixel = (r & 255, g & 255, b & 255, a)
        seen[(3 * r + 5 * g + 7 * b + 11 * a) % 64] = pixel
        out += bytes(pixel) * count
    return bytes(out)


def tiff_lzw(data: bytes) -> bytes:
    """Data compressed as TIFF 6.0 section 13 says."""
    bits = size = 0

    def put(code: int, width: int) -> None:
        nonlocal bits, size
        bits = bits << width | code
        size += width

    table = {bytes((i,)): i for i in range(256)}
    put(256, 9)
    current = b""
    for i in range(len(data)):
        longer = current + data[i : i + 1]
        if longer in table:
            current = longer
            continue
        put(table[current], (len(table) + 2).bit_length())
        table[longer] = len(table) + 2
        current = data[i : i + 1]
    put(table[current], (len(table) + 2).bit_length())
    put(257, (len(table) + 3).bit_length())
    put(0, -size % 8)
    return bits.to_bytes(size // 8, "big")
