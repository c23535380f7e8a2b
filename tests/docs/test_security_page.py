"""docs/security.md: each check and each test that it names is there, and each wall that tests/breaks.py breaks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.breaks import WALLS, Break
from tests.device.escapes import ATTEMPTS
from tests.docs.console import Console, anchors

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and " in [" in line]
NAMED = re.compile(r"(`test_\w+`(?: and `test_\w+`)*) in \[([\w.]+)\]\(([^)]+)\)")


def named_tests() -> set[tuple[Path, str]]:
    """Every test that the page names, with its file."""
    found = set()
    for names, shown, path in NAMED.findall(TEXT):
        place = (PAGE.parent / path).resolve()
        assert place.name == shown
        found |= {(place, name) for name in re.findall(r"\w+", names) if name != "and"}
    return found


def test_each_test_is_there() -> None:
    named = named_tests()
    assert len(named) > 45
    for path, name in named:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        assert name in [node.name for node in tree if isinstance(node, ast.FunctionDef)], f"{path} has no {name}"


def test_each_row_has_a_check_and_a_test() -> None:
    assert len(ROWS) > 40
    for row in ROWS:
        assert NAMED.search(row.rstrip("| ").split(" | ")[-1]), row
    for path in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (PAGE.parent / path).exists(), path


def test_headings_that_are_linked_are_there() -> None:
    for path, heading in re.findall(r"\]\(([^)#]+)#([^)]+)\)", TEXT):
        assert heading in anchors(PAGE.parent / path), (path, heading)


@pytest.mark.parametrize("each", WALLS, ids=lambda each: each.name)
def test_what_is_broken_on_purpose_is_in_the_page(each: Break) -> None:
    file, _, name = each.test.partition("::")
    assert (PAGE.parents[1] / file, name) in named_tests()
    rows = [row for row in ROWS if f"`{name}`" in row]
    checks = {path for row in rows for path in re.findall(r"\]\(\.\./(?!tests/)([^)#]+)", row)}
    assert {each.file, str(Path(each.file).parent)} & checks or not checks


def test_how_many_escapes() -> None:
    assert f"| {len(ATTEMPTS)} of these, one" in TEXT


def test_what_is_typed(tmp_path: Path) -> None:
    console = Console(tmp_path)
    console.copy("examples/blink")
    assert console.follow(PAGE) == 2
