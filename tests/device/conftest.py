"""Tests that MicroPython itself runs: in files ``upy_*.py``, each function ``test_*`` is a pytest item.

They run on 64 and on 32 bits, every item in a process of its own. A file may have a dict ``CONSOLE``: name of
a test -> (what is typed, what must be printed).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.device.script import RUN_ONE, run


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    return None if parent.session.isinitpath(file_path) else _script(file_path, parent)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """For a file that the command line names, which pytest would take for a module of its own."""
    return _script(module_path, parent)


def _script(path: Path, parent: pytest.Collector) -> pytest.File | None:
    return Script.from_parent(parent, path=path) if path.match("upy_*.py") else None


class Failure(Exception):
    """What MicroPython printed."""


class Script(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        console: dict[str, tuple[str, str]] = {}
        for node in ast.parse(self.path.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CONSOLE":
                console = eval(ast.unparse(node.value), {})
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                typed, printed = console.get(node.name, ("", ""))
                for bits in (64, 32):
                    name = f"{node.name}[{bits}]"
                    yield Function.from_parent(
                        self, name=name, test=node.name, bits=bits, typed=typed, printed=printed
                    )


class Function(pytest.Item):
    def __init__(self, *, test: str, bits: int, typed: str, printed: str, **given: Any) -> None:
        super().__init__(**given)
        self.test = test
        self.bits = bits
        self.typed = typed
        self.printed = printed

    def runtest(self) -> None:
        code, output = run(RUN_ONE, self.path.stem, self.test, typed=self.typed, bits=self.bits)
        if code:
            raise Failure(output)
        if output != self.printed:
            raise Failure(f"printed {output!r}, expected {self.printed!r}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value) if excinfo.errisinstance(Failure) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.stem}.{self.name}"
