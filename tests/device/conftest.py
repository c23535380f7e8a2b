"""Tests that MicroPython itself runs: in files ``upy_*.py``, each function ``test_*`` is a pytest item.

Every item has a process of its own, with a board's heap, and firmware and device_lib to import from. A file may
have a dict ``CONSOLE``, test's name -> (what is typed, what must be printed).
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from micropython import HERE, micropython


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    if file_path.suffix == ".py" and file_path.name.startswith("upy_"):
        return Script.from_parent(parent, path=file_path)
    return None


class Script(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        console: dict[str, tuple[str, str]] = {}
        for node in ast.parse(self.path.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CONSOLE":
                console = ast.literal_eval(node.value)
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                typed, printed = console.get(node.name, ("", ""))
                yield Function.from_parent(self, name=node.name, typed=typed, printed=printed)


class Function(pytest.Item):
    def __init__(self, *, typed: str, printed: str, **given: object) -> None:
        super().__init__(**given)
        self.typed = typed
        self.printed = printed

    def runtest(self) -> None:
        command = micropython(HERE / "run_one.py", self.path.parent, self.path.stem, self.name)
        done = subprocess.run(command.args, env=command.env, input=self.typed.encode(), capture_output=True, timeout=60)
        output = done.stdout.decode() + done.stderr.decode()
        if done.returncode or output != self.printed:
            raise Failure(output if done.returncode else f"printed {output!r}, expected {self.printed!r}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> object:
        return str(excinfo.value) if excinfo.errisinstance(Failure) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.stem}.{self.name}"


class Failure(Exception):
    """What MicroPython printed."""
