"""The native tier's compiler: an image for the board's processor, and a module of viper that goes beside it.

Runs on the host only. It works on the image's code and not on the module's: there operands are folded, compares
are fused with branches, and cells are those of the interpreter, whose frames native functions share.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from ..binary.instructions import Instructions
from ..binary.module import MEMORY
from ..image import file
from ..interpreter import is_unaligned, is_wide
from ..lowering.module import lower
from .viper.module import Module

TOO_MUCH = "there is more native code than mpy-cross compiles for the processor"
NO_ROOM = "the board has no room for its code"  # why a function stays interpreted that was left out
_MEMORY_GROW = 0x40


@dataclass(frozen=True)
class Native:
    """What the back end made of a module: the native ``image``, the ``source`` (viper) that belongs beside it
    under ``name`` + ``.mpy``, and why which functions stay interpreted (``refused``, by index). ``gains`` tells of
    those that are native (``taken`` of them) how deep in loops their instructions are, on average and weighted,
    and how many they have: what to give up first where it is too much. ``piece`` bytes of memory are
    in one piece to it, ``claims`` is how many conclusions it asserts."""

    image: bytes
    source: str
    name: str
    taken: int
    refused: dict[int, str]
    gains: dict[int, tuple[float, int]]
    piece: int
    claims: int


def compile(
    module,
    arch: str,
    everything: bool = False,
    metered: bool = True,
    memory: int | None = None,
    left_out: Mapping[int, str] | None = None,
    checked: bool = False,
    piece: int | None = None,
    stops: bool = False,
) -> Native:
    """Compiles a valid module for an architecture by mpy-cross's name.

    Functions that would hardly run faster stay interpreted, unless ``everything`` is wanted, and those that are
    ``left_out``, each with the reason. Code that isn't ``metered`` uses no fuel and can't be stopped: it tells
    what metering costs. ``memory`` is the number of bytes that linear memory is cut to, if it is. Where it is
    ``checked``, the code asserts what was concluded of it (viper/claims.py). ``piece`` is how many bytes of memory
    will be in one piece, all that it has at first unless told; it may be more than that, for memory that grows.
    Code that ``stops`` does so at each turn of a loop, to go on later: tasks need it, and it is larger.
    """
    size, grows = _extent(module, memory)
    piece = size if piece is None else piece
    keeps = grows or piece < size
    least = min(piece, size)
    unwanted = dict(left_out or {})
    while True:
        bits = 64 if is_wide(arch) else 32
        native = Module(bits, is_unaligned(arch), everything, metered, checked, piece, least, keeps, stops)
        native.left_out = unwanted
        made = bytearray(lower(module, native))
        source = native.source(b"")
        if not native.unfit:
            break
        unwanted.update(native.unfit)
    # The image carries its own hash and the code's in the place of the module's.
    at = struct.calcsize(file.HEADER[: file.HEADER.index("8s")])
    tag = hashlib.sha256(made + arch.encode() + source.encode()).digest()[:8]
    made[at : at + 8] = tag
    return Native(bytes(made), source.replace("TAG = b''", "TAG = %r" % tag), name_of(tag), len(native.taken),
                  native.refused, {index: found.gain() for index, found in native.taken.items()}, piece,
                  len(native.claims.made))


def _extent(module, cap: int | None) -> tuple[int, bool]:
    """Bytes of memory that a module has at first, and whether it may come to have more by itself or by others."""
    if not module.memories:
        return 0, False
    minimum, maximum, page = module.memories[0]
    if module.imported(MEMORY):
        return minimum << page, True
    cap = 1 << 32 if cap is None else cap
    growable = (maximum is None or maximum > minimum) and minimum + 1 << page <= cap
    return min(minimum << page, cap), growable and any(_has_growth(module, body) for body in module.bodies)


def _has_growth(module, body) -> bool:
    code = Instructions(module.data, body.start, body.end, "function")
    while code.pos < body.end:
        if code.next() == _MEMORY_GROW:
            return True
    return False


def name_of(tag: bytes) -> str:
    """The name of the Python module with the native code of the image that has this tag."""
    return "n" + tag.hex()
