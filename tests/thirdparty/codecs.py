"""Codecs without compression to speak of: base64, LEB128, QOI, TIFF's LZW; most of them in C of a page or two."""

from __future__ import annotations

import base64
import struct

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest
from tests.thirdparty.hashes import DATA

_XTERM = "xterm-wasm-parts@0.4.1"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BYTES = DATA[:200]
_TEXT = base64.b64encode(_BYTES)
_WHOLE = DATA[:60]  # whole groups of three


def _strings(guest: Guest) -> list[bytes]:
    """Strings end with a zero byte, as in C."""
    text = guest.value("__heap_base")
    plain = text + 1000
    guest.write(text, _TEXT + b"\0")
    size = guest.call("Base64decode", plain, text)
    decoded = guest.read(plain, size)
    encoded = plain + 1000
    size = guest.call("Base64encode", encoded, plain, len(decoded), 0)
    return [decoded, guest.read(encoded, size - 1)]


def _in_place(guest: Guest) -> list[bytes]:
    """Decodes in place; encodes to an address of its own, without ``=``."""
    guest.write(0, _TEXT.rstrip(b"=") + b"A")
    guest.call("base642bytes", 0, len(_TEXT))
    decoded = guest.read(0, len(_BYTES))
    guest.write(0, _BYTES + bytes(2))
    guest.call("bytes2base64", 0, len(_BYTES), 1024)
    return [decoded, guest.read(1024, len(_TEXT.rstrip(b"=")))]


def _encoder(guest: Guest) -> bytes:
    """A table of all pairs of digits at 1024, digits at 9216. Only the pairs that the data has are written."""
    bits = int.from_bytes(_WHOLE, "big")
    for shift in range(0, 8 * len(_WHOLE), 12):
        pair = bits >> shift & 0xFFF
        guest.write(1024 + 2 * pair, bytes((_ALPHABET[pair >> 6], _ALPHABET[pair & 63])))
    guest.write(32768, _WHOLE)
    return guest.read(9216, guest.call("enc", 32768, len(_WHOLE)) - 9216)


def _decoder(guest: Guest) -> bytes:
    """Four tables of 256 words at 1024, three counters (written, read, decoded) at 5120, text at 5152."""
    tables = [[0xFF000000] * 256 for _ in range(4)]
    for i, letter in enumerate(_ALPHABET):
        tables[0][letter] = i << 2
        tables[1][letter] = i >> 4 | (i << 4 & 0xFF) << 8
        tables[2][letter] = i >> 2 << 8 | (i << 6 & 0xFF) << 16
        tables[3][letter] = i << 16
    for i, table in enumerate(tables):
        guest.write(1024 * (1 + i), struct.pack("<256I", *table))
    guest.write(5120, struct.pack("<III", len(_TEXT), 0, 0))
    guest.write(5152, _TEXT)
    assert guest.call("dec") == 0
    assert guest.call("end") == 0
    return guest.read(5152, struct.unpack("<I", guest.read(5128, 4))[0])


_NUMBERS = [0, 1, 63, 64, 127, 128, 624485, 1 << 31, (1 << 63) - 1]


def _leb128(guest: Guest) -> list[list[bytes | int]]:
    buffer = guest.value("buf")
    found: list[list[bytes | int]] = []
    for kind, signs in (("U64", (1,)), ("I64", (1, -1))):
        for number in (number * sign for number in _NUMBERS for sign in signs):
            size = guest.call("leb128Encode" + kind, number)
            encoded = guest.read(buffer, size)
            found.append([encoded, guest.call("leb128Decode" + kind)])
    return found


def _leb128_expected() -> list[list[bytes | int]]:
    unsigned: list[list[bytes | int]] = [[references.leb128(number, False), number] for number in _NUMBERS]
    both = [number * sign for number in _NUMBERS for sign in (1, -1)]
    return unsigned + [[references.leb128(number, True), number] for number in both]


_WIDTH, _HEIGHT = 16, 9
_PIXELS = bytes(
    part
    for y in range(_HEIGHT)
    for x in range(_WIDTH)
    for part in (x // 4 * 9, y * 40 & 255, x * y >> 3, 255 - y // 4)
)
# A picture in all of QOI's ways: RGBA, RGB, a run, differences small and large, a colour met before, a run again.
_QOI = b"qoif" + struct.pack(">II", 5, 5) + b"\4\0"
_QOI += bytes.fromhex("ff10203080 fe112233 c3 6e 58 a0a5 9000 20 fe909192 cc") + bytes(7) + b"\1"


def _qoi_encode(guest: Guest) -> bytes:
    guest.write(32768, _PIXELS)
    end = guest.call("enc", 32768, _WIDTH, _HEIGHT)
    return references.qoi(guest.read(1024, end - 1024)[14:])


def _qoi_decode(guest: Guest) -> bytes:
    guest.write(32768, _QOI)
    guest.call("dec", 32768, len(_QOI), 25)
    return guest.read(1024, 4 * 25)


_TILE = bytes(x * y // 7 & 15 for y in range(24) for x in range(16))


def _lzw(guest: Guest) -> bytes:
    packed = references.tiff_lzw(_TILE)
    place = guest.call("__wbindgen_add_to_stack_pointer", -16)
    source = guest.call("__wbindgen_malloc", len(packed))
    guest.write(source, packed)
    guest.call("decompress", place, source, len(packed), len(_TILE))
    return guest.read(*struct.unpack("<II", guest.read(place, 8)))


_MEMORY = {"env": {"memory": 1}}
CASES = [
    Case("base64-encoding@0.14.3", "cjs/base64.cjs", _strings, [_BYTES, _TEXT], what="base64"),
    Case(
        "fast-base64@0.1.8",
        "dist/wasm-threads.js#1",
        _in_place,
        [_BYTES, _TEXT.rstrip(b"=")],
        {"imports": {"memory": 1}},
        what="base64",
    ),
    Case(
        _XTERM, "lib/base64/Base64Encoder.wasm.js", _encoder, base64.b64encode(_WHOLE), _MEMORY, what="to base64"
    ),
    Case(_XTERM, "lib/base64/Base64Decoder.wasm.js", _decoder, _BYTES, _MEMORY, what="from base64"),
    Case(_XTERM, "lib/qoi/QoiEncoder.wasm.js", _qoi_encode, _PIXELS, _MEMORY, what="pictures to QOI"),
    Case(
        _XTERM, "lib/qoi/QoiDecoder.wasm.js", _qoi_decode, references.qoi(_QOI[14:]), _MEMORY, what="QOI pictures"
    ),
    Case("@thi.ng/leb128@3.1.93", "binary.js", _leb128, _leb128_expected(), what="LEB128"),
    Case("lzw-tiff-decoder@0.1.1", "index.cjs", _lzw, _TILE, what="TIFF's LZW"),
]
