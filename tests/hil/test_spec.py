"""A part of the official test suite on the board itself, with its heap, through the link that users have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from wasmc.native import name_of
from wasmdev.app import deploy
from wasmdev.board.ports import open_board

from tests.hil.precompiled import compiled
from tests.spec.convert import suite
from tests.spec.run import BOARD
from tests.spec.sample import sample
from tests.spec.script import Outcome, Script

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
PATIENCE = 300.0  # seconds of silence: an emulated board is slow, and the machine may be busy
BATCH = 16  # commands that go over at once


def push(board, path: Path) -> None:
    """Puts an image on a board as ``/spec.img``, and the native code beside it, if there is any."""
    image = path.read_bytes()
    code = path.with_name(f"{name_of(image[8:16])}.mpy")
    if code.exists():
        board.files.write(f"/{code.name}", code.read_bytes())
    board.files.write("/spec.img", image)


def run_on(board, script: Script, lines: list[list[Any]], alone: bool) -> Outcome:
    """Runs lines of one file of the suite on a board; images are pushed as their modules' turn comes.

    ``alone``: each module has the whole heap, the board restarts before it.
    """
    waiting: list[str] = []

    def begin() -> None:
        board.link.exec("import spec_board; suite = spec_board.Suite(4096)", timeout=PATIENCE)

    def send() -> None:
        if waiting:
            report = board.link.exec(f"spec_board.report(suite, {waiting!r})", timeout=PATIENCE)
            script.judge(report.decode())
            waiting.clear()

    begin()
    for line in lines:
        for i, item in enumerate(line):
            if isinstance(item, str) and item.endswith(".img"):
                send()
                if alone:
                    board.restart()
                push(board, Path(item))
                line[i] = "/spec.img"
                if alone:
                    begin()
        waiting.append(json.dumps(line))
        if len(waiting) == BATCH:
            send()
    send()
    return script.outcome


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
