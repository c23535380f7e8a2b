"""Numbers as the user writes them, and as the bits that go to a function and come from it."""

from __future__ import annotations

import contextlib
import math
import re
import struct
from fractions import Fraction

from wasmdev.errors import UsageError

INTEGERS = {"i32": 32, "i64": 64}
FLOATS = {"f32": (32, "<I", "<f", 23), "f64": (64, "<Q", "<d", 52)}  # bits, formats, bits of the fraction
_NAN = re.compile(r"([+-]?)nan(?::0x([0-9a-f]+))?", re.IGNORECASE)
_INFINITY = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
_HINT = "give for example 3, -1, 0xff, 1.5, inf or nan"


def check(text: str) -> None:
    """Raise :class:`UsageError` for what is a number of no type."""
    with contextlib.suppress(OverflowError):
        if _NAN.fullmatch(text) or text == "null" or _real(text) is not None:
            return
    raise UsageError(f"{text!r} is no number", _HINT)


def bits(text: str, kind: str) -> int | None:
    """The bits of a number of a type of WebAssembly; None for a reference that is null.

    A float is the nearest to what is written. Raises :class:`UsageError` for what is none of that type.
    """
    if kind in INTEGERS:
        return _integer(text, kind)
    if kind in FLOATS:
        return _float(text, kind)
    if text != "null":
        raise UsageError(f"{text!r} is no {kind}", "the only one that can be given is null")
    return None


def shown(value: object, kind: str) -> str:
    """A number by its bits, signed or not, a float in the fewest digits that stand for it.

    Of a reference it is null or the type.
    """
    if kind in INTEGERS and isinstance(value, int):
        return str(value)
    if kind in FLOATS and isinstance(value, int):
        return _shown_float(value, kind)
    return "null" if value is None else kind


def _integer(text: str, kind: str) -> int:
    number = _whole(text)
    size = INTEGERS[kind]
    if number is None or not -1 << size - 1 <= number < 1 << size:
        raise UsageError(f"{text} is no {kind}", f"give a whole number from -2**{size - 1} to 2**{size}-1")
    return number


def _float(text: str, kind: str) -> int:
    size, as_int, as_float, fraction = FLOATS[kind]
    if found := _NAN.fullmatch(text):
        payload = int(found[2], 16) if found[2] else 1 << fraction - 1
        if not 0 < payload < 1 << fraction:
            raise UsageError(f"{text} is no {kind}", f"the payload of a nan has {fraction} bits and isn't 0")
        sign = 1 << size - 1 if found[1] == "-" else 0
        return sign | (1 << size - 1) - (1 << fraction) | payload
    try:
        real = _real(text)
        if real is None or math.isinf(real) and not _INFINITY.fullmatch(text):
            raise OverflowError
        packed = struct.pack(as_float, real if kind == "f64" else _odd(text, real))
    except OverflowError:
        hint = _HINT if text == "null" else f"it is beyond the largest {kind}; give a smaller one, or inf"
        raise UsageError(f"{text} is no {kind}", hint) from None
    return int(struct.unpack(as_int, packed)[0])


def _odd(text: str, real: float) -> float:
    """A float next to what is written, from which rounding once more leads where rounding once does.

    That is one whose last bit is set, unless it is exact.
    """
    if math.isinf(real) or real == 0:
        return real
    whole = _whole(text)
    exact = Fraction(text.replace("_", "")) if whole is None else Fraction(whole)
    if exact == real or struct.pack(">d", real)[-1] & 1:
        return real
    return math.nextafter(real, math.inf if exact > real else -math.inf)


def _shown_float(value: int, kind: str) -> str:
    size, as_int, as_float, fraction = FLOATS[kind]
    packed = struct.pack(as_int, value & (1 << size) - 1)
    real = struct.unpack(as_float, packed)[0]
    if math.isnan(real):
        payload = value & (1 << fraction) - 1
        sign = "-" if value >> size - 1 & 1 else ""
        return f"{sign}nan" if payload == 1 << fraction - 1 else f"{sign}nan:0x{payload:x}"
    return repr(_short(real, packed) if kind == "f32" else real)


def _short(real: float, packed: bytes) -> float:
    """The number of fewest digits that is this one as an f32."""
    for count in range(1, 10):
        short = float(f"{real:.{count}g}")
        with contextlib.suppress(OverflowError):
            if struct.pack("<f", short) == packed:
                return short
    return real


def _whole(text: str) -> int | None:
    for base in (0, 10):
        try:
            return int(text, base)
        except ValueError:
            continue
    return None


def _real(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        whole = _whole(text)
        return None if whole is None else float(whole)
