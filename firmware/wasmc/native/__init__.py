"""The native tier's compiler: an image for the board's processor, and a module of viper that goes beside it.

Runs on the host only. It works on the image's code and not on the module's: there operands are folded, compares
are fused with branches, and cells are those of the interpreter, whose frames native functions share.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from .. import image
from ..lowering import lower
from ..viper import is_unaligned, is_wide
from .code import Unfit
from .module import Module


@dataclass(frozen=True)
class Native:
    """What the back end made of a module: the native ``image``, the ``source`` (viper) that belongs beside it
    under ``name`` + ``.mpy``, and why which functions stay interpreted (``refused``, by index). ``gains`` tells of
    those that are native (``taken`` of them) how deep in loops their instructions are, on average and weighted,
    and how many they have: what to give up first where it is too much."""

    image: bytes
    source: str
    name: str
    taken: int
    refused: dict[int, str]
    gains: dict[int, tuple[float, int]]


def compile(
    module,
    arch: str,
    everything: bool = False,
    metered: bool = True,
    memory: int | None = None,
    left_out: frozenset[int] = frozenset(),
) -> Native:
    """Compiles a valid module for an architecture by mpy-cross's name.

    Functions that would hardly run faster stay interpreted, unless ``everything`` is wanted, and those that are
    ``left_out``. Code that isn't ``metered`` uses no fuel and can't be stopped: it tells what metering costs.
    ``memory`` is the number of bytes that linear memory is cut to, if it is.
    """
    unwanted = dict.fromkeys(left_out, "the board has no room for its code")
    while True:
        native = Module(64 if is_wide(arch) else 32, is_unaligned(arch), everything, metered)
        native.memory = memory
        native.left_out = unwanted
        made = bytearray(lower(module, native))
        try:
            source = native.source(b"")
            break
        except Unfit as unfit:
            why, index = unfit.args
            unwanted[index] = why
    # The image carries its own hash and the code's in the place of the module's.
    at = struct.calcsize(image.HEADER[: image.HEADER.index("8s")])
    tag = hashlib.sha256(made + arch.encode() + source.encode()).digest()[:8]
    made[at : at + 8] = tag
    return Native(bytes(made), source.replace("TAG = b''", "TAG = %r" % tag), name_of(tag), len(native.taken),
                  native.refused, {index: found.gain() for index, found in native.taken.items()})


def name_of(tag: bytes) -> str:
    """The name of the Python module with the native code of the image that has this tag."""
    return "n" + tag.hex()
