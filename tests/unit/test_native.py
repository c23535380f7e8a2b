"""Native code on the desk's MicroPythons: what stops it, what it refuses, and the benchmarks' results."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest
import wasmc
from wasmc import native
from wasmdev.app.native import Excess, build

from tests import ways_out
from tests.bench.suite import load
from tests.desk import micropython64, need_micropython32
from tests.spec.run import library
from tests.wat import wat

BENCHMARKS = {benchmark.name: benchmark for benchmark in load()}


def over(most: int) -> Excess:
    """By how many bytes code is larger than that."""
    return lambda image, mpy: len(mpy) - most


@pytest.fixture(scope="module", params=["x64", "x86"])
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Puts a module's native code into a folder and runs a script there; what it prints."""
    command = micropython64() if request.param == "x64" else need_micropython32()
    folder: Path = tmp_path_factory.mktemp(request.param)
    runtime = library(folder / "lib", request.param)

    def run(
        binary: bytes, script: str, heap: str = "400k", most: int | None = None, piece: int | None = None
    ) -> str:
        module = wasmc.decode(binary)
        wasmc.validate(module)
        code = build(module, request.param, everything=True, excess=over(most) if most else None,
                     checked=True, piece=piece)
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


IF = "(if (i32.and (local.get 0) (i32.const 1)) (then (local.set 0 (i32.add (local.get 0) (i32.const 3)))))"
LOOP = "(loop (br_if 0 (i32.lt_s (local.tee 0 (i32.add (local.get 0) (i32.const 5))) (i32.const 3))))"


@pytest.mark.parametrize("part", [IF, LOOP])
def test_what_follows_each_other_is_not_nested(board, part: str) -> None:
    module = wat("""(module (func (export "f") (param i32) (result i32)
        (loop (local.set 0 (i32.add (local.get 0) (i32.const 1))) %s
            (br_if 0 (i32.lt_s (local.get 0) (i32.const 4000)))) (local.get 0)))""" % (part * 250))
    value = 0
    while value < 4000:
        value += 1
        for _ in range(250):
            value += 5 if part == LOOP else 3 * (value & 1)
    assert board(module, "print(wasm.load(folder + '/a.img').f(0))") == f"{value}\n"


SHORT = wat("""(module (memory 1 4)
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "peek") (result i32) (i32.load offset=65536 (i32.const 0)))
    (func (export "poke") (param i32) (i32.store offset=65536 (i32.const 0) (local.get 0))))""")
PEEK = """
app = wasm.load(folder + "/a.img")
def outcome(function, *args):
    try:
        return function(*args)
    except wasm.Trap as trap:
        return trap.kind
print(outcome(app.peek), outcome(app.poke, 77), app.grow(), app.peek(), app.poke(5), app.peek(), sep="; ")
"""


@pytest.mark.parametrize("piece", [None, 2048, 65536, 131072, 262144])
def test_memory_that_is_shorter_than_its_piece_ends_where_it_ends(board, piece: int | None) -> None:
    beyond = "out of bounds memory access"
    assert board(SHORT, PEEK, piece=piece) == f"{beyond}; {beyond}; 1; 0; None; 5\n"


def constants(count: int) -> bytes:
    """A function with so many numbers that viper has no literals for."""
    part = "(local.set 0 (i32.xor (i32.mul (local.get 0) (i32.const 33)) (i32.const %d)))"
    code = "".join(part % (0x60000000 + i * 7919) for i in range(count))
    return wat(f'(module (func (export "f") (param i32) (result i32) {code} (local.get 0)))')


@pytest.mark.parametrize("count", [50, 400])
def test_constants_beyond_the_room_for_locals(board, count: int) -> None:
    value = 5
    for i in range(count):
        value = (value * 33 ^ 0x60000000 + i * 7919) & 0xFFFFFFFF
    result = value - (value >> 31 << 32)
    assert board(constants(count), "print(wasm.load(folder + '/a.img').f(5))") == f"{result}\n"


@pytest.mark.parametrize("arch", ["armv6m", "xtensawin", "rv32imc"])
def test_locals_fit_a_frame(arch: str) -> None:
    """Beyond 255 words of it MicroPython's emitter for Xtensa writes over the way back to the caller."""
    module = wasmc.decode(constants(400))
    made = native.compile(module, arch, everything=True)
    assert made.taken == 1
    locals_ = set(re.findall(r"^ +(\w+) = ", made.source, re.MULTILINE))
    assert 100 < len(locals_) < 235


def test_more_code_than_branches_reach_over_is_less_of_it() -> None:
    access = "(i32.store offset=%d (local.get 0) (i32.add (i32.load offset=%d (local.get 0)) (i32.const %d)))"
    loop = "(loop %s (br_if 0 (i32.lt_u (local.get 0) (i32.const 100))))" % "".join(
        access % (4 * i, 8 * i, i) for i in range(300))  # fmt: skip
    functions = "".join(f'(func (export "f{i}") (param i32) {loop})' for i in range(4))
    module = wasmc.decode(wat(f"(module (memory 1) {functions})"))
    code = build(module, "xtensawin", everything=True, checked=False)
    assert 0 < code.taken < 4
    assert native.TOO_MUCH in code.refused.values()


@pytest.mark.parametrize("board", ["x64"], indirect=True)
def test_more_branches_than_mpy_cross_has_labels_for_are_fewer(board) -> None:
    """Beyond 32,768 labels it takes a ``break`` elsewhere."""
    conditions = "".join(f"(if (global.get {i}) (then (global.set {i} (i32.const 0))))" for i in range(25))
    variables = "(global (mut i32) (i32.const 0))" * 25
    functions = f"(func {conditions})" * 680
    binary = wat(f"""(module {variables} (func (export "sum") (param i32) (result i32) (local i32)
        (block (loop
            (br_if 1 (i32.eqz (local.get 0)))
            (local.set 1 (i32.add (local.get 1) (local.get 0)))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get 1) (i32.const 100)))
            (local.set 1 (i32.add (local.get 1) (i32.const 1000))) (br 0)))
        (local.get 1)) {functions})""")
    script = "app = wasm.load(folder + '/a.img'); print(app.sum(5), app.sum(30))"
    assert board(binary, script, heap="64m").split() == [str(15), str(sum(range(31)) + 1000 * 27)]


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


def test_sparse_memory_is_brought_into_one_piece_and_a_short_one_is_short(board) -> None:
    script = """
app = wasm.load(folder + "/a.img", memory="sparse")
print(app.f(65535), len(app.memory.buffer))
app = wasm.load(folder + "/a.img", memory=1024)
print(app.f(1023))
try:
    app.f(1024)
except wasm.Trap as trap:
    print(trap.kind)
"""
    assert board(MEMORY, script) == (
        "7 65536\n7\nout of bounds memory access\n"
    )


@pytest.mark.parametrize("piece", [None, 1024, 0])
def test_ways_out(board, piece: int | None) -> None:
    script = ways_out.SCRIPT + "print(ways_out(wasm.load(folder + '/a.img')))"
    assert ast.literal_eval(board(ways_out.MODULE, script, piece=piece)) == ways_out.right()


GROWING = wat("""(module
    (memory (export "memory") 1 8) (table (export "table") 2 2000 funcref) (elem (i32.const 0) 0 1)
    (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func $two (param i32) (result i32) (i32.xor (local.get 0) (i32.const 2)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "spin") (param $turns i32) (result i32) (local $sum i32)
        (loop
            (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (local.get $turns)))
            (i32.store (i32.and (local.get $sum) (i32.const 0xFFFC)) (local.get $sum))
            (local.set $sum (i32.load (i32.and (local.get $sum) (i32.const 0xFFFC))))
            (local.set $sum (call_indirect (param i32) (result i32)
                (local.get $sum) (i32.and (local.get $turns) (i32.const 1))))
            (br_if 0 (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
        (local.get $sum)))""")


def test_memory_and_tables_that_grow_while_native_code_runs(board) -> None:
    """Where fuel is refilled MicroPython may run anything, a timer's callback too; what that frees is taken
    again."""
    script = """
import gc, sys
machine = sys.modules["wasm.machine"]
refuel = machine._refuel
calls = []
def grow(instance):
    machine._refuel = refuel
    calls.append((app.memory.grow(1), app["table"].grow(500, 0)))
    gc.collect()
    calls.append([bytearray(b"\\xff" * 4096) for _ in range(9)])
    return refuel(instance)
def spin():
    return app.spin(100000), len(app.memory) >> 16, len(app["table"]), app.grow(1), app.spin(5)
app = wasm.load(folder + "/a.img")
print(spin())
app = wasm.load(folder + "/a.img")
behind = [bytearray(1024) for _ in range(300)]  # so that memory can't grow where it is
machine._refuel = grow
print(spin(), [call for call in calls if isinstance(call, tuple)])
"""
    alone, among = board(GROWING, script, heap="2m").splitlines()
    result = ast.literal_eval(alone)
    assert result[1:4] == (1, 2, 1)
    found, calls = ast.literal_eval(f"({among.replace(') [', '), [')})")
    assert calls == [(1, 2)]
    assert found == (result[0], 2, 502, 2, result[4])


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
    some = build(module, "armv6m", everything=True, excess=over(len(whole.mpy) * 3 // 4))
    assert len(some.mpy) <= len(whole.mpy) * 3 // 4
    assert some.refused[0] == "the board has no room for its code"
    assert some.taken
    assert 1 not in some.refused
    assert build(module, "armv6m", everything=True, excess=over(100)).taken == 0
    script = "app = wasm.load(folder + '/a.img')\nprint([app.f(x) for x in (1, 2, 77)])"
    assert board(PARTS, script) == board(PARTS, script, most=6000)


CAPPED = wat("""(module (memory 1)
    (func (export "f") (param i32) (result i32)
        (i32.load8_u offset=60000 (i32.and (local.get 0) (i32.const 0xFF)))))""")


def test_what_is_proved_is_proved_of_the_memory_that_there_is() -> None:
    module = wasmc.decode(CAPPED)
    wasmc.validate(module)
    sources = [native.compile(module, "armv6m", True, memory=memory).source for memory in (None, 60256, 60255)]
    assert [source.split("FLOOR = ")[1].split()[0] for source in sources] == ["60256", "60256", "0"]
