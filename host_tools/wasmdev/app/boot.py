"""The module that starts at power-up: which one it is, and how that went. ``wasm.boot`` is the board's half.

``/wasmdev/boot`` names the module, and replacing or removing that file is the commit point. ``/main.py`` is
ours only where there was none: to a user's own the user adds the one line that it takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wasmdev.app import apps
from wasmdev.board.board import Board
from wasmdev.errors import WasmdevError
from wasmdev.module import imports, names

MAIN = "/main.py"
START = "import wasm.boot; wasm.boot.start()"

_APP = f"{apps.FOLDER}/boot"
_CRASHES = f"{apps.FOLDER}/boot.crashes"
_MOST = 3  # crashes in a row, as in wasm.boot
_OURS = f"# Made by: wasmdev flash --boot\n{START}\n".encode()


@dataclass(frozen=True)
class Boot:
    """What starts at power-up: the ``name`` of a module or none, its ``crashes`` in a row, why the last was."""

    name: str
    crashes: int
    reason: str

    @property
    def stopped(self) -> bool:
        """Whether it is not started any more."""
        return self.crashes >= _MOST

    def describe(self) -> str:
        """The state in words."""
        if not self.name:
            return "nothing"
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
    """Have a flashed module start at power-up, in place of any other, with no crash counted."""
    if _main(board) == "none":
        board.files.replace(MAIN, _OURS)
    board.files.discard(_CRASHES)
    board.files.replace(_APP, name.encode())


def disarm(board: Board, name: str) -> bool:
    """Have a module not start at power-up; whether it was to."""
    if board.files.read(_APP) != name.encode():
        return False
    board.files.discard(_APP)
    board.files.discard(_CRASHES)
    if board.files.has(MAIN, _OURS):
        board.files.remove(MAIN)
    return True


def state(board: Board) -> Boot:
    """What starts at power-up on a board."""
    name = board.files.read(_APP).decode("utf-8", "replace")
    *starts, reason = board.files.read(_CRASHES).decode("utf-8", "replace").split("\n")
    if not name:
        return Boot("", 0, "")
    known = names.recall(apps.installed(board).get(name, {}).get("module", ""))
    reason = re.sub(r"function (\d+) at", lambda match: f"{known.get(int(match[1]), match[0][:-3])} at", reason)
    return Boot(name, len(starts), reason.removeprefix("Trap: "))


def _main(board: Board) -> str:
    """``none``, ``ready`` for one that starts modules, or ``foreign``."""
    if not any(name == MAIN[1:] for name, _, _ in board.files.list("/")):
        return "none"
    ready = board.link.eval(f"any('wasm.boot.start(' in line for line in open({MAIN!r}))", bool)
    return "ready" if ready else "foreign"
