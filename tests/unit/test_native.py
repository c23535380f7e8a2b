"""Native code on the desk's MicroPythons: what stops it, what it refuses, and the benchmarks' results."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import wasmc
from wasmdev.native import build

from tests.bench.suite import load
from tests.desk import micropython64, need_micropython32
from tests.spec.run import library
from tests.wat import wat

BENCHMARKS = {benchmark.name: benchmark for benchmark in load()}


@pytest.fixture(scope="module", params=["x64", "x86"])
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Puts a module's native code into a folder and runs a script there; what it prints."""
    command = micropython64() if request.param == "x64" else need_micropython32()
    folder: Path = tmp_path_factory.mktemp(request.param)
    runtime = library(folder / "lib", request.param)

    def run(binary: bytes, script: str, heap: str = "400k") -> str:
        module = wasmc.decode(binary)
        wasmc.validate(module)
        code = build(module, request.param, everything=True)
        assert code.taken, code.refused
        (folder / "a.img").write_bytes(code.image)
        (folder / code.file).write_bytes(code.mpy)
        text = f"import wasm\nfolder = {str(folder)!r}\ncode = folder + '/{code.file}'\n{script}"
        (folder / "script.py").write_text(text)
        done = subprocess.run(
            [*command, "-X", f"heapsize={heap}", str(folder / "script.py")],
            env={**os.environ, "MICROPYPATH": str(runtime)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark(board, name: str) -> None:
    benchmark = BENCHMARKS[name]
    case = benchmark.cases["small"]
    script = f"print(wasm.load(folder + '/a.img')['run']({case.argument}))"
    assert board(benchmark.module, script) == f"{case.result}\n"


ENDLESS = wat("""(module
    (func $call (export "call") (call $call))
    (func (export "loop") (loop (br 0))))""")
CATCH = """
app = wasm.load(folder + "/a.img", fuel=30000)
for name in ("loop", "call", "loop"):
    try:
        app[name]()
    except wasm.Trap as trap:
        print(trap.kind, trap.frames[0][0])
"""


def test_fuel_stops_what_has_no_end(board) -> None:
    assert board(ENDLESS, CATCH) == "all fuel consumed 1\ncall stack exhausted 0\nall fuel consumed 1\n"


MEMORY = wat("""(module (memory 1)
    (func (export "f") (param i32) (result i32) (i32.store8 (local.get 0) (i32.const 7))
        (i32.load8_u (local.get 0))))""")


def test_code_of_another_image_is_refused(board) -> None:
    script = """
import os
with open(code, "rb") as file:
    data = file.read()
with open(folder + "/a.img", "rb") as file:
    image = file.read()
tag = image[8:16]
os.remove(code)
with open(code, "wb") as file:
    file.write(data.replace(tag, b"\\x01" * 8))
for _ in range(2):
    try:
        wasm.load(folder + "/a.img")
    except wasm.ImageError as error:
        print(str(error).split(".mpy ")[1])
    if code:
        os.remove(code)
        code = ""
"""
    assert board(MEMORY, script) == (
        "belongs to another image: flash the module again\nis missing: flash the module again\n"
    )


def test_sparse_memory_is_refused_and_a_short_one_is_short(board) -> None:
    script = """
try:
    wasm.load(folder + "/a.img", memory="sparse")
except MemoryError as error:
    print(error)
app = wasm.load(folder + "/a.img", memory=1024)
print(app.f(1023))
try:
    app.f(1024)
except wasm.Trap as trap:
    print(trap.kind)
"""
    assert board(MEMORY, script) == (
        "native code needs flat memory: flash the module with --portable\n7\nout of bounds memory access\n"
    )
