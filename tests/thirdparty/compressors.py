"""Compressors: LZ4 in Rust and in C, Zstandard in C (both with Emscripten), DEFLATE and AES in C (mtcute)."""

from __future__ import annotations

import gzip
import hashlib
import zlib

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest, Imports, u32

TEXT = b"".join(b"%d: the quick brown fox jumps over %d lazy dogs\n" % (i, i * i) for i in range(30))

# The text as the reference programs' command lines compress it: lz4 -9, zstd -19 --no-check.
_LZ4 = bytes.fromhex(
    "04224d186440a735010000ff20303a2074686520717569636b2062726f776e20666f78206a756d7073206f7665722030206c617a79"
    "20646f67730a312e000e17312e001f322e000e17342e001f332e000e17392e001f348a000f17362f001f352f000e2732352f001f36"
    "2f000e18335e001f37e9000f08bc001f382f000e183619011f392f000e183876011f31d3010f293130d5010fd60110193262000fd9"
    "010f283134c2002f3133ae01100822011f31df0110183982011f31e1011009e2012f31361202100962000fe5010f293238c4000fe7"
    "010f29333226011f397602100960030fea010f1934ea011f32ea010f29343462000fc303101838c4001f32ea010f28353226011f32"
    "ea010f28353788011f32ea010f1936ea011f32ea010f1a3662000fea010f1a37c4000fea010f1a3726010fd3031004880150646f67"
    "730a00000000e7a1cf0f"
)
_ZSTD = bytes.fromhex(
    "28b52ffd60a6043d0500a20a1e1a604fda9f8c51ff718184481f000048b385566e921c302a20d0133edd9f26fd3ea567ca3c3ef199"
    "f0be47f4d3fb7de79b9ddd89d677a45e7d72e2d3f8a3737dde34f29d6fdfb699cdd6bdd4bd9428f198be45771bf01c9a42592e0246"
    "5939cca4a9e7d19028aad218ca41699c412d080909a41844a402163aa811d07cbeff67f03503117c60f87f7f8c29276963ca15da98"
    "f28446d3641a29d6ee24a9caf4d9475f5601"
)

# AES-256 in counter mode, NIST SP 800-38A section F.5.5.
_AES_KEY = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
_AES_COUNTER = bytes(range(0xF0, 0x100))
_AES_PLAIN = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
_AES_CIPHER = bytes.fromhex("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5")

# Emscripten's: grow memory (it refuses), and copy much.
_EMSCRIPTEN: Imports = {"a": {"a": 0, "b": "copy"}}


def _bound(guest: Guest, function: str, data: bytes) -> bytes:
    """Bytes in and out as wasm-bindgen passes them, results through a place on the module's stack."""
    results = guest.call("__wbindgen_add_to_stack_pointer", -16)
    source = guest.call("__wbindgen_malloc", len(data))
    guest.write(source, data)
    guest.call(function, results, source, len(data))
    address, size = u32(guest, results), u32(guest, results + 4)
    found = guest.read(address, size)
    guest.call("__wbindgen_free", address, size)
    guest.call("__wbindgen_add_to_stack_pointer", 16)
    return found


def _lz4_rust(guest: Guest) -> list[bytes]:
    """Blocks behind their decompressed size."""
    compressed = _bound(guest, "compress", TEXT)
    assert len(compressed) < len(TEXT) // 2
    assert int.from_bytes(compressed[:4], "little") == len(TEXT)
    return [references.lz4_block(compressed[4:]), _bound(guest, "decompress", compressed)]


def _lz4_frame(guest: Guest) -> bytes:
    """Exports' names are minified: d constructors, e malloc, i a context, h decompress a frame."""
    guest.call("d")
    target, source = guest.call("e", len(TEXT)), guest.call("e", len(_LZ4))
    guest.write(source, _LZ4)
    size = guest.call("h", guest.call("i"), target, len(TEXT), source, len(_LZ4))
    return guest.read(target, size)


def _zstd(guest: Guest) -> list[bytes]:
    """Exports' names are minified: d constructors, f malloc, i compress, j decompress."""
    guest.call("d")
    plain, packed = guest.call("f", len(TEXT)), guest.call("f", 4096)
    guest.write(packed, _ZSTD)
    found = [guest.read(plain, guest.call("j", plain, len(TEXT), packed, len(_ZSTD)))]
    size = guest.call("i", packed, 4096, plain, len(TEXT), 1)
    assert size < len(TEXT) // 2
    guest.write(plain, bytes(len(TEXT)))
    found.append(guest.read(plain, guest.call("j", plain, len(TEXT), packed, size)))
    return found


def _mtcute(guest: Guest) -> dict[str, bytes]:
    def given(data: bytes) -> int:
        address: int = guest.call("__malloc", len(data))
        guest.write(address, data)
        return address

    found = {}
    digest = guest.call("__get_shared_out")
    for name, size in (("sha1", 20), ("sha256", 32)):
        guest.call(name, given(TEXT), len(TEXT))
        found[name] = guest.read(digest, size)
    packed = gzip.compress(TEXT)
    source = given(packed)
    size = guest.call("libdeflate_gzip_get_output_size", source, len(packed))
    target = guest.call("__malloc", size)
    inflate = guest.call("libdeflate_alloc_decompressor")
    assert guest.call("libdeflate_gzip_decompress", inflate, source, len(packed), target, size) == 0
    found["gunzip"] = guest.read(target, size)
    deflate = guest.call("libdeflate_alloc_compressor", 6)
    size = guest.call("libdeflate_zlib_compress", deflate, given(TEXT), len(TEXT), target, len(TEXT))
    found["zlib"] = zlib.decompress(guest.read(target, size))
    guest.write(guest.call("__get_shared_key_buffer"), _AES_KEY)
    guest.write(guest.call("__get_shared_iv_buffer"), _AES_COUNTER)
    guest.call("ctr256", guest.call("ctr256_alloc"), given(_AES_PLAIN), len(_AES_PLAIN), target)
    found["aes"] = guest.read(target, len(_AES_CIPHER))
    return found


CASES = [
    Case(
        "lz4-wasm@0.9.2",
        "lz4_wasm_bg.wasm",
        _lz4_rust,
        [TEXT, TEXT],
        {"./lz4_wasm_bg.js": {"__wbindgen_string_new": 0}},
        heap=4_000_000,
    ),
    Case("@foxglove/wasm-lz4@1.0.2", "dist/wasm-lz4.wasm", _lz4_frame, TEXT, _EMSCRIPTEN, heap=4_000_000),
    Case("@foxglove/wasm-zstd@1.0.1", "dist/wasm-zstd.wasm", _zstd, [TEXT, TEXT], _EMSCRIPTEN, heap=4_000_000),
    Case(
        "@mtcute/wasm@0.30.3",
        "mtcute.wasm",
        _mtcute,
        {
            "sha1": hashlib.sha1(TEXT).digest(),
            "sha256": hashlib.sha256(TEXT).digest(),
            "gunzip": TEXT,
            "zlib": TEXT,
            "aes": _AES_CIPHER,
        },
        heap=4_000_000,
    ),
]
