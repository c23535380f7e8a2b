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


def build(module: Any, arch: str, everything: bool = False, metered: bool = True) -> Native:
    """Compile a valid module for an architecture, as mpy-cross's ``-march`` spells it.

    With ``everything`` also what would not run faster; not ``metered``, neither fuel nor Ctrl-C ends a loop.
    Raises :class:`WasmdevError` where mpy-cross fails.
    """
    from wasmc import native

    made = native.compile(module, arch, everything, metered)
    with tempfile.TemporaryDirectory() as folder:
        mpy = runtime.cross_compile(arch, f"{made.name}.py", made.source, Path(folder, "native"))
    return Native(made.image, f"{made.name}.mpy", mpy, made.taken, made.refused)
