"""Random C programs by csmith, compiled for WebAssembly in several ways."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import wasmtime

HERE = Path(__file__).parent
LEVELS = ("-O0", "-O1", "-Os", "-O2", "-O3")
HEADERS = ("/usr/include/csmith", "/usr/local/include/csmith")  # where Debian has them, and who builds it
_TIMEOUT = 120  # seconds for a compiler
_MOST_FUEL = 500_000  # instructions of a program that is run: MicroPython takes seconds for so many
_LARGEST = 40_000  # bytes of a module that becomes native code in seconds
# What keeps a program to some hundred lines.
_SMALL = ("--max-funcs", "4", "--max-block-depth", "3", "--max-expr-complexity", "6", "--max-array-dim", "2",
          "--max-array-len-per-dim", "5", "--max-struct-fields", "5", "--no-argc")  # fmt: skip
_VARIANTS = ((), ("--float",), ("--no-jumps", "--no-volatiles"), ("--max-funcs", "8", "--max-block-size", "3"))


def headers() -> str:
    """The folder of csmith's headers, or the present test is skipped with the reason."""
    found = next((folder for folder in HEADERS if Path(folder, "safe_math.h").exists()), "")
    if not found or not shutil.which("csmith"):
        pytest.skip("csmith is not installed (Debian's packages csmith and libcsmith-dev)")
    return found


@functools.lru_cache(maxsize=64)
def source(seed: int) -> str:
    """A program in C."""
    options = [*_SMALL, *_VARIANTS[seed % len(_VARIANTS)]]
    command = ["csmith", "--seed", str(seed), *options]
    with tempfile.TemporaryDirectory() as folder:  # where it leaves a file of its own
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def compiled(text: str, level: str, bulk: bool = False) -> bytes:
    """The module of a program, with bulk instructions or without any that came after the first version."""
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder, "program.c"), Path(folder, "program.wasm")
        path.write_text(text)
        options = ["-target", "wasm32-freestanding", "-mcpu=generic" if bulk else "-mcpu=mvp", level, "-nostdlib"]
        options += ["-w", "-Wno-incompatible-pointer-types", "-std=gnu11", "-fno-strict-aliasing"]
        options += ["-fno-sanitize=all", f"-I{HERE}", f"-I{headers()}"]
        options += ["-Wl,--no-entry", "-Wl,-z,stack-size=16384", "-o", str(target), str(path)]
        command = [sys.executable, "-m", "ziglang", "cc", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT)
        assert done.returncode == 0, done.stderr[-2000:]
        return target.read_bytes()


def modules(seeds: Sequence[int], levels: Sequence[str] = LEVELS) -> dict[str, bytes]:
    """The modules of programs by seed and level, each once, but for those that are too large or run too long."""
    found: dict[str, bytes] = {}
    for seed in seeds:
        for level in levels:
            binary = compiled(source(seed), level, bulk=seed % 2 == 0)
            if len(binary) <= _LARGEST and binary not in found.values() and is_short(binary):
                found[f"{seed} {level}"] = binary
    return found


def is_short(binary: bytes) -> bool:
    """Whether a program ends before long, also where it is called again, with what the first call left behind."""
    config = wasmtime.Config()
    config.consume_fuel = True
    store = wasmtime.Store(wasmtime.Engine(config))
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, binary), []).exports(store)
    try:
        for _ in range(2):
            store.set_fuel(_MOST_FUEL)
            exports["run"](store)
    except (wasmtime.WasmtimeError, wasmtime.Trap):
        return False
    return True
