"""The whole of the official test suite in MicroPython, with words of 64 and of 32 bits.

Where MicroPython compiles each module by itself, a day takes a quarter of the files; ``make spec`` takes all.
Where calls stop at each turn, to go on then, a day takes one tier and one word size; tests.spec.run with
``--turns 1`` takes any.
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


def test_every_assertion_holds_where_calls_stop_at_each_turn() -> None:
    """In one tier and one word size a day; of the test of a million tail calls each thousandth is enough."""
    bits, native = sampling.by_turns([(bits, native) for bits in (64, 32) for native in (False, True)], 0)[0]
    need(bits)
    endless = [path for path in suite() if path.stem == "return_call"]
    outcomes = run_all([path for path in suite() if path not in endless], bits, native=native, turns=1)
    outcomes += run_all(endless, bits, native=native, turns=1000)
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    assert sum(outcome.passed for outcome in outcomes) >= 26_000
    assert sum(outcome.stops for outcome in outcomes) >= 1_000_000


def need(bits: int) -> None:
    if not suite():
        pytest.skip("WASM_SPEC names no copy of the test suite")
    if bits == 32:
        need_micropython32()
