"""Native code for a board: the image whose functions it stands in for, and the ``.mpy`` beside it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmdev import runtime


@dataclass(frozen=True)
class Native:
    """A native ``image`` and its code, a ``.mpy`` that goes beside it as ``file``. Both carry one tag, which
    the board compares. ``taken`` functions are native; ``refused`` tells by index why others are not."""

    image: bytes
    file: str
    mpy: bytes
    taken: int
    refused: dict[int, str]


def build(
    module: Any,
    arch: str,
    everything: bool = False,
    metered: bool = True,
    memory: int | None = None,
    room: int | None = None,
) -> Native:
    """Compile a valid module for an architecture, as mpy-cross's ``-march`` spells it.

    With ``everything`` also what would not run faster; not ``metered``, neither fuel nor Ctrl-C ends a loop.
    ``memory`` is the number of bytes that linear memory is cut to, ``room`` how many the code may take: functions
    that there is none for stay interpreted, first those that have least in loops. Raises :class:`WasmdevError`
    where mpy-cross fails.
    """
    from wasmc import native

    left_out: frozenset[int] = frozenset()
    with tempfile.TemporaryDirectory() as folder:
        while True:
            made = native.compile(module, arch, everything, metered, memory, left_out)
            mpy = runtime.cross_compile(arch, f"{made.name}.py", made.source, Path(folder, "native"))
            if room is None or len(mpy) <= room or not made.taken:
                return Native(made.image, f"{made.name}.mpy", mpy, made.taken, made.refused)
            left_out |= _least(made.gains, (len(mpy) - room) / len(mpy))


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
