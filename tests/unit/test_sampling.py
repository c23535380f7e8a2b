"""The cases of a day are some of all, and every case has its day."""

from __future__ import annotations

import pytest

from tests.sampling import by_turns, of_the_day


@pytest.mark.parametrize(("cases", "wanted"), [(250, 62), (4000, 100), (12, 3), (60, 20), (5, 7)])
def test_every_case_comes_round(cases: int, wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    for day in range(max(cases // wanted, 1)):
        monkeypatch.setenv("WASM_DAY", str(739_000 + day))
        some = of_the_day(cases, wanted)
        assert min(cases, wanted) <= len(some) <= 2 * wanted
        seen += some
    assert sorted(seen) == list(range(cases))


def test_choices_go_by_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM_DAY", "5")
    assert [by_turns("abc", at) for at in range(3)] == [["c"], ["a"], ["b"]]
    assert by_turns("abc", 0, 2) == ["c", "a"]
    assert by_turns("abc", 0, 9) == ["c", "a", "b"]
    monkeypatch.setenv("WASM_DAY", "6")
    assert by_turns("abc", 0) == ["a"]
