"""Constants of the runtime are written where they are used."""

from __future__ import annotations

import ast

import pytest
from wasmdev.errors import WasmdevError
from wasmdev.runtime.constants import inlined
from wasmdev.runtime.runtime import _sources

CORE = """\
from micropython import const

PC = const(0)
NONE = const(0xFFFFFFFF)
WIDE = const(NONE + 1)
NAME = const("core")
BELOW = const(-1)
_OWN = const(7)
TRAPS = ("a", "b")


def place(words):
    return words[PC + _OWN]
"""


def user(text: str) -> str:
    """What becomes of a module beside that core."""
    return inlined({"wasm/core.py": CORE, "wasm/user.py": text})["wasm/user.py"]


def test_a_module_s_own_constants_are_gone() -> None:
    core = inlined({"wasm/core.py": CORE})["wasm/core.py"]
    assert core.splitlines()[:9] == ["pass", "", *["pass"] * 5, "_OWN = const(7)", 'TRAPS = ("a", "b")']
    assert core.splitlines()[-1] == "    return words[0 + _OWN]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from .core import PC\nx = PC\n", "pass\nx = 0\n"),
        ("from .core import PC, place\nx = place(PC)\n", "from .core import place\nx = place(0)\n"),
        ("from .core import NAME as N, TRAPS as t\nx = N, t\n", "from .core import TRAPS as t\nx = 'core', t\n"),
        ("from .core import (\n    PC,\n    place,\n)\nx = PC\n", "from .core import place\n\n\n\nx = 0\n"),
        ("from . import core\nx = core.WIDE, core.at(1)\n", "from . import core\nx = 4294967296, core.at(1)\n"),
        ("from . import core as c\nx = {c.PC: 'c.PC'}\n", "from . import core as c\nx = {0: 'c.PC'}\n"),
        ("def f():\n    from .core import PC\n    return 'ü', PC\n", "def f():\n    pass\n    return 'ü', 0\n"),
        ("from .core import PC\n_TWO = const(PC + 2)\nx = _TWO\n", "pass\n_TWO = const(0 + 2)\nx = _TWO\n"),
        ("from .core import BELOW\nx = BELOW**2\n", "pass\nx = (-1)**2\n"),
        ("from os import PC\nx = PC\n", "from os import PC\nx = PC\n"),
        ("class A:\n    PC = 3\n\n\nx = A.PC\n", "class A:\n    PC = 3\n\n\nx = A.PC\n"),
    ],
)
def test_what_others_import_is_written_there(text: str, expected: str) -> None:
    assert user(text) == expected


def test_what_does_nothing_any_more_is_left_out() -> None:
    words = '"""Words."""\nfrom micropython import const\nREAD = const(1)\n'
    sources = {"wasi/__init__.py": '"""A package."""\n', "wasi/rights.py": words, "wasi/bits.py": words,
               "wasi/user.py": "from .rights import READ\nfrom . import bits\nx = READ, bits.READ\n"}
    assert set(inlined(sources)) == {"wasi/bits.py", "wasi/user.py"}


def test_a_package_has_constants_too() -> None:
    sources = {"wasi/__init__.py": "READ = const(1)\n", "wasi/sensors/chip.py": "from .. import READ\nx = READ\n"}
    assert inlined(sources)["wasi/sensors/chip.py"] == "pass\nx = 1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("from .core import PC\n\nPC = 3\n", "wasm/user.py:3: PC is a constant and can't be set"),
        ("X = const(len(TRAPS))\n", "wasm/user.py:1: X is no constant: name 'TRAPS' is not defined"),
    ],
)
def test_what_is_no_constant_is_refused(text: str, message: str) -> None:
    with pytest.raises(WasmdevError, match=message):
        user(text)


@pytest.mark.parametrize("arch", ["armv6m", "x64"])
def test_the_runtime_s_lines_stay_where_they_are(arch: str) -> None:
    sources = _sources(arch)
    after = inlined(sources)
    assert {path for path in sources if not _places(sources[path])} >= sources.keys() - after.keys()
    assert any(sources[path] != after[path] for path in after)
    for path, text in after.items():
        assert _places(sources[path]) == _places(text), path


def _places(text: str) -> list[tuple[str, int]]:
    kinds = ast.FunctionDef | ast.ClassDef | ast.Return
    return [(type(node).__name__, node.lineno) for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
