"""Numbers of bytes as they are written on a command line and in TOML: ``16384`` or ``16k``."""

from __future__ import annotations

from wasmdev.errors import UsageError

_DIGITS = 12  # of a number


def size(text: str, option: str) -> int | None:
    """The number of bytes in ``16384`` or ``16k``; None for no text. Raises :class:`UsageError`."""
    number = in_bytes(text)
    if text and number is None:
        raise UsageError(f"{option} {text}", "give bytes, as in 16384 or 16k")
    return number


def in_bytes(text: str) -> int | None:
    """The same, and None for what isn't written so."""
    digits, unit = (text[:-1], 1024) if text[-1:] in ("k", "K") else (text, 1)
    return int(digits) * unit if digits.isdecimal() and len(digits) <= _DIGITS else None
