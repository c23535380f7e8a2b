"""Where the board's half of wasmdev is: inside the installed package, or in the checkout that this is."""

from __future__ import annotations

from pathlib import Path


def root() -> Path:
    """The folder with ``firmware``, ``device_lib`` and ``boards``, laid out as in the repository."""
    here = Path(__file__).resolve().parent
    packaged = here / "_data"
    return packaged if packaged.is_dir() else here.parents[1]
