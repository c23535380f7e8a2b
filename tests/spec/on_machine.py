"""The official test suite on processors that qemu emulates."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wasmdev.board.board import Board
from wasmdev_qemu import MACHINES

from tests.hil.precompiled import compiled
from tests.qemu.machine import machine
from tests.spec.on_board import run_on
from tests.spec.sample import sample
from tests.spec.script import Outcome, Script

BOARD = Path(__file__).with_name("board.py")
HEAP = 14_000_000  # bytes, as much as the smallest machine has beside its program
CODE = 524_288  # bytes of RAM for native code, which only the restart before each file gives back


@contextmanager
def board(name: str, arch: str | None = None) -> Iterator[Board]:
    """A machine that has the suite's harness, and the runtime for ``arch`` if not for its own processor."""
    with machine(name, {"/spec_board.mpy": compiled(BOARD)}, heap=HEAP, executable=CODE, arch=arch) as link:
        yield Board(link, MACHINES[name].board)


def run(board: Board, path: Path, arch: str, wanted: int | None = None) -> Outcome:
    """Run a file of the suite on a machine, natively where an architecture is given.

    ``wanted`` is some number of assertions to leave it at, all where None.
    """
    with tempfile.TemporaryDirectory() as images:
        script = Script(path, Path(images), native=arch)
        every = [line for line in script.lines() if line[1] != "assert_rejected"]
        lines = every if wanted is None else [*sample(every, wanted)]
        if lines:
            board.restart()
            run_on(board, script, lines, alone=False)
    return script.outcome


def run_all(name: str, paths: Sequence[Path], native: bool) -> Iterator[Outcome]:
    """Run whole files on one machine."""
    with board(name) as target:
        for path in paths:
            yield run(target, path, MACHINES[name].arch if native else "")
