"""The whole of the official test suite in MicroPython, with words of 64 and of 32 bits.

Where MicroPython compiles each module by itself, a day takes a quarter of the files; ``make spec`` takes all.
"""

import pytest

from tests import sampling
from tests.desk import need_micropython32
from tests.spec.convert import suite
from tests.spec.run import run_all

PARTS = 4


@pytest.mark.parametrize("native", [False, True], ids=["lowered-here", "native"])
@pytest.mark.parametrize("bits", [64, 32])
def test_every_assertion_holds(bits: int, native: bool) -> None:
    paths = suite()
    need(bits)
    outcomes = run_all(paths, bits, native=native)
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    assert sum(outcome.passed for outcome in outcomes) >= 26_000


@pytest.mark.parametrize("bits", [64, 32])
def test_every_assertion_holds_that_is_compiled_there(bits: int) -> None:
    need(bits)
    by_size = sorted(suite(), key=lambda path: (path.stat().st_size, path))
    paths = by_size[sampling.day() % PARTS :: PARTS]
    outcomes = run_all(paths, bits, raw=True)
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    passed = [outcome.passed for outcome in outcomes]
    assert sum(passed) >= 1000
    assert passed == [outcome.passed for outcome in run_all(paths, bits)]


def need(bits: int) -> None:
    if not suite():
        pytest.skip("WASM_SPEC names no copy of the test suite")
    if bits == 32:
        need_micropython32()
