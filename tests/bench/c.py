"""The benchmarks' sources compiled by gcc -O2: for this machine, and as bytes for a Cortex-M0+ to be called at an
address. Where there is no such compiler, there is no such figure."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.suite import GUESTS, Benchmark, Case

DESK, PICO = "gcc", "arm-none-eabi-gcc"
_COMMON = ("-O2", "-ffreestanding")

# All in one piece, what is zero at the start included.
_LINKER_SCRIPT = """
ENTRY(run)
SECTIONS {{
    . = {address};
    .all : {{ *(.text.run) *(.text*) *(.rodata*) *(.data*) *(.bss*) *(COMMON) . = ALIGN(8); }}
    /DISCARD/ : {{ *(*) }}
}}
"""

# A module for boards: calls the code at an address, which is its second argument.
CALLER = """
import micropython
@micropython.asm_thumb
def call(r0, r1):
    data(2, 0x4788)  # blx r1
"""

# Calls the code that is in the bytearray ``code`` on a board, and prints as board.py does.
SCRIPT = """
def measure():
    import time
    from caller import call
    address = uctypes.addressof(code) | 1  # it is Thumb code
    call(0, address)
    start = time.ticks_us()
    result = call({argument}, address)
    print("c", result, time.ticks_diff(time.ticks_us(), start))
measure()
"""


def is_available(compiler: str) -> bool:
    return shutil.which(compiler) is not None


def desk(benchmark: Benchmark, case: Case, rounds: int) -> list[tuple[int, int]]:
    """Results and microseconds on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "run.so")
        _compile(DESK, "-fPIC", "-shared", "-o", str(library), str(_source(benchmark)), "-lm")
        run = ctypes.CDLL(str(library)).run
        run.restype = ctypes.c_int32
        lines = []
        for _ in range(rounds):
            run(0)
            start = time.perf_counter_ns()
            result = run(case.argument)
            lines.append((result, (time.perf_counter_ns() - start) // 1000))
    return lines


def cortex_m0(benchmark: Benchmark, address: int) -> bytes:
    """The code, with its data, to lie at an address; its first byte is the first of ``run``."""
    with tempfile.TemporaryDirectory() as folder:
        script, linked, flat = (Path(folder, name) for name in ("script.ld", "linked.elf", "flat.bin"))
        script.write_text(_LINKER_SCRIPT.format(address=hex(address)))
        options = ("-mcpu=cortex-m0plus", "-mthumb", "-ffunction-sections", "-nostartfiles", "-T", str(script))
        _compile(PICO, *options, "-o", str(linked), str(_source(benchmark)), "-lm", "-lc", "-lgcc")
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", str(linked), str(flat)], check=True)
        return flat.read_bytes()


def _source(benchmark: Benchmark) -> Path:
    return GUESTS / f"{benchmark.name}.c"


def _compile(compiler: str, *arguments: str) -> None:
    # export_name is an attribute of compilers for Wasm
    subprocess.run([compiler, *_COMMON, "-Wno-attributes", *arguments], check=True, capture_output=True)
