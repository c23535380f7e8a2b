"""Native code on the desk's MicroPythons: what stops it, what it refuses, and the benchmarks' results."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import wasmc
from wasmc import native
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

    def run(binary: bytes, script: str, heap: str = "400k", room: int | None = None) -> str:
        module = wasmc.decode(binary)
        wasmc.validate(module)
        code = build(module, request.param, everything=True, room=room)
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
    (func (export "loop") (nop) (loop (br 0))))""")
CATCH = """
app = wasm.load(folder + "/a.img", fuel=30000)
for name in ("loop", "call", "loop"):
    try:
        app[name]()
    except wasm.Trap as trap:
        print(trap.kind, *trap.frames[0])
"""


def test_fuel_stops_what_has_no_end(board) -> None:
    call, loop = (body.start for body in wasmc.decode(ENDLESS).bodies)
    loops = f"all fuel consumed 1 {loop + 1}\n"
    assert board(ENDLESS, CATCH) == f"{loops}call stack exhausted 0 {call}\n{loops}"


# Blocks in blocks, each of which is left by a branch: what comes out of viper would be nested as deeply.
DEEP = wat("""(module
    (func (export "deep") (param i32) (result i32) %s %s (local.get 0))
    (func (export "flat") (param i32) (result i32)
        (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if 0 (i32.gt_s (local.get 0) (i32.const 5))))
        (local.get 0)))""" % ("(block (br_if 0 (local.get 0)) " * 150,
                             "(local.set 0 (i32.add (local.get 0) (i32.const 7))))" * 150))


def test_what_shows_late_that_it_is_unfit_stays_interpreted(board) -> None:
    module = wasmc.decode(DEEP)
    wasmc.validate(module)
    code = build(module, "x64", everything=True)
    assert (code.taken, code.refused) == (1, {0: "too deeply nested"})
    script = "app = wasm.load(folder + '/a.img')\nprint(app.deep(0), app.deep(1), app.flat(9))"
    assert board(DEEP, script) == "1050 1 5\n"


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


STRAIGHT = "".join(
    f"(local.set 0 (i32.rotl (i32.mul (local.get 0) (i32.const {i}9)) (local.get 0)))" for i in range(60)
)
PARTS = wat(f"""(module
    (func $once (param i32) (result i32) {STRAIGHT} (local.get 0))
    (func $often (param i32) (result i32) (local i32)
        (loop (local.set 1 (i32.xor (i32.mul (local.get 1) (i32.const 31)) (local.get 0)))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (call $once (local.get 1)))
    (func (export "f") (param i32) (result i32)
        (call $often (i32.add (i32.const 1) (i32.rem_u (call $once (local.get 0)) (i32.const 100))))))""")


def test_functions_that_there_is_no_room_for_stay_interpreted(board) -> None:
    module = wasmc.decode(PARTS)
    wasmc.validate(module)
    whole = build(module, "armv6m", everything=True)
    assert whole.taken == 3
    some = build(module, "armv6m", everything=True, room=len(whole.mpy) * 3 // 4)
    assert len(some.mpy) <= len(whole.mpy) * 3 // 4
    assert some.refused[0] == "the board has no room for its code"
    assert some.taken
    assert 1 not in some.refused
    assert build(module, "armv6m", everything=True, room=100).taken == 0
    script = "app = wasm.load(folder + '/a.img')\nprint([app.f(x) for x in (1, 2, 77)])"
    assert board(PARTS, script) == board(PARTS, script, room=3000)


CAPPED = wat("""(module (memory 1)
    (func (export "f") (param i32) (result i32)
        (i32.load8_u offset=60000 (i32.and (local.get 0) (i32.const 0xFF)))))""")


def test_what_is_proved_is_proved_of_the_memory_that_there_is() -> None:
    module = wasmc.decode(CAPPED)
    wasmc.validate(module)
    sources = [native.compile(module, "armv6m", True, memory=memory).source for memory in (None, 60256, 60255)]
    assert [source.split("FLOOR = ")[1].split()[0] for source in sources] == ["60256", "60256", "0"]
