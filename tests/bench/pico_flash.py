"""The flash of a Pico with files in it, made on this machine: sending them to an emulated board takes minutes."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from wasmdev.runtime.runtime import LOADER, Runtime

from tests.desk import micropython64

ARCH = "armv6m"
_SIZE = 2 * 1024 * 1024  # bytes of the chip
_START = 640 * 1024  # where MicroPython's file system begins, which takes the rest

# Run by MicroPython, whose littlefs it is: FOLDER IMAGE SIZE. Blocks and pieces are those of ports/rp2.
_FORMAT = """
import os, sys, vfs

class Chip:
    def __init__(self, size):
        self.data = bytearray(b"\\xff" * size)
    def readblocks(self, block, buffer, offset=0):
        at = block * 4096 + offset
        buffer[:] = memoryview(self.data)[at : at + len(buffer)]
    def writeblocks(self, block, buffer, offset=0):
        at = block * 4096 + offset
        self.data[at : at + len(buffer)] = buffer
    def ioctl(self, operation, argument):
        return len(self.data) // 4096 if operation == 4 else 4096 if operation == 5 else 0

def copy(source, target):
    for name, kind, *_ in os.ilistdir(source):
        if kind == 0x4000:
            files.mkdir(target + "/" + name)
            copy(source + "/" + name, target + "/" + name)
        else:
            with open(source + "/" + name, "rb") as file, files.open(target + "/" + name, "wb") as made:
                made.write(file.read())

folder, image, size = sys.argv[1:]
chip = Chip(int(size))
vfs.VfsLfs2.mkfs(chip, progsize=256)
files = vfs.VfsLfs2(chip, progsize=256)
files.mount(False, False)
copy(folder, "")
files.umount()
with open(image, "wb") as file:
    file.write(chip.data)
"""


def runtime() -> dict[str, bytes]:
    """The runtime's files by path, as ``wasmdev install`` puts them there."""
    wanted = Runtime(ARCH)
    return wanted.files() | {LOADER: wanted.loader}


def image(files: Mapping[str, bytes]) -> bytes:
    """The contents of the chip with these files, whose paths begin at the root; no firmware is in it."""
    with tempfile.TemporaryDirectory() as name:
        folder, made, script = Path(name, "files"), Path(name, "image"), Path(name, "format.py")
        folder.mkdir()
        script.write_text(_FORMAT)
        for path, content in files.items():
            target = folder / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        arguments = [str(script), str(folder), str(made), str(_SIZE - _START)]
        subprocess.run([*micropython64(), "-X", "heapsize=16M", *arguments], check=True)
        return b"\xff" * _START + made.read_bytes()
