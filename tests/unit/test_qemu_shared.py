"""What the host shares with a machine of qemu's: the board may write there what it likes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev_qemu.shared import Shared


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Shared]:
    made = Shared(tmp_path / "flash.bin", 8192, 1024, 512, 3)
    made.power_on(1)
    yield made
    made.close()


def board_writes(shared: Shared, *words: int) -> None:
    with (shared.folder / "registers").open("rb+") as file:
        file.write(struct.pack(f"<{len(words)}I", *words))


@pytest.mark.parametrize(("typed", "taken"), [(5000, 0), (0, 1), (7, 0x80000000)])
def test_no_more_is_typed_than_there_is_room_for(shared: Shared, typed: int, taken: int) -> None:
    board_writes(shared, 0, 0, 0, typed, taken)
    assert shared.type(bytes(65536)) == 0


def test_what_is_typed_comes_round(shared: Shared) -> None:
    data = bytes(range(256)) * 20
    assert shared.type(data) == 4096
    assert shared.type(data[4096:]) == 0
    board_writes(shared, 0, 0, 0, 4096, 1000)
    assert shared.type(data[4096:]) == 1000
    with (shared.folder / "registers").open("rb") as file:
        assert file.read()[4096:] == data[4096 : 4096 + 1000] + data[1000:4096]


def test_power_mends_what_the_board_wrote(shared: Shared) -> None:
    board_writes(shared, 0, 0, 0, 9, 4, 3)
    shared.power_on(1)
    with (shared.folder / "registers").open("rb") as file:
        assert struct.unpack("<6I", file.read(24)) == (1024, 512, 0, 0, 0, 1)
