"""Tests that MicroPython itself runs: in files ``upy_*.py``, each function ``test_*`` is a pytest item.

They run on 64 and on 32 bits, every item in a process of its own. A file may have a dict ``CONSOLE``: name of
a test -> (what is typed, what must be printed). One with ``FILE_SYSTEMS``, names of MicroPython's classes, runs on
the desk's files and on each of those: its ``ROOT`` is the path of a folder there.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.device.script import LACKS, RUN_ONE, run


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
        said: dict[str, Any] = {"CONSOLE": {}, "FILE_SYSTEMS": ()}
        for node in ast.parse(self.path.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in said:
                said[ast.unparse(node.targets[0])] = eval(ast.unparse(node.value), {})
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                typed, printed = said["CONSOLE"].get(node.name, ("", ""))
                for bits, system in itertools.product((64, 32), ("", *said["FILE_SYSTEMS"])):
                    name = f"{node.name}[{bits}{'-' * bool(system)}{system}]"
                    yield Function.from_parent(
                        self, name=name, test=node.name, bits=bits, system=system, typed=typed, printed=printed
                    )


class Function(pytest.Item):
    def __init__(self, *, test: str, bits: int, system: str, typed: str, printed: str, **given: Any) -> None:
        super().__init__(**given)
        self.test = test
        self.bits = bits
        self.system = [system] if system else []
        self.typed = typed
        self.printed = printed

    def runtest(self) -> None:
        arguments = [self.path.stem, self.test, *self.system]
        code, output = run(RUN_ONE, *arguments, typed=self.typed, bits=self.bits, disk=bool(self.system))
        if code == LACKS:
            pytest.skip(output.strip())
        if code:
            raise Failure(output)
        if output != self.printed:
            raise Failure(f"printed {output!r}, expected {self.printed!r}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value) if excinfo.errisinstance(Failure) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.stem}.{self.name}"
