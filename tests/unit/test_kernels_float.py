"""The kernels of f32, f64 and conversions against wasmtime, in MicroPython of both word sizes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.kernels import EXAMPLES, NUMERIC, Board, Case, Oracle, board, boundary_cases, case, differences

NAMES = tuple(name for name, type_ in NUMERIC.items() if "f" in type_ or "F" in type_)

# These round in the most ways.
ARITHMETIC = [f"{type_}.{name}" for type_ in ("f32", "f64") for name in ("add", "sub", "mul", "div", "sqrt")]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(NAMES)


@pytest.fixture(scope="module", params=(64, 32))
def desk(request: pytest.FixtureRequest) -> Iterator[Board]:
    with board(request.param, NAMES) as process:
        yield process


@pytest.mark.parametrize("name", NAMES)
def test_boundaries(desk: Board, oracle: Oracle, name: str) -> None:
    assert not differences(desk, oracle, boundary_cases(name, 500))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(case(NAMES), min_size=40, max_size=40), st.lists(case(ARITHMETIC), min_size=40, max_size=40))
def test_random(desk: Board, oracle: Oracle, some: list[Case], arithmetic: list[Case]) -> None:
    assert not differences(desk, oracle, some + arithmetic)
