"""The user's folders for what wasmdev keeps, as each system has them."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache() -> Path:
    """What can be made again: compiled runtimes. ``WASMDEV_CACHE`` moves it."""
    return _folder("WASMDEV_CACHE", "XDG_CACHE_HOME", ".cache", "Library/Caches", "Cache")


def data() -> Path:
    """What can't: names of the functions of flashed modules. ``WASMDEV_DATA`` moves it."""
    return _folder("WASMDEV_DATA", "XDG_DATA_HOME", ".local/share", "Library/Application Support", "Data")


def sim() -> Path:
    """The files of the simulated board. ``WASMDEV_SIM`` moves it."""
    chosen = os.environ.get("WASMDEV_SIM")
    return Path(chosen) if chosen else data() / "sim"


def pico() -> Path:
    """The flash and the firmware of the emulated Pico. ``WASMDEV_PICO`` moves it."""
    chosen = os.environ.get("WASMDEV_PICO")
    return Path(chosen) if chosen else data() / "pico"


def qemu() -> Path:
    """The flash of the machines that qemu emulates, a file each. ``WASMDEV_QEMU`` moves it."""
    chosen = os.environ.get("WASMDEV_QEMU")
    return Path(chosen) if chosen else data() / "qemu"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that other processes see whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    beside.write_bytes(content)
    os.replace(beside, path)


def _folder(override: str, xdg: str, unix: str, mac: str, windows: str) -> Path:
    if chosen := os.environ.get(override):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local"), "wasmdev", windows)
    if sys.platform == "darwin":
        return Path.home() / mac / "wasmdev"
    return Path(os.environ.get(xdg) or Path.home() / unix, "wasmdev")
