"""Bytes that a guest moves on a board, from each place of a word to each, over each other and apart."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmc
from wasmdev.app import deploy

from tests.wat import wat

WAT = Path(__file__).parents[1] / "device" / "guests" / "bulk.wat"

# Lengths about where words that lie in two are worth a call, and beyond a block of memory. Slices of Python say
# what is right, of all of the memory after each move.
CODE = """
import gc, random, wasm
SIZE = 6000
def moves(*shape):
    memory = wasm.Memory(SIZE, 100000, 0, *shape)
    app = wasm.load("/bulk.img", imports={"env": {"memory": memory}})
    kept = bytearray(random.getrandbits(8) for i in range(SIZE))
    memory[0:SIZE] = kept
    wrong = 0
    for turn in range(240):
        size = random.choice((3, 17, 60, 64, 77, 80, 250, 1000, 2500)) + random.getrandbits(2)
        to = random.randrange(SIZE - size)
        if turn & 1:
            source = random.randrange(SIZE - size)
        else:
            source = min(max(to + random.randrange(-99, 99), 0), SIZE - size)
        app.copy(to, source, size)
        kept[to:to + size] = kept[source:source + size]
        wrong += memory[0:SIZE] != kept
    return wrong
print(moves("flat"), moves("sparse"), moves(None, 2000))
"""


@pytest.mark.ports("sim", "pico", "cortex-m3")
def test_moves_at_every_distance(board):
    deploy.ensure_runtime(board)
    board.files.write("/bulk.img", wasmc.compile(wat(WAT.read_text())))
    assert board.link.exec(CODE, timeout=None) == b"0 0 0\r\n"
