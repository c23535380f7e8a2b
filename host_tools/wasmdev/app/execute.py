"""Runs a module for the user: shows what it prints and, on sim, what its pins do."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wasmdev import typed
from wasmdev.app import apps, background, deploy, moving
from wasmdev.app.program import Program
from wasmdev.app.streams import Streams
from wasmdev.board import surroundings
from wasmdev.board.board import Board
from wasmdev.board.wire import POLL_S
from wasmdev.console import Output, count, fail, note, say
from wasmdev.errors import BoardError, TimeLimit, UsageError, WasmdevError
from wasmdev.grants import denied

if TYPE_CHECKING:
    from wasmdev_sim import PinChange

_LOOK_S = 0.02  # how often pins are looked at
_TIME_OVER = 124  # the exit code for a program that took longer than it was given, as timeout has it


def file_of(app: str) -> Path | None:
    """The file that the user names, or None for the name of a module on the board.

    Raises :class:`UsageError` for what is neither, with what to type.
    """
    path = Path(app)
    if path.suffix == ".wasm":
        return path
    if path.suffix in typed.SOURCES and os.path.isfile(path):
        raise UsageError(f"{app} is a source", f"compile it with: wasmdev build {typed.word(app)}")
    if typed.is_name(app):
        return None
    hint = "give a name that wasmdev ls shows"
    if os.path.isdir(path):
        hint = typed.instead(path) if app else hint
    elif os.path.isfile(module := path.with_suffix(".wasm")):
        hint = f"run the file with: wasmdev run {typed.word(module)}"
    elif typed.is_name(path.stem):
        hint = f"run what is on the board with: wasmdev run {path.stem}"
    raise UsageError(f"{app!r} is neither a module's name nor a .wasm file", hint)


def prepare(path: Path) -> deploy.Prepared:
    """Make a module's file ready without a word: standard output is the program's."""
    return deploy.prepare(path, _silent)


@contextmanager
def present(board: Board, app: str, prepared: deploy.Prepared | None, grants: Sequence[str]) -> Iterator[str]:
    """The name on the board of what the user has named ``app``: a module there, or one that is ``prepared`` and is
    there until the end of the ``with`` block."""
    if not prepared:
        yield app
        return
    wanted = deploy.configure(board, prepared, grants)
    deploy.ensure_runtime(board, show=_silent)
    try:
        deploy.push(board, prepared, typed.TEMPORARY, replace(wanted, program=prepared.path.stem), _silent)
        yield typed.TEMPORARY
    finally:
        try:
            apps.remove(board, typed.TEMPORARY)
        except BoardError:  # the program left it no heap
            board.restart()
            apps.remove(board, typed.TEMPORARY)


def _silent(what: str, details: str) -> None:
    """Don't show a stage."""


def run(board: Board, name: str, args: Sequence[str], limit: float | None,
        presses: Sequence[surroundings.Press] = (), raw: bool = False,
        file: Path | None = None) -> int:  # fmt: skip
    """Run an app's start function until it ends, or for ``limit`` seconds; its exit code, or 124.

    On a board without hardware its sensors are plugged in, and there can be ``presses``. With ``raw`` what it
    prints goes to a terminal as it is. ``file`` is what it was made from where it is there for this run only.
    """
    manifest = apps.sound(board, name)
    if file:
        note(f"{file} is on the board for this run only; keep it with: {typed.flash(file)}")
    granted = manifest.get("grants", {})
    if presses and not board.emulated:
        raise UsageError("--press is for boards without hardware", "press the button, or use --port sim or pico")
    if board.emulated:
        surroundings.plug(board.emulated, granted)
    try:
        with (
            loaded(board, name, manifest, raw, args, limit, file) as program,
            surroundings.pressing(board.emulated, granted, presses),
        ):
            code = program.run()
    except TimeLimit:
        note(f"stopped after {limit:g} s")
        return _TIME_OVER
    _tell_denied(board)
    return code


def _tell_denied(board: Board) -> None:
    for function, (times, asked) in denied.since_start(board).items():
        note(f"denied: {function}, {count(times, 'time')}; {asked or 'it has no grant for that'}")


def move(board: Board, name: str, args: Sequence[str], limit: float | None, away: Path | None,
         arrives: moving.Snapshot | None = None, raw: bool = False, file: Path | None = None) -> int:  # fmt: skip
    """Run an app that can be put away: its exit code, or 0 where that has happened.

    It begins, or goes on from the snapshot that ``arrives``; after ``limit`` seconds, or at Ctrl-C, it goes
    ``away`` to a file, and without one it is stopped.
    """
    manifest = apps.sound(board, name)
    if board.emulated:
        surroundings.plug(board.emulated, manifest.get("grants", {}))
    if arrives:
        moving.bring(board, arrives)
    place = moving.PLACE if arrives else ""
    with Pins(board, Output(raw)) as pins, Streams(pins.before, board.link.send) as streams:
        try:
            program = Program(board, name, manifest, streams.take, pins.look, args, None, file, True, place)
        finally:
            if arrives:
                moving.clear(board)
        if not away:
            try:
                return program.attend(moving.PLACE, pins.look, limit) or 0
            except TimeLimit:
                note(f"stopped after {limit:g} s")
                return _TIME_OVER
        with moving.Parting(board.link.send, limit, pins.look) as parting:
            code = program.attend(moving.PLACE, parting.look)
    _tell_denied(board)
    if code is not None:
        return code
    size = moving.fetch(board, away)
    module = f" {typed.word(file)}" if file else ""
    note(f"{away} has it now, {size:,} bytes; it goes on with: wasmdev resume {typed.word(away)}{module}")
    return 0


def together(board: Board, names: Sequence[str], limit: float | None, raw: bool = False) -> int:
    """Run apps beside each other until all have ended, or for ``limit`` seconds: the first exit code that isn't 0,
    or 124. What they print comes in whole lines behind their names."""
    for name in names:
        if board.emulated:
            surroundings.plug(board.emulated, apps.require(board, name).get("grants", {}))
    board.restart()
    begun = []
    try:
        for name in names:
            background.start(board, name)
            begun.append(name)
        with Pins(board, Output(raw)) as pins:
            background.follow(board, names, pins.before, limit, pins.look)
        ended = background.states(board)
    except TimeLimit:
        note(f"stopped after {limit:g} s")
        return _TIME_OVER
    finally:
        for name in begun:
            background.stop(board, name)
    for each in ended:
        if each.name in names and each.code and not each.state.startswith("ended"):
            fail(f"{each.name}: {each.state}")
    return next((each.code for each in ended if each.name in names and each.code), 0)


def call(board: Board, name: str, function: str, args: Sequence[str], raw: bool = False) -> list[str]:
    """Call a function of an app; its results, as :meth:`Program.call` has them."""
    with loaded(board, name, apps.sound(board, name), raw) as program:
        return program.call(function, args)


@contextmanager
def loaded(board: Board, name: str, manifest: dict[str, Any], raw: bool, args: Sequence[str] = (),
           limit: float | None = None, file: Path | None = None) -> Iterator[Program]:  # fmt: skip
    """An app that is loaded on a board, whose standard streams are those of this process."""
    with Pins(board, Output(raw)) as pins, Streams(pins.before, board.link.send) as streams:
        program = Program(board, name, manifest, streams.take, pins.look, args, limit, file)
        if program.gave_up():
            note(f"the board has no room for the native code of {name}, and interprets it; "
                 "--portable at flash leaves out what it can't use")
        yield program


class Pins:
    """Shows the changes of the pins of a board without hardware, each before the output that came after it."""

    def __init__(self, board: Board, output: Output) -> None:
        self._emulated = board.emulated
        self._output = output
        self._last: PinChange | None = None
        self._first_us: int | None = None
        self._due = 0.0

    def __enter__(self) -> Pins:
        if self._emulated and self._emulated.events:
            self._last = self._emulated.events[-1]
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or issubclass(kind, WasmdevError):
            self.before(b"", final=True)

    def before(self, output: bytes, final: bool = False) -> None:
        """Show what the program prints, ``final`` the last of it, after the changes that came before."""
        self._show()
        self._output.write(output, final)

    def look(self) -> float:
        """Show the changes if it is time to; the seconds until it is again."""
        if not self._emulated:
            return POLL_S
        left = self._due - time.monotonic()
        if left > 0:
            return left
        self._show()
        self._due = time.monotonic() + _LOOK_S
        return _LOOK_S

    def _show(self) -> None:
        if not self._emulated:
            return
        fresh = []
        for change in reversed(self._emulated.events):
            if change is self._last:
                break
            fresh.append(change)
        for change in reversed(fresh):
            self._first_us = change.time_us if self._first_us is None else self._first_us
            seconds = (change.time_us - self._first_us) / 1e6
            say(f"{seconds:9.3f} s  {self._emulated.board.label(change.pin):<12} {change.value}")
            self._last = change
        if fresh:
            sys.stdout.flush()
