"""Builds MicroPython for the Raspberry Pi Pico from Debian's packages, without and with the runtime frozen in.

    python -m firmware.rp2040.build FOLDER

makes ``FOLDER/pico.uf2`` and ``FOLDER/pico-wasm.uf2``. The second has a ROMFS, for images that run in place.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from firmware.debian import Archive, Missing, main

SUITE = "trixie"
ARCH = "armv6m"
_FLASH = 0x10000000
_FAMILY = 0xE48BFF56
_ROMFS = 65536  # bytes
_BLOCK = 256  # bytes of flash in one block of UF2: a page
_TOOLS = ("cmake", "make", "arm-none-eabi-gcc", "arm-none-eabi-g++")
_PACKAGES = "gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib cmake make"

# What the stock manifest takes from micropython-lib (onewire, dht and others) is not in Debian.
_STOCK = """\
freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
"""


def build(folder: Path) -> None:
    """Make both images where they are missing, and the second one again when the runtime has changed.

    Sources and objects stay in ``FOLDER/work``. Raises Missing when a tool or a package can't be had, or the
    build fails.
    """
    from wasmdev.runtime.export import export
    from wasmdev.runtime.runtime import Runtime

    runtime = Runtime(ARCH)
    contains = folder / "pico-wasm.txt"  # the hash of the runtime that is frozen in
    stock, frozen = folder / "pico.uf2", folder / "pico-wasm.uf2"
    if stock.exists() and frozen.exists() and contains.exists() and contains.read_text() == runtime.hash:
        return
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        raise Missing(f"this machine has no {', '.join(missing)}: apt-get install {_PACKAGES}")
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    micropython, sdk = _fetch(work)
    if not stock.exists():
        _make(work, micropython, sdk, _STOCK, stock)
    shutil.rmtree(work / "runtime", ignore_errors=True)
    export(work / "runtime", ARCH)
    _make(work, micropython, sdk, _STOCK + f'include("{work}/runtime/manifest.py")\n', frozen, _ROMFS)
    contains.write_text(runtime.hash)


def _make(work: Path, micropython: Path, sdk: Path, manifest: str, target: Path, romfs: int = 0) -> None:
    print(f"building {target.name}: about two minutes on two cores", flush=True)
    beside = target.with_suffix(".tmp")
    beside.write_bytes(b"".join(uf2(_compile(work, micropython, sdk, manifest, romfs))))
    os.replace(beside, target)


def uf2(image: bytes) -> Iterator[bytes]:
    """The blocks of a UF2 file that puts an image at the start of an RP2040's flash."""
    count = -(-len(image) // _BLOCK)
    for i in range(count):
        data = image[i * _BLOCK : (i + 1) * _BLOCK].ljust(_BLOCK, b"\0")
        head = struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, _FLASH + i * _BLOCK, _BLOCK, i, count, _FAMILY)
        yield head + data + bytes(476 - _BLOCK) + struct.pack("<I", 0x0AB16F30)


def _fetch(work: Path) -> tuple[Path, Path]:
    """MicroPython's source, complete with the libraries that its release leaves to submodules, and the SDK."""
    sources = work / "sources"
    sdk = sources / "usr/src/pico-sdk"
    if not sources.exists():
        print("fetching MicroPython's sources and the SDK from Debian: 60 MB", flush=True)
        fresh = work / "fetching"
        shutil.rmtree(fresh, ignore_errors=True)
        archive = Archive(work / "apt", SUITE)
        micropython = archive.source("micropython", fresh)
        mbedtls = archive.source("mbedtls", fresh)
        archive.unpack(["pico-sdk-source", "tinyusb-source"], fresh)
        for library, source in {"tinyusb": Path("usr/src/tinyusb"), "mbedtls": mbedtls.relative_to(fresh)}.items():
            place = micropython / "lib" / library
            place.rmdir()
            place.symlink_to(Path("../..") / source)
        _align_frozen_code(micropython / "tools/mpy-tool.py")
        fresh.rename(sources)
    [micropython] = sources.glob("micropython-*")
    return micropython, sdk


def _align_frozen_code(tool: Path) -> None:
    """Let native code that is frozen in begin at a word: Thumb code reads its constants from words beside it.

    MicroPython (1.25 at least) aligns it to halfwords, and half of what is frozen then reads wrong constants.
    """
    text = tool.read_text()
    if (halfwords := "((aligned (2)))") not in text:
        raise Missing(f"{tool.name} doesn't look like the one of MicroPython 1.25")
    tool.write_text(text.replace(halfwords, "((aligned (4)))"))


def _compile(work: Path, micropython: Path, sdk: Path, manifest: str, romfs: int) -> bytes:
    port = micropython / "ports/rp2"
    board, build = work / f"board-{romfs}", work / f"build-{romfs}"
    if not board.exists():
        shutil.copytree(port / "boards/RPI_PICO", board)
        with (board / "mpconfigboard.h").open("a") as config:
            config.write(f"#define MICROPY_HW_ROMFS_BYTES ({romfs})\n")
    (work / "manifest.py").write_text(manifest)
    library = work / "no-micropython-lib"
    library.mkdir(exist_ok=True)
    (library / "README.md").touch()  # the build looks for it, to see that the submodule is there
    definitions = {
        "MICROPY_BOARD": "RPI_PICO",
        "MICROPY_BOARD_DIR": board,
        "MICROPY_FROZEN_MANIFEST": work / "manifest.py",
        "MICROPY_LIB_DIR": library,
        "PICO_SDK_PATH_OVERRIDE": sdk,
        "PICO_NO_PICOTOOL": 1,
        "PICO_BUILD_DOCS": 0,
    }
    options = [f"-D{key}={value}" for key, value in definitions.items()]
    (build / "frozen_content.c").unlink(missing_ok=True)  # the build doesn't see that a manifest has changed
    _run(work, ["cmake", "-S", str(port), "-B", str(build), *options])
    _run(work, ["make", "-C", str(build), f"-j{os.cpu_count()}"])
    return (build / "firmware.bin").read_bytes()


def _run(work: Path, command: list[str]) -> None:
    """Run a step of the build and show what make has done; Missing with what the compiler said if it fails."""
    lines = []
    shown = 0
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=work, **output) as process:
        for line in process.stdout:
            lines.append(line.rstrip())
            done = re.match(r"\[ *(\d+)%\]", line)
            if done and int(done[1]) // 10 > shown // 10:
                shown = int(done[1])
                print(f"  {shown:3} %", flush=True)
    if process.returncode:
        errors = [line for line in lines if "error" in line.lower()] or lines
        raise Missing(f"{command[0]} failed: {errors[0] if errors else 'no message'}")


if __name__ == "__main__":
    sys.exit(main(build, __doc__))
