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
_AGAIN = "download it again"


@dataclass(frozen=True)
class Block:
    """Bytes at an address, for a family of chips (None if the file doesn't say for which)."""

    family: int | None
    address: int
    data: bytes


@dataclass(frozen=True)
class Uf2:
    """A file's bytes, and what is in them for the chips."""

    content: bytes
    blocks: list[Block]

    @property
    def families(self) -> set[int]:
        """The families of chips that it is for."""
        return {block.family for block in self.blocks if block.family is not None}

    @property
    def payload(self) -> bytes:
        """What it puts into flash, in the order of the file."""
        return b"".join(block.data for block in self.blocks)


def parse(path: Path, content: bytes) -> Uf2:
    """A UF2 file. Raises :class:`WasmdevError` for one that isn't whole; ``path`` names it in errors."""
    if content[: len(MAGIC)] != MAGIC:
        raise WasmdevError(f"{path} is no UF2 file")
    if len(content) % _BLOCK.size:
        raise WasmdevError(f"{path} is cut off: a UF2 has blocks of {_BLOCK.size} bytes", _AGAIN)
    blocks = []
    count = 0
    for number, block in enumerate(_BLOCK.iter_unpack(content)):
        first, second, flags, address, size, _, count, family, data, last = block
        if (first, second, last) != _MAGICS or size > len(data):
            raise WasmdevError(f"{path} is damaged in block {number}", _AGAIN)
        known = family if flags & _FAMILY_PRESENT else None
        if known != _ABSOLUTE:
            blocks.append(Block(known, address, data[:size]))
    if count > len(content) // _BLOCK.size:
        raise WasmdevError(f"{path} is cut off after {len(content) // _BLOCK.size} of {count} blocks", _AGAIN)
    return Uf2(content, blocks)
