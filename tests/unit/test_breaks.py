"""The list of breaks (tests/breaks.py) is of the present code."""

from __future__ import annotations

import pytest

from tests.breaks import BREAKS, ROOT, WALLS, Break


@pytest.mark.parametrize("each", BREAKS + WALLS, ids=lambda each: each.name)
def test_there_is_something_to_break(each: Break) -> None:
    assert (ROOT / each.file).read_text().count(each.old) == 1
    assert each.new != each.old
