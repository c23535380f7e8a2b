"""What holds for all tests: random cases are the day's, the longest tests begin, what was skipped is told."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests import sampling

LONGEST = ("[pico", "tests/csmith/", "tests/programs/", "tests/unit/test_smith", "tests/unit/test_expressions",
           "tests/thirdparty/", "tests/spec/", "tests/qemu/", "tests/hil/")  # fmt: skip
"""Parts of names of tests that begin first, the longest ones: nobody waits for one of them at the end."""


def pytest_configure(config: pytest.Config) -> None:
    os.environ["WASM_DAY"] = str(sampling.day())  # for workers, on which a day may break


def pytest_report_header(config: pytest.Config) -> str:
    return f"random cases are those of day {sampling.day()}: WASM_DAY={sampling.day()} takes them again"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((i for i, part in enumerate(LONGEST) if part in item.nodeid), len(LONGEST))

    items.sort(key=rank)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each reason that tests were skipped for."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", ()):
        reasons[report.longrepr[2].removeprefix("Skipped: ")] += 1
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"skipped {count}: {reason}")
