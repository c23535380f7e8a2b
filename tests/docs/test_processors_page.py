"""docs/processors.md: each board that is described is there with its architecture, each processor in its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wasmdev import descriptions
from wasmdev_qemu import MACHINES

from tests.processors import HEADER, PROCESSORS

PAGE = Path(__file__).parents[2] / "docs" / "processors.md"
TEXT = PAGE.read_text(encoding="utf-8")
LINES = [line for line in TEXT.splitlines() if line.startswith("| ")]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES]


@pytest.mark.parametrize("name", descriptions.names())
def test_each_board_has_its_architecture(name: str) -> None:
    board = descriptions.describe(name)
    title = board.title.removeprefix("Raspberry Pi ")
    [row] = [row for row in ROWS if title in re.split(r", |Raspberry Pi ", row[0]) and len(row) == 4]
    assert f"`{board.arch}`" in row[2]


def test_the_table_has_all_processors() -> None:
    assert HEADER in TEXT
    for each in PROCESSORS:
        [row] = [row for row in ROWS if row[:2] == [each.arch, each.where]]
        assert row[2] == "136 of 136"
        assert row[3] == row[4] == "11 of 11"


def test_what_machines_stand_for() -> None:
    for machine in MACHINES.values():
        assert descriptions.describe(machine.board).name == machine.board
    for link in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (PAGE.parent / link).exists()
