"""The state of an instance: what is written by hand on the board counts its words as the tables do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wasmc.image import isa
from wasmc.interpreter import state

WASM = Path(__file__).parents[2] / "firmware" / "wasm"
FILES = [WASM / "quick.py", *sorted((WASM / "kernels").glob("*.py"))]
WRITTEN = [path for path in FILES if "_CELLS" in path.read_text()]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_words_of_the_state(path: Path) -> None:
    names = state.constants()
    written = dict(re.findall(r"^_([A-Z]+) = const\((\d+)\)$", path.read_text(), re.MULTILINE))
    known = {*state.STATE, *state.ADDRESSES, "TOKEN", "MORE"}
    words = [name for name in written if name in known]
    assert "CELLS" in words
    assert {name: int(written[name]) for name in words} == {name: names[name] for name in words}


@pytest.mark.parametrize(
    ("module", "name", "kind"),
    [
        ("i64_division", "BY_ZERO", "integer divide by zero"),
        ("i64_division", "OVERFLOW", "integer overflow"),
        ("bulk", "BEYOND_MEMORY", "out of bounds memory access"),
        ("bulk", "BEYOND_TABLE", "out of bounds table access"),
    ],
)
def test_traps_of_kernels(module: str, name: str, kind: str) -> None:
    text = (WASM / "kernels" / f"{module}.py").read_text()
    assert f"_{name} = const({1 + isa.TRAPS.index(kind)})" in text


def test_every_word_has_a_place_of_its_own() -> None:
    names = state.constants()
    first = [names[name] for name in state.STATE]
    assert first == list(range(len(first)))
    addresses = [names[name] for name in state.ADDRESSES]
    assert addresses == list(range(len(first), names["TABLES"], 2))
