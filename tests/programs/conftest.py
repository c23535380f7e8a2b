"""The boards are those of tests/hil. At the end comes one table: what was run, in which way, with what result."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hil.conftest import (
    folders,
    own_flash,
    patience,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_generate_tests,
    wasmdev,
)

__all__ = [
    "folders", "own_flash", "patience", "pytest_collection_modifyitems", "pytest_configure",
    "pytest_generate_tests", "wasmdev",
]  # fmt: skip

Row = tuple[str, str, str, str]
_ROWS = pytest.StashKey[list[Row]]()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Adds a row to the table: program, board, way, result."""
    return lambda *row: request.config.stash.setdefault(_ROWS, []).append(row)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(_ROWS, [])
    for row in sorted(rows):
        terminalreporter.write_line("{:<16} {:<12} {:<11} {}".format(*row))
