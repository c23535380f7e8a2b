"""The tests of what modules import, which run on the desk too, on a board's own hardware and file system."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from wasmdev.files import Files
from wasmdev.link import Link
from wasmdev_sim.chips import Registers

from tests.hil.conftest import EMULATED
from tests.hil.precompiled import compiled

if TYPE_CHECKING:
    from wasmdev.board import Emulated

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


@pytest.mark.parametrize(("script", "name"), TESTS)
def test_on_board(script: str, name: str, guest_board: Emulated, port: str) -> None:
    if port == "pico" and name not in ON_PICO[script]:
        pytest.skip("is slow on the emulated Pico, and runs on 32 bits on the desk")
    guest_board.attach_i2c(0, 0x50, Registers())
    with Link(guest_board.port, patience=10) as link:
        Files(link).write(f"/{script}.mpy", compiled(DEVICE / f"{script}.py"))
        link.exec(f"import gc, {script}\n{script}.test_{name}()\ngc.collect()", timeout=None)
