"""What a module takes of the host's time grows with its size and no faster."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import wasmc
from wasmdev.app import native, tiers
from wasmdev.grants import suggest
from wasmdev.module import imports, names, report

from tests.unit.large import SHAPES

SIZE = 300
MOST_S = 5.0  # for one of these commands
FACTOR = 4  # by which this machine may be slower


def inspect(binary: bytes, module: Any) -> None:
    report.sections(module)
    report.imports(module)
    report.exports(module)
    report.features(module)
    suggest.toml(module)
    names.function_names(binary, module)


def everything(binary: bytes) -> None:
    """All that the host does with a module before it goes to a board."""
    module = wasmc.decode(binary)
    wasmc.validate(module)
    wasmc.strip(binary)
    names.kept(binary, module)
    inspect(binary, module)
    imports.missing(module)
    tiers.hot_functions(module)
    with contextlib.suppress(wasmc.WasmError):  # of kind unsupported: a function that would be too much code
        wasmc.lower(module)


def work(function: Callable[[bytes], None], binary: bytes) -> int:
    """Lines of Python that a call runs."""
    lines = 0

    def trace(_: FrameType, event: str, __: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(binary)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_size_is_twice_the_work(shape: str) -> None:
    make = SHAPES[shape]
    everything(make(1))  # which makes what is made once
    least, once, twice = (work(everything, make(size)) for size in (1, SIZE, 2 * SIZE))
    assert twice - least < 2.2 * (once - least), (least, once, twice)


@pytest.mark.parametrize(
    ("command", "shape", "size"),
    [
        ("inspect", "imports", 65_000),
        ("inspect", "imports", 70_000),
        ("inspect", "custom sections", 1_000_000),
        ("inspect", "functions", 50_000),
        ("validate", "functions", 50_000),
        ("strip", "functions", 50_000),
        ("strip", "custom sections", 1_000_000),
    ],
)
def test_large_modules_take_seconds(command: str, shape: str, size: int, tmp_path: Path) -> None:
    file = tmp_path / "large.wasm"
    file.write_bytes(SHAPES[shape](size))
    given = [command, str(file), *(["-o", str(tmp_path / "out.wasm")] if command == "strip" else [])]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([sys.executable, "-m", "wasmdev", *given], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < FACTOR * MOST_S


def test_fifty_thousand_functions_are_lowered_in_seconds() -> None:
    module = wasmc.decode(SHAPES["functions"](50_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    wasmc.lower(module)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < FACTOR * MOST_S


def test_fifty_thousand_functions_are_compiled_natively_in_seconds() -> None:
    module = wasmc.decode(SHAPES["functions"](50_000))
    before = sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    made = native.build(module, "armv6m", everything=True)
    after = sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    assert after - before < FACTOR * MOST_S
    assert made.taken + len(made.refused) == 50_000
    assert made.taken >= 5000
