"""What Debian's compiler for the ESP8266's core needs in order to make code for a windowed core, as an ESP32's."""

from __future__ import annotations

import subprocess
from pathlib import Path

from firmware.debian import Archive, Missing, run

PREFIX = "xtensa-lx106-elf-"
PACKAGES = "gcc-xtensa-lx106 binutils-xtensa-lx106 picolibc-xtensa-lx106-elf libc6-dev"
FLAGS = "-mabi=windowed -isystem /usr/lib/xtensa-lx106-elf/include"
_ISA = "\nxtensa_isa_internal xtensa_modules = {"


def options(archive: Archive, work: Path, core: str) -> dict[str, str]:
    """What make is told besides; a variable on its command line is in the environment of what it runs, too."""
    return {"XTENSA_GNU_CONFIG": str(_described(archive, work, core)), "LIBGCC": str(_library(work))}


def _described(archive: Archive, work: Path, core: str) -> Path:
    """A shared object that tells binutils of a core, made of what qemu's source has."""
    target = "target/xtensa"
    tables = f"{target}/core-{core}/xtensa-modules.c.inc"
    members = [tables, f"{target}/core-{core}/core-isa.h", f"{target}/xtensa-isa.h",
               f"{target}/xtensa-isa-internal.h", "include/hw/xtensa/xtensa-isa.h"]  # fmt: skip
    source = archive.part("qemu", work / "qemu", members)
    text = (source / tables).read_text().replace('#include "qemu/osdep.h"\n', "")
    text = text.replace("static xtensa_isa_internal xtensa_modules", "xtensa_isa_internal xtensa_modules")
    if _ISA not in text:
        raise Missing("qemu's source describes the core in another way than that of 7.2 and 10.0")
    (work / "xtensa-modules.inc").write_text(text)
    made = work / f"{core}.so"
    folders = (work, source / target, source / target / f"core-{core}", source / "include")
    run(["gcc", "-shared", "-fPIC", "-O1", "-w", *(f"-I{folder}" for folder in folders),
         str(Path(__file__).parent / "port/xtensa/dynconfig.c"), "-o", str(made)])  # fmt: skip
    return made


def _library(work: Path) -> Path:
    """The compiler's own library, of another calling convention, with ``call0_`` before each of its names."""
    asked = [f"{PREFIX}gcc", "-print-libgcc-file-name"]
    libgcc = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    made = work / "libgcc.a"
    run([f"{PREFIX}objcopy", "--prefix-symbols=call0_", "--remove-section=.xtensa.info", libgcc, str(made)])
    return made
