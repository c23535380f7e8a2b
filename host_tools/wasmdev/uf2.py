"""UF2 files: firmware in blocks of 512 bytes, each with its address and the family of chips it is for."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from wasmdev.errors import WasmdevError

MAGIC = b"UF2\n"
_BLOCK = struct.Struct("<8I476sI")
_MAGICS = (0x0A324655, 0x9E5D5157, 0x0AB16F30)
_FAMILY_PRESENT = 0x2000
_ABSOLUTE = 0xE48BFF57  # a block that mends a fault of the RP2350 and is for no chip in particular


@dataclass(frozen=True)
class Uf2:
    """A file's bytes, the families of chips that it is for, and what it puts into their flash."""

    content: bytes
    families: frozenset[int]
    payload: bytes


def parse(path: Path, content: bytes) -> Uf2:
    """A UF2 file. Raises :class:`WasmdevError` for one that isn't whole; ``path`` names it in errors."""
    families = set()
    payload = bytearray()
    if not content or len(content) % _BLOCK.size:
        raise WasmdevError(f"{path} is cut off: a UF2 has blocks of {_BLOCK.size} bytes", "download it again")
    for number, block in enumerate(_BLOCK.iter_unpack(content)):
        first, second, flags, _, size, _, _, family, data, last = block
        if (first, second, last) != _MAGICS or size > len(data):
            raise WasmdevError(f"{path} is damaged in block {number}", "download it again")
        if flags & _FAMILY_PRESENT and family != _ABSOLUTE:
            families.add(family)
            payload += data[:size]
    _, _, _, _, _, _, count, _, _, _ = _BLOCK.unpack_from(content, len(content) - _BLOCK.size)
    if count > len(content) // _BLOCK.size:
        raise WasmdevError(f"{path} is cut off after {len(content) // _BLOCK.size} of {count} blocks",
                           "download it again")
    return Uf2(content, frozenset(families), bytes(payload))
