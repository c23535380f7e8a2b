"""Hash functions besides those of hash-wasm: in AssemblyScript, in Rust, in C, in the text format by hand."""

from __future__ import annotations

import hashlib
import struct
import zlib

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest
from tests.thirdparty.hashes import DATA

_WEBPACK = "webpack@5.112.2"
_DIGITS = b"1234567890" * 8


def _sha512(guest: Guest) -> bytes:
    """State at 0, its block of 128 bytes at 80, the rest of the data at 216."""
    guest.write(80, DATA[:128])
    guest.write(216, DATA[128:])
    guest.call("sha512", 0, 216, len(DATA), 0)
    tail = 80 + len(DATA) % 128
    guest.write(tail, bytes(208 - tail))
    guest.call("sha512", 0, 216, 0, 1)
    return guest.read(0, 64)


def _sha3(guest: Guest) -> bytes:
    """SHA3-256: state at 0, data and then the digest at 208."""
    rate, data = 1088, DATA[:150]
    guest.call("init", 0, rate, 0)
    guest.write(208, data)
    rest = guest.call("absorb", 0, 208, 208 + len(data))
    padding = guest.call("pad", rate, 208 + rest, len(data), 0)
    guest.write(208, bytes(rest))
    guest.call("absorb", 0, 208, 208 + rest + padding)
    guest.call("squeeze", 0, 208, 32)
    return guest.read(208, 32)


def _as_sha256(guest: Guest) -> list[bytes]:
    source, target = guest.value("input"), guest.value("output")
    guest.write(source, DATA[:200])
    guest.call("init")
    guest.call("update", source, 200)
    guest.call("final", target)
    found = [guest.read(target, 32)]
    guest.call("digest", 77)
    return [*found, guest.read(target, 32)]


def _webpack(block: int, size: int, data: bytes) -> bytes:
    """A case's answers: whole blocks, then the rest; the digest is hexadecimal, at 0."""

    def answers(guest: Guest) -> bytes:
        whole = len(data) // block * block
        guest.call("init")
        guest.write(0, data[:whole])
        guest.call("update", whole)
        guest.write(0, data[whole:])
        guest.call("final", len(data) - whole)
        return bytes.fromhex(guest.read(0, 2 * size).decode())

    return answers


def _given(guest: Guest, data: bytes) -> int:
    """The address of a copy of data, as wasm-bindgen makes it."""
    address: int = guest.call("__wbindgen_malloc", len(data), 1)
    guest.write(address, data)
    return address


_ROWS = {b"1footrue": -1541654101129638711, b"2applefalse": 2794438866806483259, b"3true": -4880158226897771312}


def _farmhash(guest: Guest) -> list[int]:
    return [guest.call("bigquery_fingerprint", _given(guest, row), len(row)) for row in _ROWS]


def _highwayhash(guest: Guest) -> list[int]:
    """The key and the data of its authors' test: bytes that count up."""
    found = []
    for size in (0, 1, 2):
        key, data = (guest.call("__wbindgen_malloc", count) for count in (32, size))
        guest.write(key, bytes(range(32)))
        guest.write(data, bytes(range(size)))
        result = guest.call("wasmhighwayhash_hash64", key, 32, data, size)
        place = guest.call("__wbindgen_add_to_stack_pointer", -16)
        guest.call("hash_toBigUint64Array", place, result)
        found.append(int.from_bytes(guest.read(struct.unpack("<I", guest.read(place, 4))[0], 8), "little"))
        guest.call("__wbindgen_add_to_stack_pointer", 16)
    return found


_POLYNOMIAL = 0x3DA3358B4DC173
_DIVIDENDS = [0x7FEDCBA987654321, 0x123456789ABCDEF, 0x3DA3358B4DC172, 1]


def _rabin(guest: Guest) -> list[list[int]]:
    return [[guest.call("degree", value), guest.call("mod", value, _POLYNOMIAL)] for value in _DIVIDENDS]


def _zlib(guest: Guest) -> list[int]:
    source = guest.call("_malloc", len(DATA))
    guest.write(source, DATA)
    return [
        guest.call(name, first, source, len(DATA)) & 0xFFFFFFFF for name, first in (("crc32", 0), ("adler32", 1))
    ]


def _blake2b_puzzle(guest: Guest) -> bool:
    """A puzzle of 128 bytes gets a number in its last 8 for which its hash is below a bound."""
    bound = 1 << 29
    array, block = guest.call("__alloc", 12, 0), guest.call("__alloc", 128, 0)
    guest.write(block, DATA[:120] + bytes(8))
    guest.write(array, struct.pack("<III", block, block, 128))
    guest.call("solveBlake2b", array, bound, 100)
    solved = guest.read(block, 128)
    assert solved[:120] == DATA[:120]
    digest = hashlib.blake2b(solved, digest_size=32).digest()
    return int.from_bytes(digest[:4], "little") < bound


CASES = [
    Case("sha512-wasm@2.3.4", "sha512.js", _sha512, hashlib.sha512(DATA).digest(), what="SHA-512"),
    Case("sha3-wasm@1.0.0", "keccak.js", _sha3, hashlib.sha3_256(DATA[:150]).digest(), what="SHA-3"),
    Case(
        "@chainsafe/as-sha256@1.2.5",
        "lib/wasmCode.js",
        _as_sha256,
        [hashlib.sha256(DATA[:size]).digest() for size in (200, 77)],
        {"env": {"abort": None}},
        what="SHA-256",
    ),
    Case(
        _WEBPACK,
        "lib/util/hash/md4.js",
        _webpack(64, 16, _DIGITS),
        bytes.fromhex("e33b4ddc9c38f2199c3e7b164fcc0536"),
        what="MD4",
    ),
    Case(
        _WEBPACK,
        "lib/util/hash/xxhash64.js",
        _webpack(32, 8, DATA),
        references.xxh64(DATA, 0).to_bytes(8, "big"),
        what="xxHash64",
    ),
    Case(
        "farmhash-modern@1.1.0",
        "bin/bundler/farmhash_modern_bg.wasm",
        _farmhash,
        list(_ROWS.values()),
        {
            "./farmhash_modern_bg.js": dict.fromkeys(
                (
                    "__wbg_new_abda76e883ba8a5f",
                    "__wbg_stack_658279fe44541cf6",
                    "__wbg_error_f851667af71bcfc6",
                    "__wbindgen_object_drop_ref",
                )
            )
        },
        what="FarmHash",
    ),
    Case(
        "highwayhash-wasm@1.2.6",
        "dist/highwayhash-wasm.cjs.js",
        _highwayhash,
        [0x907A56DE22C26E53, 0x7EAB43AAC7CDDD78, 0xB8D0569AB0B53D62],
        {"wbg": {"__wbindgen_throw": None}},
        what="HighwayHash",
    ),
    Case(
        "rabin-wasm@0.1.5",
        "dist/rabin-wasm.js",
        _rabin,
        [[value.bit_length() - 1, references.polynomial_rest(value, _POLYNOMIAL)] for value in _DIVIDENDS],
        {"env": {"abort": None}},
        what="polynomials of Rabin fingerprints",
    ),
    Case(
        "zlib-wasm@1.0.7",
        "dist/index.js",
        _zlib,
        [zlib.crc32(DATA), zlib.adler32(DATA)],
        {
            "env": {
                "memory": 1,
                **dict.fromkeys(("_abort", "_grow", "writeToJs", "writeToJs_base64", "writeToJs_gzip")),
            }
        },
        what="CRC-32 and Adler-32 of zlib",
    ),
    Case(
        "friendly-pow@0.2.2",
        "wasm/optimized.wasm",
        _blake2b_puzzle,
        True,
        {"env": {"abort": None}},
        what="proof of work with BLAKE2b",
    ),
]
