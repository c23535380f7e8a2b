"""A push or an install that is cut leaves what was there before, or what was to come, whole.

The board is killed when a number of bytes has gone over the port, as if its cable had been pulled then; what
its file system holds at that moment is all that the next board has.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from wasmdev.app import apps
from wasmdev.board.board import Board
from wasmdev.board.ports import open_board
from wasmdev.errors import LinkError
from wasmdev.runtime import runtime

from tests.hil.modules import versioned

pytestmark = pytest.mark.ports("sim")

def cut_after(board: Board, count: int) -> list[int]:
    """Kill the board once ``count`` bytes went to it; a list of one number, of those that did."""
    serial = board.link._wire.serial
    write = serial.write
    sent = [0]

    def write_until_cut(data: bytes) -> int:
        if sent[0] + len(data) > count:
            write(data[: count - sent[0]])
            sent[0] = count
            board.emulated.kill()
            raise OSError("unplugged")
        sent[0] += len(data)
        return write(data)

    serial.write = write_until_cut
    return sent


def cost(action: Callable[[Board], object]) -> int:
    """How many bytes an action sends."""
    with open_board("sim") as board:
        sent = cut_after(board, 1 << 30)
        action(board)
        return sent[0]


def cut(action: Callable[[Board], object], count: int) -> bool:
    """Do something and lose the board on the way; whether that happened before it was done."""
    with open_board("sim") as board:
        cut_after(board, count)
        try:
            action(board)
        except LinkError:
            return True
    return False


def version() -> int:
    """What the app that is on the board says of itself."""
    with open_board("sim") as board:
        return int(board.link.exec("import wasm;print(wasm.load('cut').version())"))


def test_push_cut_at_many_points(request):
    wanted = 100 if request.config.getoption("--soak") else 40
    with open_board("sim") as board:
        runtime.install(board, runtime.Runtime(board.facts.arch))
        apps.push(board, versioned(1))
    total = cost(lambda board: apps.push(board, versioned(2)))
    draw = random.Random(2)
    now, cuts, after_commit = 2, 0, 0
    while cuts < wanted:
        new = 3 - now
        # A third of them near the end, where the commit point is.
        point = draw.randint(1, total) if cuts % 3 else draw.randint(total - 800, total)
        was_cut = cut(lambda board, new=new: apps.push(board, versioned(new)), point)
        found = version()
        assert found in (now, new), f"cut after {point} of {total} bytes"
        cuts += was_cut
        after_commit += was_cut and found == new
        now = found
    assert 0 < after_commit < wanted, "the cuts hit only one side of the commit point"
    with open_board("sim") as board:
        apps.push(board, versioned(now))
        names = [name for name, _, _ in board.files.list(apps.FOLDER)]
    assert [name for name in names if name.startswith("cut") or name.endswith(".tmp")] == [
        versioned(now).image_name,
        "cut.json",
    ]


def test_install_cut_again_and_again_gets_there():
    with open_board("sim") as board:
        old = runtime.Runtime(board.facts.arch)
        runtime.install(board, old)
        apps.push(board, versioned(1))
    new = runtime.Runtime(old.arch, old.sources | {"wasi/new.py": "# Makes it another runtime.\n"})
    size = sum(map(len, new.files().values()))
    draw = random.Random(4)
    cuts = 0
    while cut(lambda board: runtime.install(board, new), draw.randint(size // 30, size // 3)):
        cuts += 1
        assert version() == 1
    assert cuts >= 4
    with open_board("sim") as board:
        assert runtime.is_installed(board, new)
        assert [name for name, _, _ in board.files.list(runtime.FOLDER)] == [new.hash]
