"""Integer instructions of i32 and i64 against wasmtime, on words of both sizes."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.kernels import NUMERIC, Board, Case, Oracle, board, boundary_cases, case, differences

NAMES = tuple(name for name, type_ in NUMERIC.items() if set(type_) <= set("iI>"))
PAIRS = 200  # of boundaries, for each instruction


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


@given(st.lists(case(NAMES), min_size=60, max_size=120))
@settings(max_examples=70, deadline=None, suppress_health_check=list(HealthCheck))
def test_anything(device: Board, oracle: Oracle, cases: list[Case]) -> None:
    assert not differences(device, oracle, cases)
