"""MicroPython on a computer that qemu emulates, with files that lie in its memory.

The machine has no file system. Its files are put into its RAM, outside of MicroPython's heap, before it starts,
and MicroPython gets them through a file system made in Python.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from wasmdev.board.link import Link

FIRMWARE = Path(__file__).parents[2] / "build" / "firmware" / "virt_rv32.elf"
QEMU = "qemu-system-riscv32"
_FILES = 0x84000000  # in RAM, which begins at 0x80000000, far behind all that the firmware uses

_FILE_SYSTEM = """
import gc, io, sys, vfs
gc.threshold(8192)  # the files make garbage, which would scatter what is imported
from uctypes import bytearray_at
class File(io.IOBase):
    def __init__(self, data):
        self.data = data
        self.at = 0
    def readinto(self, buffer):
        n = min(len(buffer), len(self.data) - self.at)
        buffer[:n] = self.data[self.at : self.at + n]
        self.at += n
        return n
    def read(self, size):
        data = bytes(self.data[self.at : self.at + size])
        self.at += len(data)
        return data
    def seek(self, at):
        self.at = at
    def close(self):
        pass
    def ioctl(self, request, argument):
        return 0 if request == 4 else -1
class Files:
    def mount(self, readonly, mkfs):
        pass
    def umount(self):
        pass
    def stat(self, path):
        path = path.strip("/")
        if path in files:
            return (0x8000,) + (0,) * 9
        if any(name.startswith(path + "/") for name in files):
            return (0x4000,) + (0,) * 9
        raise OSError(2)
    def open(self, path, mode):
        return File(content(path.strip("/")))
def content(path):
    return memoryview(bytearray_at(*files[path]))
files = {}
vfs.mount(Files(), "/rom")
sys.path.append("/rom")
"""


@contextmanager
def machine(files: Mapping[str, bytes]) -> Iterator[Link]:
    """A link to a machine that has these files below ``/rom``, where it imports from; ``content(path)`` is one
    in place. Skips the test where there is no qemu or no firmware for it.
    """
    if not FIRMWARE.exists():
        pytest.skip("no MicroPython for qemu: make qemu")
    with tempfile.TemporaryDirectory() as folder:
        blob = Path(folder, "files")
        places = {}
        with blob.open("wb") as file:
            for path, content in files.items():
                places[path] = (_FILES + file.tell(), len(content))
                file.write(content + bytes(-len(content) % 4))
        command = [QEMU, "-machine", "virt", "-bios", "none", "-display", "none", "-monitor", "none"]
        command += ["-semihosting", "-serial", "pty"]
        command += ["-device", f"loader,file={blob},addr={_FILES:#x},force-raw=on"]
        try:
            process = subprocess.Popen([*command, "-kernel", str(FIRMWARE)], stdout=subprocess.PIPE, text=True)
        except FileNotFoundError:
            pytest.skip(f"no {QEMU} on this machine")
        try:
            assert process.stdout
            said = process.stdout.readline()
            port = re.search(os.sep.join(("", "dev", r"\S+")), said)
            assert port, f"{QEMU} says {said!r}"
            with Link(port[0]) as link:
                link.exec(_FILE_SYSTEM)
                for place in places.items():
                    link.exec("files[%r] = %r" % place)
                yield link
        finally:
            process.kill()
            process.wait()
