"""Programs by csmith come to the same in every tier and shape of memory as in wasmtime, on both word sizes.

Each is compiled at one level, another one each day. ``WASM_CSMITH`` says how many; 40 where it isn't set.
``python -m tests.csmith`` takes thousands at all levels, and goes on where one differs.
"""

from __future__ import annotations

import os

import pytest

from tests.csmith.programs import LEVELS, modules
from tests.sampling import by_turns
from tests.unit.oracle import BEYOND_ALL, CHECKED, INTERPRETED, NATIVE, PIECE, SPARSE, compare

PROGRAMS = int(os.environ.get("WASM_CSMITH", "40"))
CHUNK = 10
OTHERS = (SPARSE, CHECKED, PIECE, BEYOND_ALL)


@pytest.mark.parametrize("first", range(1, PROGRAMS + 1, CHUNK))
def test_the_same_as_in_wasmtime(first: int) -> None:
    """Interpreted and as native code, and in one more way, which goes by turns."""
    made = {}
    for seed in range(first, first + CHUNK):
        made |= modules([seed], by_turns(LEVELS, seed))
    assert len(made) > CHUNK // 2  # some are too large or run too long
    for tier in (INTERPRETED, NATIVE, OTHERS[first // CHUNK % len(OTHERS)]):
        tally = compare(made, tier)
        assert not tier.native or tally.native > tally.interpreted, tally
