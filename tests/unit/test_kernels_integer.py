"""Integer instructions of i32 and i64 against wasmtime, on words of both sizes."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.kernels import (
    EXAMPLES,
    NUMERIC,
    WIDTH,
    Board,
    Case,
    Oracle,
    board,
    boundary_cases,
    case,
    differences,
)

NAMES = tuple(name for name, type_ in NUMERIC.items() if set(type_) <= set("iI>"))
PAIRS = 100  # of boundaries, for each instruction


@pytest.fixture(scope="module", params=(64, 32), ids=lambda bits: f"{bits} bits")
def device(request: pytest.FixtureRequest) -> Iterator[Board]:
    with board(request.param, NAMES) as running:
        yield running


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(NAMES)


def test_names() -> None:
    assert len(NAMES) == 66


@pytest.mark.parametrize("name", NAMES)
def test_boundaries(name: str, device: Board, oracle: Oracle) -> None:
    assert not differences(device, oracle, boundary_cases(name, PAIRS))


@pytest.mark.parametrize("name", [name for name in NAMES if len(NUMERIC[name]) == 4])
def test_edges(name: str, device: Board, oracle: Oracle) -> None:
    """Every pair of the values at which signs, halves and carries change."""
    letter = NUMERIC[name][0]
    width = WIDTH[letter]
    edges = {0, 1, 2, 1 << 15, 1 << 31, (1 << 32) - 1, 1 << width - 1, (1 << width - 1) - 1}
    values = sorted({value % (1 << width) for edge in edges for value in (edge, -edge)})
    cases = [(name, pair) for pair in itertools.product(values, repeat=2)]
    assert not differences(device, oracle, cases)


@given(st.lists(case(NAMES), min_size=60, max_size=120))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_anything(device: Board, oracle: Oracle, cases: list[Case]) -> None:
    assert not differences(device, oracle, cases)
