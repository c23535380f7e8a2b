"""Random functions of viper (tests/viper_machines.py) come to the same on each processor as in a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from wasmdev_qemu import MACHINES

from tests.qemu.machine import machine
from tests.qemu.prepared import firmware
from tests.viper_machines import differences, parts

PATIENCE = 120.0  # seconds without a word from a machine
HEAP = 8_000_000  # bytes: nothing is to run out of it
CODE = 524_288  # bytes, for code that stays until a soft reset


@pytest.mark.parametrize("seeds", parts(), ids=str)
@pytest.mark.parametrize("name", MACHINES)
def test_functions(name: str, seeds: Sequence[int]) -> None:
    firmware(name)

    def run(files: Mapping[str, bytes], script: str) -> str:
        with machine(name, files, heap=HEAP, executable=CODE) as link:
            return link.exec(script, timeout=PATIENCE).decode()

    assert not differences(run, MACHINES[name].arch, seeds)
