"""The versions of a benchmark that are compared, as files for a MicroPython of some architecture.

``bytecode`` is plain MicroPython, ``viper`` the same by hand in viper, ``interpreter`` and ``native`` are the
module on the two tiers, ``unmetered`` is native code without fuel, and ``c`` the module's source compiled by gcc
-O2, which has no files here. Not every benchmark has all of them.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import wasmc
from wasmdev.app.native import Native, build
from wasmdev.runtime.runtime import cross_compile

from tests.bench.suite import PLAIN, VIPER, Benchmark

VERSIONS = ("bytecode", "viper", "interpreter", "native", "unmetered", "c")
_BY_HAND = {"bytecode": PLAIN, "viper": VIPER}


@dataclass(frozen=True)
class Versions:
    """``files`` by their names on a board, and ``sources``: the file of each version, ``.mpy`` or an image."""

    files: dict[str, bytes]
    sources: dict[str, str]


def versions(benchmark: Benchmark, arch: str) -> Versions:
    """Those of a benchmark that MicroPython runs; native code only where ``wasmdev flash`` would make it."""
    files: dict[str, bytes] = {}
    sources = {}
    with tempfile.TemporaryDirectory() as folder:
        for label, place in _BY_HAND.items():
            path = place / f"{benchmark.name}.py"
            if path.exists():
                sources[label] = f"{label}_{benchmark.name}.mpy"
                files[sources[label]] = cross_compile(arch, path.name, path.read_text(), Path(folder, label))
    sources["interpreter"] = f"{benchmark.name}.img"
    files[sources["interpreter"]] = wasmc.compile(benchmark.module)
    for label, metered in (("native", True), ("unmetered", False)):
        code = native(benchmark, arch, metered)
        if code.taken:
            sources[label] = f"{benchmark.name}.{label}.img"
            files |= {sources[label]: code.image, code.file: code.mpy}
    return Versions(files, sources)


def native(benchmark: Benchmark, arch: str, metered: bool = True) -> Native:
    """The native code of a benchmark."""
    module = wasmc.decode(benchmark.module)
    wasmc.validate(module)
    return build(module, arch, metered=metered)


def code_bytes(benchmark: Benchmark) -> int:
    """The bytes of its functions in the ``.wasm``."""
    return sum(body.end - body.start for body in wasmc.decode(benchmark.module).bodies)
