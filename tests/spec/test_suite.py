"""The whole of the official test suite in MicroPython, with words of 64 and of 32 bits."""

import pytest

from tests.desk import need_micropython32
from tests.spec.convert import suite
from tests.spec.run import run_all


@pytest.mark.parametrize(
    ("raw", "native"),
    [(False, False), (True, False), (False, True)],
    ids=["lowered-here", "compiled-there", "native"],
)
@pytest.mark.parametrize("bits", [64, 32])
def test_every_assertion_holds(bits: int, raw: bool, native: bool) -> None:
    paths = suite()
    if not paths:
        pytest.skip("WASM_SPEC names no copy of the test suite")
    if bits == 32:
        need_micropython32()
    outcomes = run_all(paths, bits, raw, native=native)
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    assert sum(outcome.passed for outcome in outcomes) >= 26_000
