"""Pictures: processing with floats of both widths, in memory that the host brings; decoders. All in C."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest

_WIDTH, _HEIGHT, _RADIUS = 9, 7, 1.75
_PIXELS = [(x * y * 11 & 255, 255 - x * 9, y * y & 255, 255) for y in range(_HEIGHT) for x in range(_WIDTH)]


def _lightness() -> list[int]:
    """HSL's, over 65535."""
    return [(max(pixel[:3]) + min(pixel[:3])) * 257 >> 1 for pixel in _PIXELS]


def _answers(guest: Guest) -> list[list[int]]:
    """The image is at 0, results of 16 bits, room for a line and coefficients are behind it."""
    count = len(_PIXELS)
    lightness, blurred, turned, line, coefficients = (4 * count + 2 * count * i for i in (0, 1, 2, 3, 4))
    guest.write(0, bytes(part for pixel in _PIXELS for part in pixel))
    guest.call("hsl_l16", 0, lightness, _WIDTH, _HEIGHT)
    line, coefficients = (line + 3 & ~3, coefficients + 3 & ~3)
    guest.call("blurMono16", lightness, blurred, turned, line, coefficients, _WIDTH, _HEIGHT, _RADIUS)
    return [list(struct.unpack(f"<{count}H", guest.read(at, 2 * count))) for at in (lightness, blurred)]


_ACROSS, _DOWN = 13, 6
_COLOURS = [(x * 19, y * 40, x * y * 3) for y in range(_DOWN) for x in range(_ACROSS)]
_RGBA = [bytes((*colour, 255)) for colour in _COLOURS]
_STARTS = range(0, len(_COLOURS), _ACROSS)  # of lines


def _bmp() -> bytes:
    """24 bits a pixel, blue first, lines from the bottom up and padded to words."""
    lines = [b"".join(bytes(reversed(colour)) for colour in _COLOURS[at : at + _ACROSS]) for at in _STARTS]
    pixels = b"".join(line + bytes(-len(line) % 4) for line in reversed(lines))
    header = struct.pack("<IiiHHIIiiII", 40, _ACROSS, _DOWN, 1, 24, 0, len(pixels), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + header + pixels


_INDICES = [(x * y + x) % 16 for y in range(_DOWN) for x in range(_ACROSS)]
_PALETTE = [bytes((i * 16, 255 - i * 9, i * i)) for i in range(16)]


def _gif() -> bytes:
    """The pixels are codes of 8 bits as they are: there are too few for the codes to become longer."""
    codes = b"\x80" + bytes(_INDICES) + b"\x81"
    size = struct.pack("<HH", _ACROSS, _DOWN)
    head = b"GIF89a" + size + b"\xf6\0\0" + b"".join(_PALETTE) + bytes(3 * 112)
    return head + b"," + bytes(4) + size + b"\0\x07" + bytes((len(codes),)) + codes + b"\0;"


def _png() -> bytes:
    """8 bits a part, no filters."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = zlib.compress(b"".join(b"\0" + b"".join(_RGBA[at : at + _ACROSS]) for at in _STARTS))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", _ACROSS, _DOWN, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def _decoder(function: str, file: bytes) -> Callable[[Guest], tuple[int, int, bytes]]:
    """A case's answers: width, height and pixels of a picture."""

    def answers(guest: Guest) -> tuple[int, int, bytes]:
        source, places = guest.call("malloc", len(file)), guest.call("malloc", 12)
        guest.write(source, file)
        assert guest.call(function, places, places + 4, places + 8, source, len(file)) == 0
        address, width, height = struct.unpack("<III", guest.read(places, 12))
        return width, height, guest.read(address, 4 * width * height)

    return answers


_STREAMS = {"wasi_snapshot_preview1": dict.fromkeys(("fd_close", "fd_seek", "fd_write"), 8)}
_PICTURE = _ACROSS, _DOWN, b"".join(_RGBA)
_INDEXED = _ACROSS, _DOWN, b"".join(_PALETTE[i] + b"\xff" for i in _INDICES)
CASES = [
    Case(
        "multimath@2.0.0",
        "lib/unsharp_mask/unsharp_mask.wasm",
        _answers,
        [_lightness(), references.gaussian(_lightness(), _WIDTH, _RADIUS)],
        {"env": {"exp": "exp", "memory": 1}},
        what="blurred pictures",
    ),
    Case(
        "@cwasm/nsbmp@0.1.3", "nsbmp.wasm", _decoder("decode_bmp", _bmp()), _PICTURE, _STREAMS, what="BMP pictures"
    ),
    Case(
        "@cwasm/nsgif@0.1.2", "nsgif.wasm", _decoder("decode_gif", _gif()), _INDEXED, _STREAMS, what="GIF pictures"
    ),
    Case(
        "@cwasm/lodepng@0.1.9", "lodepng.wasm", _decoder("lodepng_decode32", _png()), _PICTURE, what="PNG pictures"
    ),
]
