"""Native code for a board: the image whose functions it stands in for, and the ``.mpy`` beside it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmdev.errors import WasmdevError
from wasmdev.runtime import runtime
from wasmdev.runtime.machine_code import WrongCode

_STEP = 0.25  # the part of the code that is given up where mpy-cross can't compile it
# mpy-cross numbers the places in a function that are jumped to, and cuts the numbers of those behind a ``break``
# and a ``continue`` to 15 bits: beyond that they jump elsewhere.
_MOST_LABELS = 1 << 15
_LABELS = {"if": 2, "elif": 1, "while": 3, "for": 6, "and": 1, "or": 1}  # at most, of a keyword
_START_LABELS = 6
_KEYWORDS = re.compile(r"\b(?:%s)\b" % "|".join(_LABELS))


@dataclass(frozen=True)
class Native:
    """A native ``image`` and its code, a ``.mpy`` that goes beside it as ``file``. Both carry one tag, which
    the board compares. ``taken`` functions are native; ``refused`` tells by index why others are not. ``piece``
    bytes of memory are in one piece, ``claims`` is how many conclusions of the compiler it asserts."""

    image: bytes
    file: str
    mpy: bytes
    taken: int
    refused: dict[int, str]
    piece: int = 0
    claims: int = 0


Excess = Callable[[bytes, bytes], int]
"""By how many bytes an image and its ``.mpy`` are too large, zero or less where they are not."""


def build(
    module: Any,
    arch: str,
    everything: bool = False,
    metered: bool = True,
    memory: int | None = None,
    excess: Excess | None = None,
    checked: bool | None = None,
    piece: int | None = None,
    stops: bool = False,
) -> Native:
    """Compile a valid module for an architecture, as mpy-cross's ``-march`` spells it.

    With ``everything`` also what would not run faster; not ``metered``, neither fuel nor Ctrl-C ends a loop.
    ``memory`` is the number of bytes that linear memory is cut to. ``excess`` tells of an image and its code how
    many bytes they are too many: functions that there is no room for stay interpreted, first those that have least
    in loops. Raises :class:`WasmdevError` where mpy-cross fails.

    ``piece`` is how many bytes of memory will be in one piece, all that it has at first unless told; the code
    leaves what lies beyond to the interpreter. Where it is ``checked``, the code asserts what the compiler
    concluded, for tests; ``WASMDEV_CLAIMS`` in the environment asks for that where nobody else does. Code that
    ``stops`` can be left and entered at each turn of a loop, as tasks do.
    """
    from wasmc import native

    checked = bool(os.environ.get("WASMDEV_CLAIMS")) if checked is None else checked

    left_out: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        while True:
            made = native.compile(module, arch, everything, metered, memory, left_out, checked, piece, stops)
            part = 1 - _MOST_LABELS / labels(made.source)
            mpy = _compiled(arch, made, Path(folder, "native")) if part <= 0 else native.TOO_MUCH
            if isinstance(mpy, str):
                left_out |= dict.fromkeys(_least(made.gains, part if part > 0 else _STEP), mpy)
                continue
            over = excess(made.image, mpy) if excess else 0
            if over <= 0 or not made.taken:
                facts = made.taken, made.refused, made.piece, made.claims
                return Native(made.image, f"{made.name}.mpy", mpy, *facts)
            left_out |= dict.fromkeys(_least(made.gains, min(1.0, over / len(mpy))), native.NO_ROOM)


def _compiled(arch: str, made: Any, scratch: Path) -> bytes | str:
    """The ``.mpy`` of native code, or why there is none: a branch is too far for mpy-cross, for one, or too far
    without mpy-cross noticing."""
    from wasmc import native

    try:
        return runtime.cross_compile(arch, f"{made.name}.py", made.source, scratch)
    except WasmdevError as error:
        if not made.taken:
            raise
        return f"mpy-cross makes wrong code: {error.faults}" if isinstance(error, WrongCode) else native.TOO_MUCH


def labels(source: str) -> int:
    """How many places are jumped to, at most, in what mpy-cross makes of a source's functions."""
    return _START_LABELS + sum(_LABELS[word] for word in _KEYWORDS.findall(source))


def _least(gains: dict[int, tuple[float, int]], part: float) -> frozenset[int]:
    """The functions to give up, one at least, for the code to lose a part of its size."""
    excess = part * sum(count for _, count in gains.values())
    found = set()
    for index in sorted(gains, key=lambda index: gains[index][0]):
        found.add(index)
        excess -= gains[index][1]
        if excess <= 0:
            break
    return frozenset(found)
