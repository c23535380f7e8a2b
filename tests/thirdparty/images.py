"""Image processing in C: floats of both widths, in memory that the host brings."""

from __future__ import annotations

import struct

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest

_WIDTH, _HEIGHT, _RADIUS = 23, 17, 1.75
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


CASES = [
    Case(
        "multimath@2.0.0",
        "lib/unsharp_mask/unsharp_mask.wasm",
        _answers,
        [_lightness(), references.gaussian(_lightness(), _WIDTH, _RADIUS)],
        {"env": {"exp": "exp", "memory": 1}},
    ),
]
