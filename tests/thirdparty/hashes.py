"""Hash functions: C (hash-wasm), AssemblyScript (murmurhash-wasm), text format by hand (the others)."""

from __future__ import annotations

import hashlib
import zlib

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest, signed

DATA = bytes(i * i * 7 & 0xFF for i in range(1000))
_HASH_WASM = "hash-wasm@4.13.0"


def _hash_wasm(name: str, expected: bytes, init: tuple[int, ...] = (), final: tuple[int, ...] = ()) -> Case:
    """A module that takes its data in pieces, and leaves the digest, through a buffer of its own."""

    def answers(guest: Guest) -> bytes:
        buffer = guest.call("Hash_GetBuffer")
        guest.call("Hash_Init", *init)
        for piece in (DATA[:100], DATA[100:777], DATA[777:]):
            guest.write(buffer, piece)
            guest.call("Hash_Update", len(piece))
        guest.call("Hash_Final", *final)
        return guest.read(buffer, len(expected))

    return Case(_HASH_WASM, f"dist/{name}.umd.min.js", answers, expected)


def _scrypt(guest: Guest) -> bytes:
    """The memory-hard middle of scrypt in the module, PBKDF2 around it here."""
    rounds, block = 64, 2
    mixed = hashlib.pbkdf2_hmac("sha256", b"password", b"NaCl", 1, 128 * block)
    guest.call("Hash_SetMemorySize", len(mixed) + 128 * block * rounds + 256 * block)
    buffer = guest.call("Hash_GetBuffer")
    guest.write(buffer, mixed)
    guest.call("scrypt", block, rounds, 1)
    mixed = guest.read(buffer, 128 * block)
    return hashlib.pbkdf2_hmac("sha256", b"password", mixed, 1, 64)


def _xxhash(guest: Guest) -> list[int]:
    """Both widths, at once and in pieces (state at 0, data behind it)."""
    seed = signed(0x9E3779B97F4A7C15, 64)
    guest.write(0, DATA)
    found = [guest.call("xxh32", 0, len(DATA), 42), guest.call("xxh64", 0, len(DATA), seed)]
    for width, first in (("32", 42), ("64", seed)):
        guest.write(0, bytes(88))
        guest.call("init" + width, 0, first)
        for piece in (DATA[:7], DATA[7:500], DATA[500:]):
            guest.write(88, piece)
            guest.call("update" + width, 0, 88, len(piece))
        found.append(guest.call("digest" + width, 0))
    return found


_BLAKE2B = hashlib.blake2b(DATA, digest_size=48).digest()
_XXHASH = [signed(references.xxh32(DATA, 42), 32), signed(references.xxh64(DATA, 0x9E3779B97F4A7C15), 64)]


def _siphash(guest: Guest) -> int:
    """The result at 0, the key at 8, the data at 24."""
    guest.write(8, DATA[:16])
    guest.write(24, DATA)
    guest.call("siphash", 24, len(DATA))
    return int.from_bytes(guest.read(0, 8), "little")


def _sha256(guest: Guest) -> bytes:
    """State at 0, its block of 64 bytes at 40, the rest of the data at 108."""
    guest.write(40, DATA[:64])
    guest.write(108, DATA[64:])
    guest.call("sha256", 0, 108, len(DATA), 0)
    tail = 40 + len(DATA) % 64
    guest.write(tail, bytes(104 - tail))
    guest.call("sha256", 0, 108, 0, 1)
    return guest.read(0, 32)


def _blake2b(guest: Guest) -> bytes:
    """Parameters at 0 (digest's and key's sizes, fan-out, depth), state at 64, data behind it."""
    guest.write(0, bytes([48, 0, 1, 1]))
    guest.call("blake2b_init", 64, 48)
    guest.write(280, DATA)
    guest.call("blake2b_update", 64, 280, 280 + len(DATA))
    guest.call("blake2b_final", 64)
    return guest.read(64 + 128, 48)


def _murmur(guest: Guest) -> list[int]:
    """Byte arrays are objects on the module's own garbage-collected heap."""
    found = []
    for size in (0, 1, 2, 3, 100, 1000):
        key = guest.call("__pin", guest.call("__new", size, 0))
        guest.write(key, DATA[:size])
        found.append(guest.call("hash32", key, 12345))
        guest.call("__unpin", key)
        guest.call("__collect")
    return found


CASES = [
    _hash_wasm("md5", hashlib.md5(DATA).digest()),
    _hash_wasm("sha1", hashlib.sha1(DATA).digest()),
    _hash_wasm("sha512", hashlib.sha512(DATA).digest(), (512,)),
    _hash_wasm("sha3", hashlib.sha3_256(DATA).digest(), (256,), (6,)),
    _hash_wasm("blake2s", hashlib.blake2s(DATA).digest(), (256,)),
    _hash_wasm("crc32", zlib.crc32(DATA).to_bytes(4, "big"), (signed(0xEDB88320, 32),)),
    _hash_wasm("adler32", zlib.adler32(DATA).to_bytes(4, "big")),
    Case(
        _HASH_WASM,
        "dist/scrypt.umd.min.js",
        _scrypt,
        hashlib.scrypt(b"password", salt=b"NaCl", n=64, r=2, p=1),
    ),
    Case("xxhash-wasm@1.1.0", "workerd/xxhash.wasm", _xxhash, _XXHASH * 2),
    Case("siphash24@1.3.1", "siphash24.js", _siphash, references.siphash24(DATA[:16], DATA)),
    Case("sha256-wasm@2.2.2", "sha256.js", _sha256, hashlib.sha256(DATA).digest()),
    Case("blake2b-wasm@2.4.0", "blake2b.js", _blake2b, _BLAKE2B),
    Case(
        "murmurhash-wasm@1.3.0",
        "dist/index.mjs",
        _murmur,
        [signed(references.murmur3_32(DATA[:size], 12345), 32) for size in (0, 1, 2, 3, 100, 1000)],
        {"env": {"abort": None}},
    ),
]
