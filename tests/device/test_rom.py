"""Images in memory-mapped files (ROMFS) run in place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.device.script import HERE, run
from tests.romfs import BULKY, CODE, IMAGE, rom


@pytest.mark.parametrize("bits", [64, 32])
def test_code_runs_in_place_where_its_words_can_be_loaded(bits: int, tmp_path: Path) -> None:
    made, starts = rom()
    (tmp_path / "rom").write_bytes(made)
    (tmp_path / "a.img").write_bytes(IMAGE)
    code, output = run(HERE / "rom_board.py", str(tmp_path / "rom"), str(tmp_path / "a.img"), bits=bits)
    assert code == 0, output
    found = [ast.literal_eval(line.replace(" ", ",", 4)) for line in output.splitlines()]
    results, in_place, taken, behind, frames = zip(*found, strict=True)
    assert len(results) == 6
    assert len(set(results)) == 1
    assert len(set(map(str, frames))) == 1
    assert frames[0][0][1] == BULKY.index(bytes((3, 0, 0, 0x0B))) + 2  # its unreachable
    assert set(behind) == {0}
    assert in_place == (*(start == 0 for start in starts), True, False)
    lean = max(size for size, there in zip(taken, in_place, strict=True) if there)
    whole = min(size for size, there in zip(taken, in_place, strict=True) if not there)
    assert whole - lean > CODE
    assert lean < 4096
