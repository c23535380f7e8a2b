"""Hostile raw modules, compiled by the board: each ends in an error that has a name, and the board goes on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.device.escapes import ATTEMPTS, module
from tests.device.hostile import HOSTILE
from tests.device.script import HERE, run
from tests.device.test_escapes import check
from tests.device.test_escapes import root as root
from tests.wat import wat

BOARD = HERE / "hostile_board.py"


@pytest.mark.parametrize("bits", [64, 32])
def test_each_ends_in_an_error(bits: int, tmp_path: Path) -> None:
    for number, binary in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.wasm").write_bytes(binary)
    code, output = run(BOARD, str(tmp_path), str(len(HOSTILE)), bits=bits)
    ends = output.splitlines()
    wrong = [pair for pair in zip(HOSTILE, ends, strict=False) if pair[1].startswith("!")]
    assert not wrong
    assert code == 0, (output[-1000:], list(HOSTILE)[len(ends)])
    assert len(ends) == len(HOSTILE)
    assert set(Counter(ends)) >= {"ran", "WasmError", "MemoryError", "Trap"}


@pytest.mark.parametrize("bits", [64, 32])
def test_escapes_are_none_where_the_board_compiles(bits: int, root: Path) -> None:
    attempts = ATTEMPTS[::3]
    for number, attempt in enumerate(attempts):
        (root / f"{number}.wasm").write_bytes(wat(module(attempt)))
    given = str(root), "0", str(len(attempts)), str(root)
    code, output = run(HERE / "raw_escapes.py", *given, bits=bits, heap="600k")
    check(attempts, output.splitlines())
    assert code == 0, output[-1000:]
