"""Compressors: LZ4, Snappy and DEFLATE in Rust, these, Zstandard and XZ in C, with Emscripten and without."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import zlib

from tests.thirdparty import references
from tests.thirdparty.case import FROZEN, Case, Guest, Imports, u32

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


def _zstd_frame(guest: Guest) -> bytes:
    target, source = guest.call("malloc", len(TEXT)), guest.call("malloc", len(_ZSTD))
    guest.write(source, _ZSTD)
    assert guest.call("ZSTD_findDecompressedSize", source, len(_ZSTD)) == len(TEXT)
    return guest.read(target, guest.call("ZSTD_decompress", target, len(TEXT), source, len(_ZSTD)))


def _snappy_rust(guest: Guest) -> list[bytes]:
    compressed = _bound(guest, "compress_raw", TEXT)
    assert len(compressed) < len(TEXT) // 2
    return [references.snappy(compressed), _bound(guest, "decompress_raw", compressed)]


def _snappy_compress(guest: Guest) -> bytes:
    source, target = 68_000, 70_000
    guest.write(source, TEXT)
    return references.snappy(guest.read(target, guest.call("compress", source, len(TEXT), target)))


# Literals of 16 and 61 bytes, and copies with offsets of 1, 2 and 4 bytes.
_SNAPPY = b"\x88\x01" + b"\x3c" + TEXT[:16] + b"\xf0\x3c" + TEXT[16:77] + b"\x0d\x04" + b"\x7e\x20\x00"
_SNAPPY += b"\x4f\x40\x00\x00\x00"


def _snappy_uncompress(guest: Guest) -> bytes:
    source, target = 68_000, 70_000
    guest.write(source, _SNAPPY)
    assert guest.call("uncompress", source, len(_SNAPPY), target) == 0
    return guest.read(target, len(references.snappy(_SNAPPY)))


# A dictionary no larger than its need: the decoder takes it from memory.
_FILTERS = [{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]
_XZ = lzma.compress(TEXT, check=lzma.CHECK_CRC32, filters=_FILTERS)


def _xz(guest: Guest) -> bytes:
    """A context has a buffer's size, and where input and output begin and end, as words."""
    context = guest.call("create_context")
    source, target = u32(guest, context + 4), u32(guest, context + 16)
    guest.write(source, _XZ)
    guest.call("supply_input", context, len(_XZ))
    assert guest.call("get_next_output", context) == 0
    return guest.read(target, u32(guest, context + 20))


def _flate(guest: Guest) -> bytes:
    """An address and a size come back where the first argument says."""
    packed = zlib.compress(TEXT)
    source = guest.call("__wbindgen_malloc", len(packed))
    guest.write(source, packed)
    guest.call("zlib_decode_raw", 8, source, len(packed))
    return guest.read(u32(guest, 8), u32(guest, 12))


def _gzip(guest: Guest) -> bytes:
    packed = gzip.compress(TEXT, mtime=0)
    source = guest.call("malloc_u8", len(packed))
    guest.write(source, packed)
    size = guest.call("gzip_decompress", source, len(packed), 0)
    return guest.read(guest.call("buffer"), size)


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
    packed = gzip.compress(TEXT, mtime=0)
    source = given(packed)
    size = guest.call("libdeflate_gzip_get_output_size", source, len(packed))
    target = guest.call("__malloc", size)
    inflate = guest.call("libdeflate_alloc_decompressor")
    assert guest.call("libdeflate_gzip_decompress", inflate, source, len(packed), target, size) == 0
    found["gunzip"] = guest.read(target, size)
    guest.write(guest.call("__get_shared_key_buffer"), _AES_KEY)
    guest.write(guest.call("__get_shared_iv_buffer"), _AES_COUNTER)
    guest.call("ctr256", guest.call("ctr256_alloc"), given(_AES_PLAIN), len(_AES_PLAIN), target)
    found["aes"] = guest.read(target, len(_AES_CIPHER))
    return found


def _mtcute_deflate(guest: Guest) -> bytes:
    source, target = (guest.call("__malloc", len(TEXT)) for _ in range(2))
    guest.write(source, TEXT)
    deflate = guest.call("libdeflate_alloc_compressor", 6)
    size = guest.call("libdeflate_zlib_compress", deflate, source, len(TEXT), target, len(TEXT))
    return zlib.decompress(guest.read(target, size))


_BINDGEN: Imports = {"__wbindgen_placeholder__": {"__wbindgen_string_new": 0}}
CASES = [
    Case(
        "lz4-wasm@0.9.2",
        "lz4_wasm_bg.wasm",
        _lz4_rust,
        [TEXT, TEXT],
        {"./lz4_wasm_bg.js": {"__wbindgen_string_new": 0}},
        what="LZ4",
    ),
    Case("lz4-wasm-nodejs@0.9.2", "lz4_wasm_nodejs_bg.wasm", _lz4_rust, [TEXT, TEXT], _BINDGEN, what="LZ4"),
    Case(
        "@foxglove/wasm-lz4@1.0.2", "dist/wasm-lz4.wasm", _lz4_frame, TEXT, _EMSCRIPTEN, what="LZ4, decompressed"
    ),
    Case(
        "@foxglove/wasm-zstd@1.0.1",
        "dist/wasm-zstd.wasm",
        _zstd,
        [TEXT, TEXT],
        _EMSCRIPTEN,
        heap=4_000_000,
        what="Zstandard",
    ),
    Case(
        "zstddec@0.3.4",
        "dist/zstddec.mjs",
        _zstd_frame,
        TEXT,
        {"env": {"emscripten_notify_memory_growth": None}},
        what="Zstandard, decompressed",
    ),
    Case(
        "snappy-wasm@0.3.0",
        "es/snappy_bg.wasm",
        _snappy_rust,
        [TEXT, TEXT],
        {"wbg": {"__wbindgen_error_new": 0}},
        what="Snappy",
    ),
    Case("hysnappy@1.1.1", "js/compress.js", _snappy_compress, TEXT, what="Snappy, compressed"),
    Case(
        "hysnappy@1.1.1",
        "js/uncompress.js",
        _snappy_uncompress,
        references.snappy(_SNAPPY),
        what="Snappy, decompressed",
    ),
    Case("xz-decompress@0.2.3", "dist/package/xz-decompress.js", _xz, TEXT, what="XZ, decompressed"),
    Case("wasm-flate@1.0.2", "wasm_flate_bg.wasm", _flate, TEXT, heap=4_000_000, what="DEFLATE"),
    Case("wasm-gzip@2.1.0", "wasm_gzip.wasm", _gzip, TEXT, heap=FROZEN, what="gzip"),
    Case(
        "@mtcute/wasm@0.30.3",
        "mtcute.wasm",
        _mtcute,
        {
            "sha1": hashlib.sha1(TEXT).digest(),
            "sha256": hashlib.sha256(TEXT).digest(),
            "gunzip": TEXT,
            "aes": _AES_CIPHER,
        },
        what="SHA-1, SHA-256, AES, inflation",
    ),
    Case("@mtcute/wasm@0.30.3", "mtcute.wasm", _mtcute_deflate, TEXT, heap=4_000_000, what="deflation"),
]
