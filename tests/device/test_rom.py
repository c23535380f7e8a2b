"""Images in memory-mapped files (ROMFS) run in place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import wasmc
from mpremote.romfs import VfsRomWriter  # type: ignore[import-untyped]

from tests.device.script import HERE, run
from tests.wat import wat

LINES = 400
CODE = 8 * LINES  # bytes, at least

BULKY = wat(f"""(module (memory 1) (data (i32.const 0) "\\2a") (global $g (mut i32) (i32.const 1))
    (func (export "go") (result i32)
        {'(global.set $g (i32.add (i32.mul (global.get $g) (i32.const 3)) (i32.const 77777)))' * LINES}
        (i32.add (i32.load8_u (i32.const 0)) (global.get $g)))
    (func (export "trap") unreachable))""")


def rom(image: bytes) -> tuple[bytes, list[int]]:
    """A ROMFS with the image in files ``0.img`` to ``3.img``, and how far behind a word each begins: all differ."""
    for padding in range(4):
        writer = VfsRomWriter()
        for i in range(4):
            writer.mkfile(f"{i}.img", image)
            writer.mkfile(f"{i}.txt", bytes(padding))
        made = bytes(writer.finalise())
        parts = made.split(image)
        starts = [len(image.join(parts[: i + 1])) % 4 for i in range(4)]
        if len(set(starts)) == 4:
            return made, starts
    raise AssertionError("files of no length move the next one by an odd number of bytes")


@pytest.mark.parametrize("bits", [64, 32])
def test_code_runs_in_place_where_its_words_can_be_loaded(bits: int, tmp_path: Path) -> None:
    image = wasmc.compile(BULKY)
    made, starts = rom(image)
    (tmp_path / "rom").write_bytes(made)
    (tmp_path / "a.img").write_bytes(image)
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
    lean, whole = (max(t for t, there in zip(taken, in_place, strict=True) if there is way) for way in (True, False))
    assert whole - lean > CODE
    assert lean < 4096
