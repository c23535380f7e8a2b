"""The suite's files on memory, on memory of each shape: the results are the same."""

import pytest

from tests.desk import need_micropython32
from tests.spec.convert import suite
from tests.spec.run import run_all

FILES = ("address", "align", "bulk", "data", "endianness", "float_memory", "imports", "linking", "load", "memory",
         "memory_copy", "memory_fill", "memory_grow", "memory_init", "memory_redundancy", "memory_size",
         "memory_trap", "store", "memory_max", "custom-page-sizes")  # fmt: skip
LARGE = "70000000"  # bytes: all that the suite touches, so that a cap takes nothing away


@pytest.mark.parametrize("memory", ["sparse", LARGE], ids=["sparse", "capped"])
@pytest.mark.parametrize("bits", [64, 32])
def test_every_assertion_holds(bits: int, memory: str) -> None:
    paths = [path for path in suite() if path.stem in FILES]
    if not paths:
        pytest.skip("WASM_SPEC names no copy of the test suite")
    if bits == 32:
        need_micropython32()
    outcomes = run_all(paths, bits, memory=memory)
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    assert sum(outcome.passed for outcome in outcomes) >= 5_800
