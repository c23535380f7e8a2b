"""Builds MicroPython for the RISC-V computer ``virt`` that qemu emulates, from Debian's packages.

    python -m firmware.qemu.build FOLDER

makes ``FOLDER/virt_rv32.elf``. It needs make and the packages gcc-riscv64-unknown-elf and
picolibc-riscv64-unknown-elf.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from firmware.debian import Archive, Missing, main, run

SUITE = "trixie"
HEAP = 242048  # bytes: what is free on a Pico
_TOOLS = ("make", "riscv64-unknown-elf-gcc")
_PACKAGES = "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf make"
_OPTIONS = {
    "BOARD": "VIRT_RV32",
    "RV32_ARCH": "rv32imac -misa-spec=2.2",  # of which compilers of any age know that it has the CSR instructions
    "FROZEN_MANIFEST": "",
    "MICROPY_HEAP_SIZE": HEAP,
    "MICROPY_PY_BTREE": 0,
    "MICROPY_PY_THREAD": 0,
}


def build(folder: Path) -> None:
    """Make the image. Raises Missing when a tool or a package can't be had, or the build fails."""
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        raise Missing(f"this machine has no {', '.join(missing)}: apt-get install {_PACKAGES}")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wasmdev-firmware-") as name:
        print("fetching sources", flush=True)
        port = Archive(Path(name, "apt"), SUITE).source("micropython", Path(name, "sources")) / "ports/qemu"
        print("building virt_rv32.elf", flush=True)
        options = [f"{key}={value}" for key, value in _OPTIONS.items()]
        run(["make", "-C", str(port), f"-j{os.cpu_count()}", *options])
        beside = folder / "virt_rv32.tmp"
        shutil.copy(port / "build-VIRT_RV32/firmware.elf", beside)
        os.replace(beside, folder / "virt_rv32.elf")


if __name__ == "__main__":
    sys.exit(main(build, __doc__))
