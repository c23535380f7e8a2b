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
