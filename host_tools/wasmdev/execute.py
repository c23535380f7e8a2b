"""Runs a module for the user: shows what it prints and, on sim, what its pins do."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wasmdev import app, deploy, settings, surroundings
from wasmdev.board import Board
from wasmdev.console import count, note
from wasmdev.errors import TimeLimit, UsageError
from wasmdev.program import Program

if TYPE_CHECKING:
    from wasmdev_sim import PinChange

_TEMPORARY = "_run"  # the name on the board of a module that is there for one run
_LOOK_S = 0.02  # how often pins are looked at


def prepare(path: Path) -> deploy.Prepared:
    """Make a module's file ready without a word: standard output is the program's."""
    return deploy.prepare(path, _silent)


@contextmanager
def temporarily(board: Board, prepared: deploy.Prepared, grants: Sequence[str]) -> Iterator[str]:
    """The name of a module that is on the board until the end of the ``with`` block."""
    wanted = settings.load(prepared.path, lambda: board.description, grants)
    deploy.ensure_runtime(board, show=_silent)
    try:
        deploy.push(board, prepared, _TEMPORARY, wanted, _silent)
        note(f"{prepared.path} is on the board for this run only; keep it with: wasmdev flash {prepared.path}")
        yield _TEMPORARY
    finally:
        app.remove(board, _TEMPORARY)


def _silent(what: str, details: str) -> None:
    """Don't show a stage."""


def run(board: Board, name: str, args: Sequence[str], limit: float | None,
        presses: Sequence[surroundings.Press] = ()) -> int:  # fmt: skip
    """Run an app's start function until it ends, or for ``limit`` seconds; its exit code.

    On a board without hardware its sensors are plugged in, and there can be ``presses``.
    """
    manifest = app.require(board, name)
    granted = manifest.get("grants", {})
    if presses and not board.emulated:
        raise UsageError("--press is for boards without hardware", "press the button, or use --port sim or pico")
    if board.emulated:
        surroundings.plug(board.emulated, granted)
    with Pins(board) as pins:
        try:
            program = Program(board, name, manifest, pins.before, args)
            with surroundings.pressing(board.emulated, granted, presses):
                code = program.run(limit)
        except TimeLimit as stopped:
            note(str(stopped))
            return 0
    for function, times in board.denied().items():
        note(f"denied: {function}, {count(times, 'time')}; it has no grant for that")
    return code


class Pins:
    """Shows the changes of the pins of a board without hardware, each before the output that came after it."""

    def __init__(self, board: Board) -> None:
        self._emulated = board.emulated
        self._last: PinChange | None = None
        self._first_us: int | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._ending = b""

    def __enter__(self) -> Pins:
        if self._emulated:
            self._last = self._emulated.events[-1] if self._emulated.events else None
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._emulated:
            self._thread.join()
            self._show()
        _write(self._ending)

    def before(self, output: bytes) -> None:
        """Show what the program prints, after the changes that came before."""
        if self._emulated:
            self._show()
        output = self._ending + output
        self._ending = output[-1:] if output.endswith(b"\r") else b""  # its newline may come with the next chunk
        _write(output[: len(output) - len(self._ending)].replace(b"\r\n", b"\n"))

    def _watch(self) -> None:
        while not self._done.wait(_LOOK_S):
            self._show()

    def _show(self) -> None:
        assert self._emulated
        with self._lock:
            fresh = []
            for change in reversed(self._emulated.events):
                if change is self._last:
                    break
                fresh.append(change)
            for change in reversed(fresh):
                self._first_us = change.time_us if self._first_us is None else self._first_us
                seconds = (change.time_us - self._first_us) / 1e6
                label = self._emulated.board.label(change.pin)
                print(f"{seconds:9.3f} s  {label:<12} {change.value}", flush=True)
                self._last = change


def _write(output: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()
