"""Drops what a module doesn't need to run."""

from .sections import CUSTOM, sections


def strip(data: bytes) -> bytes:
    """The module without its custom sections, as bytes. Nothing else is looked at.

    Raises :class:`WasmError` where the sections can't be told apart.
    """
    kept = bytearray(data[:8])
    for section, start, _, end in sections(data):
        if section != CUSTOM:
            kept += data[start:end]
    return bytes(kept)
