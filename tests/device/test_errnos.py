"""The errnos that the pages list with each function are those that it answers with."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.generator import pages, wit
from tests.device.script import run


@pytest.mark.parametrize("bits", [64, 32])
def test_each_errno_that_is_listed_comes_and_no_other(bits: int) -> None:
    code, output = run(Path(__file__).parent / "errnos.py", bits=bits)
    assert code == 0, output
    came: dict[str, set[int]] = {}
    for function, errno in (line.split() for line in output.splitlines()):
        came.setdefault(function, set()).add(int(errno))
    told = {
        f"wasi_{interface.name}.{function.core}": set(pages.errnos(interface.name, function))
        for interface in wit.interfaces().values()
        for function in pages.functions(interface)
    }
    assert came == told
