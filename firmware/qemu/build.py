"""Builds MicroPython for the machines that qemu emulates, from Debian's packages.

    python -m firmware.qemu.build FOLDER

makes ``FOLDER/NAME.elf`` for each of ``wasmdev_qemu.MACHINES``. It needs make, gcc, and of compilers the packages
gcc-arm-none-eabi and libnewlib-arm-none-eabi, gcc-riscv64-unknown-elf and picolibc-riscv64-unknown-elf,
gcc-xtensa-lx106 and picolibc-xtensa-lx106-elf.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wasmdev_qemu import MACHINES, Machine

from firmware.debian import Archive, Missing, main, run
from firmware.qemu import xtensa

SUITE = "trixie"
_PORT = Path(__file__).with_name("port")
_BOARDS = Path(__file__).parents[2] / "boards"
_FROZEN = ("qemu/device/_boot.py", "qemu/device/_interrupts.py", "qemu/device/_pipes.py", "sim/device/_bus.py",
           "sim/device/_events.py", "sim/device/_onewire.py", "sim/device/machine.py")  # fmt: skip


@dataclass(frozen=True)
class Build:
    """How firmware for one machine is compiled: with which compiler, and what it and make are told."""

    compiler: str
    packages: str
    flags: str
    options: dict[str, str]


_ARM = {"CORE": "arm", "CORE_SRC_C": "semihosting.c arm/start.c",
        "CORE_SRC_O": "shared/runtime/gchelper_native.o shared/runtime/gchelper_thumb2.o"}  # fmt: skip
_GCC_ARM = "gcc-arm-none-eabi libnewlib-arm-none-eabi"
_RISCV_FLAGS = "-mabi=ilp32 -march=rv32imac -misa-spec=2.2"  # of which each compiler knows that CSRs come with it
_BUILDS = {
    "cortex-m": Build("arm-none-eabi-", _GCC_ARM, "-mthumb -mcpu=cortex-m7 -mfpu=fpv5-sp-d16 -mfloat-abi=hard",
                      _ARM | {"HEAP": "0x60000000"}),
    "cortex-m3": Build("arm-none-eabi-", _GCC_ARM, "-mthumb -mcpu=cortex-m3 -mfloat-abi=soft",
                       _ARM | {"HEAP": "0x21000000"}),
    "riscv": Build(
        "riscv64-unknown-elf-", "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf", _RISCV_FLAGS,
        {"CORE": "riscv", "HEAP": "0x80200000", "CORE_SRC_C": "semihosting.c riscv/core.c",
         "CORE_SRC_O": "riscv/start.o shared/runtime/gchelper_native.o shared/runtime/gchelper_rv32i.o",
         "MACHINE_AFLAGS": _RISCV_FLAGS, "MACHINE_LDFLAGS": f"{_RISCV_FLAGS} -Wl,-EL"},
    ),
    "xtensa": Build(
        xtensa.PREFIX, xtensa.PACKAGES, f"{xtensa.FLAGS} -mtext-section-literals",
        {"CORE": "xtensa", "HEAP": "0x60200000", "CORE_SRC_C": "executable.c xtensa/core.c xtensa/arithmetic.c",
         "CORE_SRC_O": "xtensa/start.o xtensa/libgcc.o", "MACHINE_AFLAGS": xtensa.FLAGS},
    ),
}  # fmt: skip


def build(folder: Path, names: tuple[str, ...] = tuple(MACHINES)) -> None:
    """Make the images. Raises Missing when a tool or a package can't be had, or a build fails."""
    for name in names:
        wanted = _BUILDS[name]
        tools = ("make", "gcc", f"{wanted.compiler}gcc")
        if missing := [tool for tool in tools if shutil.which(tool) is None]:
            raise Missing(f"this machine has no {', '.join(missing)}: apt-get install make gcc {wanted.packages}")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wasmdev-firmware-") as work:
        print("fetching MicroPython's sources from Debian: 60 MB", flush=True)
        archive = Archive(Path(work, "apt"), SUITE)
        sources = archive.source("micropython", Path(work, "sources"))
        port = _port(sources)
        run(["make", "-C", str(sources / "mpy-cross"), f"-j{os.cpu_count()}"])
        for name in names:
            print(f"building {name}.elf", flush=True)
            more = xtensa.options(archive, Path(work), MACHINES[name].core) if name == "xtensa" else {}
            _make(MACHINES[name], _BUILDS[name], port, more)
            beside = folder / f"{name}.tmp"
            shutil.copy(port / f"build-{name}/firmware.elf", beside)
            os.replace(beside, folder / MACHINES[name].firmware)


def _port(sources: Path) -> Path:
    """The folder of our port among MicroPython's own, with what it freezes."""
    port = sources / "ports" / "wasmdev"
    shutil.copytree(_PORT, port)
    (port / "frozen").mkdir()
    for path in _FROZEN:
        shutil.copy(_BOARDS / path, port / "frozen")
    return port


def _make(machine: Machine, wanted: Build, port: Path, more: dict[str, str]) -> None:
    options = wanted.options | more | {
        "MACHINE": machine.name,
        "MACHINE_NAME": machine.machine,
        "MACHINE_CORE": machine.core,
        "MACHINE_CFLAGS": wanted.flags,
        "CROSS_COMPILE": wanted.compiler,
        "MPY_CROSS_FLAGS": f"-march={machine.arch}",
    }
    run(["make", "-C", str(port), f"-j{os.cpu_count()}", *(f"{key}={value}" for key, value in options.items())])


if __name__ == "__main__":
    sys.exit(main(build, __doc__))
