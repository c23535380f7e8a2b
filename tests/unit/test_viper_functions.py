"""Random functions of viper (tests/viper_functions.py) on the desk's MicroPythons, and what they are made of."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import wasmc
from wasmc import native
from wasmdev.errors import LinkError
from wasmdev.runtime import runtime

from tests import viper_functions
from tests.bench.suite import load
from tests.desk import micropython64, need_micropython32
from tests.viper_functions import Function, source
from tests.viper_machines import Run, differences, parts

SAMPLE = range(200)


@pytest.fixture(params=["x64", "x86"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Run, int]:
    """A processor, how to run there, and the bits of its words."""
    wide = request.param == "x64"
    command = micropython64() if wide else need_micropython32()

    def run(files: Mapping[str, bytes], script: str) -> str:
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        (tmp_path / "script.py").write_text(script)
        command_line = [*command, "-X", "heapsize=4m", str(tmp_path / "script.py")]
        environment = {**os.environ, "MICROPYPATH": str(tmp_path)}
        done = subprocess.run(command_line, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout[-500:] + done.stderr
        return done.stdout

    return request.param, run, 64 if wide else 32


@pytest.mark.parametrize("seeds", parts(), ids=str)
def test_they_come_to_what_the_model_says(desk: tuple[str, Run, int], seeds: Sequence[int]) -> None:
    arch, run, bits = desk
    assert not differences(run, arch, seeds, bits)


def test_one_that_does_not_come_back_is_told(desk: tuple[str, Run, int]) -> None:
    arch, run, bits = desk

    def breaks(files: Mapping[str, bytes], script: str) -> str:
        if b"f7\0" in b"".join(files.values()):  # its name
            raise LinkError("the board does not answer")
        return run(files, script)

    assert differences(breaks, arch, range(10), bits) == ["f7: the board does not answer"]


def test_a_difference_is_told(desk: tuple[str, Run, int], monkeypatch: pytest.MonkeyPatch) -> None:
    arch, run, bits = desk
    monkeypatch.setattr(viper_functions, "_COMMON", viper_functions._COMMON.replace("y << 3", "y << 4"))
    found = differences(run, arch, SAMPLE[:20], bits)
    calling = [i for i in SAMPLE[:20] if re.search(r"\bmix(es)?\(", "".join(Function(i).viper))]
    assert 0 < len(found) <= len(calling)
    assert all(re.match(r"f\d+ \[\(.*\)\], and right is f\d+ \[\(.*\)\]$", line) for line in found)


def test_they_keep_to_what_the_generators_write() -> None:
    text = source(SAMPLE)
    indices = [int(index) for index in re.findall(r"\[(-?\d+)\]", text)]
    assert min(indices) == 0
    assert max(indices) == 255
    assert max(abs(int(number)) for number in re.findall(r"\d+", text)) <= 1 << 29


def kinds(text: str) -> Counter[str]:
    """What the functions of viper in a source are made of."""
    found: Counter[str] = Counter()
    for one in ast.walk(ast.parse(text)):
        if isinstance(one, ast.FunctionDef) and "micropython.viper" in map(ast.unparse, one.decorator_list):
            found.update(map(_kind, ast.walk(one)))
    return found


def _kind(node: ast.AST) -> str:
    name = type(node).__name__
    match node:
        case ast.Call(func=ast.Name(id="int" | "uint" | "ptr8" | "ptr16" | "ptr32" | "range" as called)):
            return called
        case ast.Call(func=called) | ast.AugAssign(target=called):
            return f"{name} {type(called).__name__}"
        case ast.Constant(value=value) | ast.Return(value=value):
            return f"{name} {type(value).__name__ if isinstance(node, ast.Constant) else value is None}"
        case ast.Assign(targets=[target]):
            return f"{name} {type(target).__name__}"
        case ast.BoolOp(values=values) | ast.Compare(comparators=values):
            return f"{name} {len(values)}"
    return name


def test_they_have_all_that_the_generators_write() -> None:
    ours: Counter[str] = Counter()
    for text in runtime.Runtime("xtensawin").sources.values():
        if "micropython.viper" in text:
            ours += kinds(text)
    for benchmark in load():
        module = wasmc.decode(benchmark.module)
        wasmc.validate(module)
        ours += kinds(native.compile(module, "xtensawin", everything=True).source)
    assert sum(ours.values()) > 10_000
    assert not ours.keys() - kinds(source(SAMPLE)).keys()
    lengths = [len(Function(seed).viper) for seed in SAMPLE]
    assert max(lengths) > 1000
    assert min(lengths) < 40
    assert max(len(re.findall(r"^    v\d+ = -?\d$", "\n".join(Function(i).viper), re.M)) for i in SAMPLE) > 140
