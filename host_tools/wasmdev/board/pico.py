"""Which firmware the emulated Pico runs."""

from __future__ import annotations

import os
from pathlib import Path

from wasmdev import data, folders
from wasmdev.errors import LinkError

_BUILT = "build/firmware/pico.uf2"  # in a checkout, by make firmware


def firmware() -> Path:
    """The UF2 that ``WASMDEV_PICO_FIRMWARE`` names, that ``wasmdev pico`` was last given, or that was built here.

    Raises :class:`LinkError` when there is none of them.
    """
    chosen = os.environ.get("WASMDEV_PICO_FIRMWARE")
    if chosen:
        return Path(chosen)
    for path in (folders.pico() / "firmware.uf2", data.root() / _BUILT):
        if path.exists():
            return path
    build = "build one with make firmware, or " if (data.root() / "Makefile").exists() else ""
    raise LinkError(
        "the emulated Pico has no firmware",
        f"{build}give one from micropython.org/download/RPI_PICO: wasmdev pico --firmware FILE",
    )


def use(path: Path) -> None:
    """Make a UF2 the firmware from now on. Raises PicoError for what is no firmware of the RP2040."""
    from wasmdev_pico import uf2_blocks

    uf2_blocks(path)
    folders.write_whole(folders.pico() / "firmware.uf2", path.read_bytes())
