"""A part of the official test suite on the board itself, with its heap, through the link that users have."""

from __future__ import annotations

import pytest
from wasmdev.app import deploy
from wasmdev.board.ports import open_board

from tests.hil.precompiled import compiled
from tests.spec.convert import suite
from tests.spec.on_board import run_on
from tests.spec.run import BOARD
from tests.spec.sample import sample
from tests.spec.script import Script

FILES = ["i32", "i64", "block", "br", "br_if", "loop", "if", "call", "call_indirect", "memory_trap", "address"]
FILES += ["traps", "return", "select", "switch"]
# Assertions that a second page is there to grow into, which a heap of 240 KB need not have (spec section 4.4.7).
GROWING = {"block:384", "loop:457", "if:601", "call:359", "call_indirect:603", "select:286", "select:287"}
PARTS = 8
ASSERTIONS = 16  # of each file
ROOM = 24576  # bytes of native code at most: linear memory is in one piece beside it
ROOMS = {"skip-stack-guard-page": 0}  # an image of 140 KB has no flat memory beside it: it is interpreted
# Assertions that a Pico's heap has 320 KB in one piece for memory to grow to, as native code wants it.
FLAT = {"memory_size:11", "memory_size:25", "memory_grow:26", "memory_grow:27"}
LEAST = 90  # of a part: together they have 1,084


@pytest.mark.ports("sim")
@pytest.mark.parametrize("name", FILES)
def test_file(name, port, tmp_path):
    path = next((p for p in suite() if f"{p.parent.name}/{p.stem}" == f"wg-2.0/{name}"), None)
    if path is None:
        pytest.skip("WASM_SPEC names no copy of the test suite")
    with open_board(port) as board:
        deploy.ensure_runtime(board)
        board.files.write("/spec_board.py", BOARD.read_bytes())
        board.restart()
        script = Script(path, tmp_path)
        lines = [line for line in script.lines() if line[1] != "assert_rejected"]
        related = any(line[1] == "register" or (line[1] == "module" and line[2]) for line in lines)
        outcome = run_on(board, script, lines, alone=not related)
    lines = [f"wg-2.0/{place.replace(':', '.wast:')}" for place in GROWING]
    no_room = {f"{line}: got -1, expected i:{pages}" for line in lines for pages in (1, 3)}
    assert not set(outcome.failures) - no_room
    assert outcome.passed >= 19


@pytest.mark.soak
@pytest.mark.ports("pico")
@pytest.mark.parametrize("native", [False, True], ids=["interpreted", "native"])
@pytest.mark.parametrize("part", range(PARTS))
def test_sample_of_every_file(part, native, port, tmp_path):
    """Some thousand assertions on the emulated Pico, from all files that have any for a board."""
    paths = suite()[part::PARTS]
    if not paths:
        pytest.skip("WASM_SPEC names no copy of the test suite")
    passed, failures = 0, []
    with open_board(port) as board:
        deploy.ensure_runtime(board)
        board.files.write("/spec_board.mpy", compiled(BOARD))
        for path in paths:
            room = ROOMS.get(path.stem, ROOM)
            script = Script(path, tmp_path, native=board.facts.arch if native else "", room=room)
            lines = [*sample([*script.lines()], ASSERTIONS)]
            if lines:
                board.restart()
                outcome = run_on(board, script, lines, alone=False)
                passed += outcome.passed
                failures += outcome.failures
    places = [f"wg-2.0/{place.replace(':', '.wast:')}: got " for place in FLAT if native]
    assert not [failure for failure in failures if not any(failure.startswith(place) for place in places)]
    assert passed >= LEAST
