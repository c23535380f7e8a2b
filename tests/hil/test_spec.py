"""A part of the official test suite on the board itself, with its heap, through the link that users have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from wasmdev import deploy
from wasmdev.ports import open_board

from tests.spec.convert import suite
from tests.spec.run import BOARD
from tests.spec.script import Outcome, Script

FILES = ["i32", "i64", "block", "br", "br_if", "loop", "if", "call", "call_indirect", "memory_trap", "address"]
FILES += ["traps", "return", "select", "switch"]
# Assertions that a second page is there to grow into, which a heap of 240 KB need not have (spec section 4.4.7).
GROWING = {"block:384", "loop:457", "if:601", "call:359", "call_indirect:603", "select:286", "select:287"}
BATCH = 16  # commands that go over at once


def run_on(board, path: Path, images: Path) -> Outcome:
    """Runs one file of the suite on a board; images are pushed as their modules' turn comes.

    Each module has the whole heap, where no other one needs it: the board restarts before it.
    """
    script = Script(path, images)
    lines = [line for line in script.lines() if line[1] != "assert_rejected"]
    alone = not any(line[1] == "register" or (line[1] == "module" and line[2]) for line in lines)
    waiting: list[str] = []

    def begin() -> None:
        board.link.exec("import spec_board; suite = spec_board.Suite(4096)")

    def send() -> None:
        if waiting:
            script.judge(board.link.exec(f"spec_board.report(suite, {waiting!r})").decode())
            waiting.clear()

    begin()
    for line in lines:
        for i, item in enumerate(line):
            if isinstance(item, str) and item.endswith(".img"):
                send()
                board.files.write("/spec.img", Path(item).read_bytes())
                line[i] = "/spec.img"
                if alone:
                    board.restart()
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
        outcome = run_on(board, path, tmp_path)
    lines = [f"wg-2.0/{place.replace(':', '.wast:')}" for place in GROWING]
    no_room = {f"{line}: got -1, expected i:{pages}" for line in lines for pages in (1, 3)}
    assert not set(outcome.failures) - no_room
    assert outcome.passed >= 19
