"""More than a thousand assertions of the official test suite, from all its files, on each machine in each tier."""

from __future__ import annotations

import pytest
from wasmdev_qemu import MACHINES

from tests.qemu.prepared import firmware
from tests.spec import on_machine
from tests.spec.convert import suite

ASSERTIONS = 16  # of each file
PARTS = 2  # of each machine's files, so that the others needn't wait for the last one
LEAST = 500  # of a part


@pytest.mark.parametrize("native", [False, True], ids=["interpreted", "native"])
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", MACHINES)
def test_sample_of_every_file(name: str, part: int, native: bool) -> None:
    firmware(name)
    paths = suite()[part::PARTS]
    if not paths:
        pytest.skip("WASM_SPEC names no copy of the test suite")
    with on_machine.board(name) as board:
        arch = MACHINES[name].arch if native else ""
        outcomes = [on_machine.run(board, path, arch, ASSERTIONS) for path in paths]
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    assert sum(outcome.passed for outcome in outcomes) >= LEAST
