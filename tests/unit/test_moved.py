"""Random modules that are put away in the midst of a call come to the right thing elsewhere, in either tier."""

from tests.moved import relay
from tests.sampling import day

MODULES = 200  # a day


def test_what_is_moved_goes_on_as_if_never_stopped() -> None:
    every, moved, wrong = relay(MODULES, day() * MODULES, boards=False)
    assert not wrong, wrong
    assert every > MODULES, "benchmarks are among them"
    assert moved >= MODULES // 16
