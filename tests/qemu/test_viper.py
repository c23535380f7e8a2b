"""Random functions of viper (tests/viper_machines.py) come to the same on a processor as in a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

import pytest
from wasmdev.board.link import Link

from tests.qemu.machine import machine
from tests.viper_machines import differences, parts

Machine = Callable[[Mapping[str, bytes]], AbstractContextManager[Link]]

MACHINES: dict[str, Machine] = {"rv32imc": machine}
PATIENCE = 120.0  # seconds without a word from a machine


@pytest.mark.parametrize("seeds", parts(), ids=str)
@pytest.mark.parametrize("arch", MACHINES)
def test_functions(arch: str, seeds: Sequence[int]) -> None:
    def run(files: Mapping[str, bytes], script: str) -> str:
        with MACHINES[arch](files) as link:
            return link.exec(script, timeout=PATIENCE).decode()

    assert not differences(run, arch, seeds)
