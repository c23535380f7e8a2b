"""An image in the emulated Pico's ROMFS runs where it lies in flash, written there by mpremote."""

from __future__ import annotations

import subprocess
import sys

import pytest
from wasmdev.board.board import Board
from wasmdev.board.link import Link

from tests.romfs import CODE, IMAGE, rom

FLASH = range(0x10000000, 0x10200000)
LIMIT = 300.0  # seconds

MEASURE = """
import gc, wasm
from array import array
from wasm.core import place
def measured(path):
    wasm.load(path, memory=64, stack=1024).go()
    gc.collect()
    before = gc.mem_alloc()
    app = wasm.load(path, memory=64, stack=1024)
    gc.collect()
    taken = gc.mem_alloc() - before
    words = array("L", (0,))
    place(words, 0, app._instance.image.code)
    return app.go(), words[0], taken
"""


@pytest.mark.ports("pico")
def test_code_runs_in_flash(bench, tmp_path):
    made, starts = rom()
    path = tmp_path / "a.romfs"
    path.write_bytes(made)
    command = [sys.executable, "-m", "mpremote", "connect", bench.port, "romfs", "deploy", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    bench.emulated.reset()
    with Link(bench.port) as link:
        Board(link).files.write("/a.img", IMAGE)
        link.exec(MEASURE)
        found = [link.eval(f"measured('/rom/{i}.img')") for i in range(4)]
        result, _, whole = link.eval("measured('/a.img')")
    for start, (same, address, taken) in zip(starts, found, strict=True):
        assert same == result
        assert address % 4 == 0
        assert (address in FLASH) == (start == 0)
        assert (whole - taken > CODE) == (start == 0)
