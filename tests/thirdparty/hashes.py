"""Hash functions: C (hash-wasm), AssemblyScript (murmurhash-wasm), text format by hand (the others)."""

from __future__ import annotations

import hashlib
import zlib

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest, signed

DATA = bytes(i * i * 7 & 0xFF for i in range(400))
_DIGITS = b"1234567890" * 8
_HASH_WASM = "hash-wasm@4.13.0"


def _hash_wasm(
    name: str,
    what: str,
    expected: bytes,
    init: tuple[int, ...] = (),
    final: tuple[int, ...] = (),
    data: bytes = DATA,
    before: bytes = b"",
) -> Case:
    """A module that takes its data in pieces, and leaves the digest, through a buffer of its own.

    ``before`` is in it already when it begins.
    """

    def answers(guest: Guest) -> bytes:
        buffer = guest.call("Hash_GetBuffer")
        if before:
            guest.write(buffer, before)
        guest.call("Hash_Init", *init)
        for piece in (data[:30], data[30:277], data[277:]):
            guest.write(buffer, piece)
            guest.call("Hash_Update", len(piece))
        guest.call("Hash_Final", *final)
        return guest.read(buffer, len(expected))

    return Case(_HASH_WASM, f"dist/{name}.umd.min.js", answers, expected, what=what)


def _scrypt(guest: Guest) -> bytes:
    """The memory-hard middle of scrypt in the module, PBKDF2 around it here."""
    rounds, block = 16, 2
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
        for piece in (DATA[:7], DATA[7:250], DATA[250:]):
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
    for size in (0, 1, 2, 3, 100, 400):
        key = guest.call("__pin", guest.call("__new", size, 0))
        guest.write(key, DATA[:size])
        found.append(guest.call("hash32", key, 12345))
        guest.call("__unpin", key)
        guest.call("__collect")
    return found


# DATA's, by the reference implementations (PyPI's xxhash 3.6, blake3 1.0).
_XXH3 = bytes.fromhex("58aba6032101ac93")
_XXH128 = bytes.fromhex("ab4053e7c602385758aba6032101ac93")
_BLAKE3 = bytes.fromhex("e0c4c5226dfb752310766edcbd9d8b1c661b30b8ec2b65691380b21899b4b569")
# Of the algorithms' own test vectors.
_MD4 = bytes.fromhex("e33b4ddc9c38f2199c3e7b164fcc0536")
_RIPEMD = bytes.fromhex("9b752e45573d4b39f4dbd3323cab82bf63326bfb")
_SM3 = bytes.fromhex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
_WHIRLPOOL = bytes.fromhex(
    "466ef18babb0154d25b9d38a6414f5c08784372bccb204d6549c4afadb601429"
    "4d5bd8df2a6c44e538cd047b2681a51a2c60481e88c5a20b2c2a80cf3a9a083b"
)
_CRC64 = bytes.fromhex("995dc9bbdf1939fa")
_CRC64_POLYNOMIAL = 0xC96C5795D7870F42

CASES = [
    _hash_wasm("md4", "MD4", _MD4, data=_DIGITS),
    _hash_wasm("md5", "MD5", hashlib.md5(DATA).digest()),
    _hash_wasm("ripemd160", "RIPEMD-160", _RIPEMD, data=_DIGITS),
    _hash_wasm("sha1", "SHA-1", hashlib.sha1(DATA).digest()),
    _hash_wasm("sha256", "SHA-256", hashlib.sha256(DATA).digest(), (256,)),
    _hash_wasm("sha512", "SHA-512", hashlib.sha512(DATA).digest(), (512,)),
    _hash_wasm("sha3", "SHA-3", hashlib.sha3_256(DATA).digest(), (256,), (6,)),
    _hash_wasm("sm3", "SM3", _SM3, data=b"abcd" * 16),
    _hash_wasm("whirlpool", "Whirlpool", _WHIRLPOOL, data=_DIGITS),
    _hash_wasm("blake2b", "BLAKE2b", hashlib.blake2b(DATA).digest(), (512,)),
    _hash_wasm("blake2s", "BLAKE2s", hashlib.blake2s(DATA).digest(), (256,)),
    _hash_wasm("blake3", "BLAKE3", _BLAKE3, (0,), (32,)),
    _hash_wasm("crc32", "CRC-32", zlib.crc32(DATA).to_bytes(4, "big"), (signed(0xEDB88320, 32),)),
    _hash_wasm("crc64", "CRC-64", _CRC64, data=b"123456789", before=_CRC64_POLYNOMIAL.to_bytes(8, "little")),
    _hash_wasm("adler32", "Adler-32", zlib.adler32(DATA).to_bytes(4, "big")),
    _hash_wasm("xxhash32", "xxHash32", references.xxh32(DATA, 42).to_bytes(4, "big"), (42,)),
    _hash_wasm("xxhash64", "xxHash64", references.xxh64(DATA, 0).to_bytes(8, "big"), before=bytes(8)),
    _hash_wasm("xxhash3", "XXH3", _XXH3, before=bytes(8)),
    _hash_wasm("xxhash128", "XXH3 of 128 bits", _XXH128, before=bytes(8)),
    Case(
        _HASH_WASM,
        "dist/scrypt.umd.min.js",
        _scrypt,
        hashlib.scrypt(b"password", salt=b"NaCl", n=16, r=2, p=1),
        what="scrypt",
    ),
    Case("xxhash-wasm@1.1.0", "workerd/xxhash.wasm", _xxhash, _XXHASH * 2, what="xxHash32 and xxHash64"),
    Case("siphash24@1.3.1", "siphash24.js", _siphash, references.siphash24(DATA[:16], DATA), what="SipHash-2-4"),
    Case("sha256-wasm@2.2.2", "sha256.js", _sha256, hashlib.sha256(DATA).digest(), what="SHA-256"),
    Case("blake2b-wasm@2.4.0", "blake2b.js", _blake2b, _BLAKE2B, what="BLAKE2b"),
    Case(
        "murmurhash-wasm@1.3.0",
        "dist/index.mjs",
        _murmur,
        [signed(references.murmur3_32(DATA[:size], 12345), 32) for size in (0, 1, 2, 3, 100, 400)],
        {"env": {"abort": None}},
        what="MurmurHash3",
    ),
]
