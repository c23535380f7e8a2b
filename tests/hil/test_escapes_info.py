"""Hostile modules on a board: `wasmdev info` counts what they were denied, and the board lives."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import wasmc
from wasmdev.app import deploy
from wasmdev.board.board import Board
from wasmdev.board.link import Link

from tests.device.escapes import ATTEMPTS, module
from tests.hil.conftest import EMULATED, Bench
from tests.hil.precompiled import compiled
from tests.sampling import day
from tests.wat import wat

DEVICE = Path(__file__).parents[1] / "device"
SECRET = b"the board's own"
FILES = ("/secret", "/wasmdev/victim.json", "/room/kept", "/data/inner/long name.text")
ON_BOARDS = [attempt for attempt in ATTEMPTS if "outward" not in attempt.name]  # they have no links


@pytest.mark.ports(*EMULATED)
def test_each_denial_is_counted_and_the_board_lives(bench: Bench, port: str) -> None:
    assert bench.emulated
    attempts = ON_BOARDS[day() % 24 :: 24] if port == "pico" else ON_BOARDS  # a few each day where it is slow
    with Link(bench.port) as link:
        board = Board(link)
        deploy.ensure_runtime(board, show=lambda what, details: None)
        board.files.make_folder("/data")
        board.files.remove_tree("/data")
        for folder in ("escapes", "room", "shared", "data", "data/inner", "wasmdev"):
            board.files.make_folder(f"/{folder}")
        for file in FILES:
            board.files.write(file, SECRET)
        for number, attempt in enumerate(attempts):
            board.files.write(f"/escapes/{number}.img", wasmc.compile(wat(module(attempt))))
        for name in ("guest", "escape_board"):
            board.files.write(f"/{name}.mpy", compiled(DEVICE / f"{name}.py"))
        board.restart()
        code = f"import wasm, escape_board\nescape_board.run('/escapes', '', range({len(attempts)}))"
        lines = link.exec(code, timeout=None).decode().splitlines()
        results = [json.loads(line) for line in lines]
        assert [result[0] for result in results] == [attempt.right for attempt in attempts]
        assert all(same for *_, same in results)
        assert sorted(link.eval("__import__('os').listdir('/data')")) == ["held", "inner"]
        for file in FILES:
            assert board.files.read(file) == SECRET
    done = bench.wasmdev("info")
    assert done.code == 0
    counted = {name: int(times) for name, times in re.findall(r"(wasi_\w+\.\w+):\s+(\d+)", done.out)}
    assert counted == Counter(attempt.denied for attempt in attempts if attempt.denied)
    driven = {change.pin for change in bench.emulated.events if change.value}
    assert driven <= {2, 17, 25}, "2 is theirs, 17 and 25 the other module's"
