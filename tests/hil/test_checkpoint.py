"""A program with checkpoints that starts at power-up goes on where it was when power was cut."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from wasmdev.app import boot
from wasmdev.board.board import Board
from wasmdev.board.ports import open_board

COUNT = Path(__file__).parents[2] / "examples" / "count" / "count.wasm"
LIMIT = 60.0  # seconds


@pytest.fixture
def flashed(wasmdev, tmp_path):
    def flash(*options: str, checkpoint: str = "1s"):
        path = Path(shutil.copy(COUNT, tmp_path))
        path.with_suffix(".toml").write_text(f'[limits]\ncheckpoint = "{checkpoint}"\n')
        return wasmdev("flash", path, *options)

    yield flash
    with open_board("sim") as board:
        boot.disarm(board, "count")


def numbers(board: Board, until: int) -> list[int]:
    """What the program prints from a start of the board on, as many as are wanted."""
    serial = board.link._wire.serial
    serial.write(b"\x02\x04")
    said = b""
    deadline = time.monotonic() + LIMIT
    found: list[int] = []
    while len(found) < until:
        assert time.monotonic() < deadline, said
        said += serial.read(1)
        if said.endswith(b"\n"):
            found = [int(line) for line in said.split() if line.isdigit()]
    return found


@pytest.mark.ports("sim")
def test_a_cut_of_power(flashed):
    assert flashed("--boot").code == 0
    last = 0
    for start in range(3):
        with open_board("sim") as board:
            found = numbers(board, 8)
            board.emulated.kill()
        assert found == list(range(found[0], found[0] + 8))
        if start == 1:
            assert 1 < last - 5 <= found[0] <= last + 1, "what came after the last checkpoint comes again"
        else:
            assert found[0] == 1, "after two crashes in a row it begins anew"
        last = found[-1]
    with open_board("sim") as board:
        names = [name for name, _, _ in board.files.list("/wasmdev") if name.endswith(".snap")]
    assert sorted(names) == ["count.0.snap", "count.1.snap"]
    assert flashed("--boot").code == 0  # begins anew
    with open_board("sim") as board:
        assert not [name for name, _, _ in board.files.list("/wasmdev") if name.endswith(".snap")]
        assert numbers(board, 1) == [1]
        board.emulated.kill()


@pytest.mark.ports("sim")
def test_times_that_can_not_be(flashed):
    for time_ in ("10", "999ms", "0s", "1d", "-1s", ""):
        done = flashed(checkpoint=time_)
        assert done.code == 2
        assert "give a second or more" in done.err
