"""RAM for native code that is no heap, as on the ESP32: it is taken, chosen by, runs out, and a reset frees it."""

from __future__ import annotations

import re

import pytest
from wasmdev.board.ports import EMULATORS, open_board

from tests.hil.test_native_code import COUNT, expected
from tests.wat import wat

pytestmark = [
    pytest.mark.ports("xtensa"),
    pytest.mark.skipif("xtensa" not in EMULATORS, reason="this wasmdev emulates no Xtensa"),
]

LEFT = "sum(r[1] for r in __import__('esp32').idf_heap_info(__import__('esp32').HEAP_EXEC))"
A_LITTLE = 400  # bytes: less than any module's code
# Takes what there is but for a little, in pieces of code, the last of them small. What of the runtime has code and
# comes with a first load or call comes before: there is no room for it then.
FULL = f"""
import micropython, wasm, wasm.quick, wasi.driven
held = []
while {LEFT} > {A_LITTLE}:
    names = {{"micropython": micropython}}
    exec("@micropython.viper\\ndef f():\\n x = 0" + "\\n x = 0" * (100 if {LEFT} > 4000 else 0), names)
    held.append(names["f"])
"""


@pytest.fixture
def count(wasmdev, tmp_path):
    """Flashes what is worth native code; how many bytes its .mpy has."""
    path = tmp_path / "count.wasm"
    path.write_bytes(wat(COUNT))
    done = wasmdev("flash", path)
    assert done.code == 0, done.err
    found = re.search(r"  native    2 of 2 functions, ([\d,]+) bytes for xtensawin", done.out)
    assert found, done.out
    return int(found[1].replace(",", ""))


def test_a_load_takes_what_flash_counts_and_a_second_one_nothing(port, count):
    with open_board(port) as board:
        board.restart()
        fresh = board.link.eval(LEFT)
        board.link.exec("import wasm, wasm.quick")
        before = board.link.eval(LEFT)
        board.link.exec("app = wasm.load('count')")
        left = board.link.eval(LEFT)
        assert count / 2 < before - left <= count
        assert (before - left) % 4 == 0
        for _ in range(20):
            board.link.exec("app = wasm.load('count')")
        assert board.link.eval("app.count(300)") == expected(300)
        assert board.link.eval(LEFT) == left
        board.restart()
        assert board.link.eval(LEFT) == fresh


def test_where_it_runs_out_the_portable_image_runs_and_one_line_tells(port, wasmdev, count):
    with open_board(port) as board:
        board.restart()
        board.link.exec(FULL)
        board.link.exec("modules = set(__import__('sys').modules)\napp = wasm.load('count')")
        assert board.link.eval("app._instance.image.native is None")
        assert board.link.eval("app.count(300)") == expected(300)
        new = board.link.eval("[n for n in __import__('sys').modules if n not in modules and n[:5] != 'wasm.']")
        assert new == [], "nothing is left of the code that was given up"
        board.files.write("/boot.py", FULL.encode())
    try:
        done = wasmdev("call", "count", "count", "300")
        assert (done.code, done.out) == (0, f"{expected(300)}\n"), done.err
        assert done.err == ("the board has no room for the native code of count, and interprets it; "
                            "--portable at flash leaves out what it can't use\n")  # fmt: skip
        assert "native, ran interpreted: memory allocation failed, allocating " in wasmdev("ls").out
    finally:
        with open_board(port) as board:
            board.files.remove("/boot.py")
    done = wasmdev("call", "count", "count", "300")
    assert (done.code, done.out, done.err) == (0, f"{expected(300)}\n", "")
    assert "count (native)" in wasmdev("info").out


def test_flash_chooses_by_what_is_left(port, wasmdev, tmp_path, count):  # flashed, with the runtime
    path = tmp_path / "count.wasm"
    with open_board(port) as board:
        board.files.write("/boot.py", FULL.encode())
    try:
        assert "interpreted: the board has no room for its code" in wasmdev("flash", path).out
        insisted = wasmdev("flash", path, "--native")
        assert insisted.code == 1
        assert insisted.err.startswith("error: can't be native on this board: ")
    finally:
        with open_board(port) as board:
            board.files.remove("/boot.py")
    assert "  native    2 of 2 functions" in wasmdev("flash", path).out
