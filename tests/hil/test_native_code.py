"""Native code on a board: it gives what the interpreter gives, and can be stopped."""

from __future__ import annotations

import re

import pytest
from wasmdev.board.ports import open_board

from tests import ways_out
from tests.wat import wat

# A loop of arithmetic that ends after so many turns, never for 0: what native code is made for.
COUNT = """(module
  (func $count (export "count") (param $turns i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.xor (i32.rotl (local.get $sum) (i32.const 3)) (local.get $turns)))
      (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
      (br_if $again (local.get $turns)))
    (local.get $sum))
  (func (export "_start") (loop (drop (call $count (i32.const 0))) (br 0))))"""


@pytest.fixture
def counter(wasmdev, tmp_path):
    path = tmp_path / "count.wasm"
    path.write_bytes(wat(COUNT))

    def flash(*options: str) -> str:
        done = wasmdev("flash", path, *options)
        assert done.code == 0, done.err
        return done.out

    return flash


def expected(turns: int) -> int:
    total = 0
    for turn in range(turns, 0, -1):
        total = ((total << 3 | total >> 29) ^ turn) & 0xFFFFFFFF
    return total - (total >> 31 << 32)


def test_native_and_portable_give_the_same(wasmdev, counter):
    assert "  native    " in counter("--native")
    native = wasmdev("call", "count", "count", "300").out
    assert "  native    " not in counter("--portable")
    assert wasmdev("call", "count", "count", "300").out == native == f"{expected(300)}\n"


def test_ways_out(port, wasmdev, tmp_path):
    path = tmp_path / "ways.wasm"
    path.write_bytes(ways_out.MODULE)
    assert "  native    6 of 6 functions" in wasmdev("flash", path, "--native").out
    with open_board(port) as board:
        board.link.exec(ways_out.SCRIPT + "import wasm\napp = wasm.load('ways')")
        assert board.link.eval("app._instance.image.native is not None")
        assert board.link.eval("ways_out(app)") == ways_out.right()


@pytest.mark.long_on("pico")
def test_ctrl_c_stops_native_code(wasmdev, counter):
    assert "  native    " in counter("--native")
    stopped = wasmdev("run", "count", "--timeout", "1")
    assert (stopped.code, stopped.err) == (124, "stopped after 1 s\n")
    assert wasmdev("call", "count", "count", "5").out == f"{expected(5)}\n"


@pytest.mark.long_on("pico")
def test_native_code_is_what_flash_chooses_where_it_pays(wasmdev, counter):
    assert "  native    " in counter()
    assert re.search(r"^count +\d+  [0-9a-f]{8}  native +no +none$", wasmdev("ls").out, re.MULTILINE)
    assert "count (native)" in wasmdev("info").out
    assert wasmdev("call", "count", "count", "300").out == f"{expected(300)}\n"
    counter("--portable")
    assert "count (portable)" in wasmdev("info").out


# A page of memory that is written to in a loop: it is worth native code, and has to be in one piece for it.
PAGE = """(module (memory 1)
  (func (export "fill") (param $at i32) (result i32)
    (loop $again
      (i32.store (local.get $at) (local.get $at))
      (br_if $again (local.tee $at (i32.sub (local.get $at) (i32.const 4)))))
    (i32.load (i32.const 400))))"""
BOOT = "import gc\ngc.collect()\nheld = bytearray(gc.mem_free() - %d)\n"
LEFT = {"sim": 90_000, "pico": 65_536}  # bytes of heap; the runtime takes none of it where the firmware has it


@pytest.mark.ports("sim", "pico")
@pytest.mark.long_on("pico")
def test_what_ran_is_told_where_it_was_not_what_was_flashed(port, wasmdev, tmp_path):
    path = tmp_path / "page.wasm"
    path.write_bytes(wat(PAGE))
    assert "  native    1 of 1 function" in wasmdev("flash", path, "--native").out
    with open_board(port) as board:
        board.files.write("/boot.py", (BOOT % LEFT[port]).encode())
    try:
        done = wasmdev("call", "page", "fill", "400")
        assert (done.code, done.out) == (0, "400\n"), done.err
        assert done.err.startswith("the board has no room for the native code of page, and interprets it; ")
        told = "native, ran interpreted: no room for 65536 bytes of linear memory"
        assert told in wasmdev("ls").out
        assert f"page ({told}" in wasmdev("info").out
    finally:
        with open_board(port) as board:
            board.files.remove("/boot.py")
    done = wasmdev("call", "page", "fill", "400")
    assert (done.code, done.out, done.err) == (0, "400\n", "")
    assert "page (native)" in wasmdev("info").out


PORTABLE = {
    "calls": (
        '(import "wasi_snapshot_preview1" "sched_yield" (func $f (result i32)))'
        '(func (export "g") (loop (drop (call $f)) (br 0)))',
        "it has no loop or recursion that native code would speed up",
    ),
    "pages": (
        '(memory 10) (func (export "g") (loop (br 0)))',
        "655,360 bytes of memory in one piece would leave less than half of the ",
    ),
    "floats": (
        '(func (export "g") (param f64) (loop (local.set 0 (f64.mul (local.get 0) (local.get 0))) (br 0)))',
        "mostly arithmetic of floats or 64-bit division",
    ),
}


@pytest.mark.ports("sim")
@pytest.mark.parametrize("name", PORTABLE)
def test_reason_for_interpreting_is_told(wasmdev, tmp_path, name):
    text, why = PORTABLE[name]
    path = tmp_path / f"{name}.wasm"
    path.write_bytes(wat(f"(module {text})"))
    done = wasmdev("flash", path)
    assert done.code == 0
    assert f"  portable  interpreted: {why}" in done.out
    assert "  portable  " not in wasmdev("flash", path, "--portable").out


@pytest.mark.ports("sim")
def test_native_code_that_is_insisted_on_is_an_error_where_it_cannot_be(wasmdev, tmp_path):
    path = tmp_path / "pages.wasm"
    path.write_bytes(wat(f"(module {PORTABLE['pages'][0]})"))
    refused = wasmdev("flash", path, "--native")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert refused.err.startswith("error: can't be native on this board: 655,360 bytes of memory in one piece ")
    path = tmp_path / "calls.wasm"
    path.write_bytes(wat(f"(module {PORTABLE['calls'][0]})"))
    assert "  native    1 of 1 function, " in wasmdev("flash", path, "--native").out


# What ESP32's MicroPython tells of its RAM: (total, free, largest piece, least ever free) of each region, of those
# for data and of those that code can be executed in.
ESP32 = """HEAP_DATA, HEAP_EXEC = 4, 1
def idf_heap_info(which):
    return %r if which == HEAP_DATA else %r
"""
DATA = (7288, 0, 0, 0)


def region(size: int, free: int) -> tuple[int, int, int, int]:
    return (size, free, free, 0)


@pytest.mark.ports("sim")
@pytest.mark.parametrize(
    ("data", "code", "tier"),
    [
        ([DATA], [region(800, 800), region(900, 600)], "portable"),
        ([DATA], [region(800, 800), region(90_000, 60_000)], "native"),
        ([DATA, region(90_000, 60_000)], [region(90_000, 60_000)], "native"),
        ([DATA, region(90_000, 600)], [region(90_000, 600)], "portable"),
        ([region(90_000, 600)], [region(90_000, 600)], "native"),  # all RAM can be executed: code lies in the heap
    ],
)
def test_code_has_to_fit_the_ram_that_it_is_copied_to(
    wasmdev, counter, monkeypatch, tmp_path, data, code, tier
):
    monkeypatch.setenv("WASMDEV_SIM", str(tmp_path / "sim"))
    with open_board("sim") as board:
        board.files.write("/esp32.py", (ESP32 % (data, code)).encode())
    out = counter()
    assert f"  {tier}  " in out
    if tier == "portable":
        assert "interpreted: the board has no room for its code" in out
