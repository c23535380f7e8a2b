"""Runs commands of the official test suite on a board, through the link that users have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wasmc.native import name_of
from wasmdev.board.board import Board

from tests.spec.script import Outcome, Script

PATIENCE = 300.0  # seconds of silence: an emulated board is slow, and the machine may be busy
BATCH = 16  # commands that go over at once
# Code that was loaded needs its file no more, and a flash has no room for that of all modules.
TIDY = """
import os
for name in os.listdir("/"):
    if name.endswith(".mpy") and name != "spec_board.mpy":
        os.remove(name)
"""


def push(board: Board, path: Path) -> None:
    """Puts an image on a board as ``/spec.img``, and the native code beside it, if there is any."""
    image = path.read_bytes()
    code = path.with_name(f"{name_of(image[8:16])}.mpy")
    if code.exists():
        board.link.exec(TIDY)
        board.files.write(f"/{code.name}", code.read_bytes())
    board.files.write("/spec.img", image)


def run_on(board: Board, script: Script, lines: list[list[Any]], alone: bool) -> Outcome:
    """Runs lines of one file of the suite on a board; images are pushed as their modules' turn comes.

    ``alone``: each module has the whole heap, the board restarts before it.
    """
    waiting: list[str] = []

    def begin() -> None:
        board.link.exec("import spec_board; suite = spec_board.Suite(4096)", timeout=PATIENCE)

    def send() -> None:
        if waiting:
            report = board.link.exec(f"spec_board.report(suite, {waiting!r})", timeout=PATIENCE)
            script.judge(report.decode())
            waiting.clear()

    begin()
    for line in lines:
        for i, item in enumerate(line):
            if isinstance(item, str) and item.endswith(".img"):
                send()
                if alone:
                    board.restart()
                push(board, Path(item))
                line[i] = "/spec.img"
                if alone:
                    begin()
        waiting.append(json.dumps(line, ensure_ascii=False))
        if len(waiting) == BATCH:
            send()
    send()
    return script.outcome
