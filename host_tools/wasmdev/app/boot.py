"""The modules that start at power-up: which, and how that went. ``wasm.boot`` is the board's half.

``/wasmdev/boot`` names them, a line each, and replacing or removing that file is the commit point. ``/main.py`` is
ours only where there was none: to a user's own the user adds the one line that it takes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wasmdev.app import apps
from wasmdev.board.board import Board
from wasmdev.errors import WasmdevError
from wasmdev.module import imports, names

MAIN = "/main.py"
START = "import wasm.boot; wasm.boot.start()"

_APPS = f"{apps.FOLDER}/boot"
_MOST = 3  # crashes in a row, as in wasm.crashes
_OURS = f"# Made by: wasmdev flash --boot\n{START}\n".encode()


@dataclass(frozen=True)
class Boot:
    """A module that starts at power-up: its ``name``, its ``crashes`` in a row, why the last was."""

    name: str
    crashes: int
    reason: str

    @property
    def stopped(self) -> bool:
        """Whether it is not started any more."""
        return self.crashes >= _MOST

    def describe(self) -> str:
        """The state in words."""
        because = f": {self.reason}" if self.reason else ""
        if self.stopped:
            stopped = f"{self.name}, stopped after {self.crashes} crashes in a row{because}"
            return f"{stopped}; flash it again with --boot"
        if self.crashes:
            return f"{self.name}, crash {self.crashes} of {_MOST} in a row{because}"
        return self.name + (f", ran for a while and crashed{because}" if because else "")


def check(board: Board, module: Any, name: str) -> None:
    """Raise :class:`WasmdevError` if a module can't be made to start at power-up on this board."""
    if not any(export == "_start" for export, _, _ in module.exports):
        raise WasmdevError(f"{name} can't start at power-up: it exports no _start", "flash it without --boot")
    if absent := imports.missing(module):
        raise WasmdevError(f"{name} can't start at power-up: it imports {imports.describe(absent)[0]}",
                           "start it from Python code that gives it, without --boot")
    if _main(board) == "foreign":
        hint = f"add the line to it: {START}"
        raise WasmdevError(f"the board has a {MAIN} of its own that doesn't start modules", hint)


def arm(board: Board, name: str) -> None:
    """Have a flashed module start at power-up, beside those that do, with no crash counted."""
    if _main(board) == "none":
        board.files.replace(MAIN, _OURS)
    board.files.discard(_crashes(name))
    _write(board, [*(other for other in armed(board) if other != name), name])


def disarm(board: Board, name: str) -> bool:
    """Have a module not start at power-up; whether it was to."""
    before = armed(board)
    if name not in before:
        return False
    _write(board, [other for other in before if other != name])
    board.files.discard(_crashes(name))
    if len(before) == 1 and board.files.has(MAIN, _OURS):
        board.files.remove(MAIN)
    return True


def armed(board: Board) -> list[str]:
    """The names of what starts at power-up on a board."""
    return [name for name in board.files.read(_APPS).decode("utf-8", "replace").split("\n") if name]


def states(board: Board) -> list[Boot]:
    """How it went with each of them."""
    modules = apps.installed(board)
    return [_state(board, name, modules.get(name, {}).get("module", "")) for name in armed(board)]


def describe(found: Sequence[Boot]) -> str:
    """What starts at power-up, in words."""
    return "; ".join(each.describe() for each in found) or "nothing"


def _state(board: Board, name: str, module: str) -> Boot:
    *starts, reason = board.files.read(_crashes(name)).decode("utf-8", "replace").split("\n")
    known = names.recall(module)
    reason = re.sub(r"function (\d+) at", lambda match: f"{known.get(int(match[1]), match[0][:-3])} at", reason)
    return Boot(name, len(starts), reason.removeprefix("Trap: "))


def _write(board: Board, modules: Sequence[str]) -> None:
    if modules:
        board.files.replace(_APPS, "\n".join(modules).encode())
    else:
        board.files.discard(_APPS)


def _crashes(name: str) -> str:
    return f"{apps.FOLDER}/{name}.crashes"


def _main(board: Board) -> str:
    """``none``, ``ready`` for one that starts modules, or ``foreign``."""
    if not any(name == MAIN[1:] for name, _, _ in board.files.list("/")):
        return "none"
    ready = board.link.eval(f"any('wasm.boot.start(' in line for line in open({MAIN!r}))", bool)
    return "ready" if ready else "foreign"
