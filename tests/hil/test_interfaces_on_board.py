"""The tests of what modules import, which run on the desk too, on a board's own hardware and file system."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from wasmdev.board.files import Files
from wasmdev.board.link import Link
from wasmdev_sim.chips import Registers

from tests.hil.conftest import EMULATED
from tests.hil.precompiled import compiled

if TYPE_CHECKING:
    from wasmdev.board.board import Emulated

pytestmark = pytest.mark.ports(*EMULATED)

DEVICE = Path(__file__).parents[1] / "device"
# The emulated Pico takes half a minute for a second of its time: it gets what may differ there.
ON_PICO = {
    "upy_conditions": ("granted", "not_granted"),
    "upy_files": ("write_and_read", "append", "rename", "a_limit_on_all_files"),
}
TESTS = [
    (script, name)
    for script in ON_PICO
    for name in re.findall(r"^def test_(\w+)", (DEVICE / f"{script}.py").read_text(), re.MULTILINE)
]
# On a disk in RAM, as a card would have it.
ON_FAT = (
    "names_that_a_file_system_takes_for_others",
    "a_file_has_one_name_whatever_the_file_system_makes_of_its_case",
)


@pytest.fixture
def quick(script: str, name: str, port: str) -> None:
    """Skips what is slow, before a board is asked for anything."""
    if port == "pico" and name not in ON_PICO[script]:
        pytest.skip("is slow on the emulated Pico, and runs on 32 bits on the desk")


@pytest.mark.parametrize(("script", "name"), TESTS)
def test_on_board(script: str, name: str, quick: None, guest_board: Emulated) -> None:
    guest_board.attach_i2c(0, 0x50, Registers())
    with Link(guest_board.port) as link:
        Files(link).write(f"/{script}.mpy", compiled(DEVICE / f"{script}.py"))
        link.exec(f"import gc, {script}\n{script}.test_{name}()\ngc.collect()", timeout=None)


@pytest.mark.parametrize("name", ON_FAT)
def test_on_a_boards_fat(name: str, guest_board: Emulated) -> None:
    with Link(guest_board.port) as link:
        for script in ("upy_files", "volume"):
            Files(link).write(f"/{script}.mpy", compiled(DEVICE / f"{script}.py"))
        link.reset()  # the disk takes of a heap that has been used for long
        link.exec("import upy_files, volume\nupy_files.ROOT = volume.mount('VfsFat') + '/files'")
        link.exec(f"upy_files.test_{name}()", timeout=None)
        link.reset()
