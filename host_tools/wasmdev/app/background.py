"""Apps that run on a board in the background: ``wasm.background`` is the board's half."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wasmdev.app import apps
from wasmdev.app.streams import Streams
from wasmdev.board.board import Board
from wasmdev.errors import BoardError, TimeLimit, WasmdevError

Show = Callable[[bytes], None]

RUNS = ("runs", "waits")
_START_S = 60.0
_WAKE_S = 60.0
_STATE = (str, str, int, int, int, int)


@dataclass(frozen=True)
class State:
    """How an app is: ``state`` in words, bytes of linear memory, turns of loops and calls that it has used,
    seconds since it began, and calls that it was denied."""

    name: str
    state: str
    memory: int
    fuel: int
    seconds: int
    denied: int

    @property
    def code(self) -> int:
        """Its exit code, 1 for what has trapped; 0 while it runs."""
        found = re.fullmatch(r"ended with exit code (\d+)", self.state)
        return int(found[1]) if found else int(self.state not in RUNS)


def check(board: Board) -> None:
    """Raise :class:`WasmdevError` for a board that is under power for one command only."""
    if board.emulated:
        raise WasmdevError(
            "the emulated board is under power for this command only",
            "serve it with wasmdev sim, pico or qemu, and give the port that it shows",
        )


def start(board: Board, name: str) -> None:
    """Begin an app, which runs when the board is left.

    Raises :class:`WasmdevError` where it runs already, isn't there or can't be loaded.
    """
    apps.sound(board, name)
    code = f"import wasm.background;wasm.background.start({name!r})"
    try:
        board.link.exec(code, timeout=None, limit=_START_S)
    except TimeLimit:
        raise WasmdevError(f"can't start {name}: after {_START_S:g} s its start function has not ended") from None
    except BoardError as error:
        if error.text == "no module named 'wasm.background'":
            raise WasmdevError("the board has no runtime of this version", "run: wasmdev install") from None
        hint = f"see wasmdev ps, and wasmdev logs {name}" if error.exception == "RuntimeError" else ""
        raise WasmdevError(f"can't start {name}: {error.text or error.exception}", hint) from None
    board.interrupted = True


def stop(board: Board, name: str) -> bool:
    """End an app; whether it ran."""
    if not _is_there(board):
        return False
    stopped: bool = board.link.eval(f"wasm.served.stop({name!r})", bool)
    return stopped


def states(board: Board) -> list[State]:
    """How the apps are that were started since the board was."""
    if not _is_there(board):
        return []
    return [State(*each) for each in board.link.eval("wasm.served.states()", [_STATE])]


def printed(board: Board, name: str) -> bytes:
    """The last that an app has printed. Raises :class:`WasmdevError` where none of that name was started."""
    _require(board, name)
    data: bytes = board.link.eval(f"wasm.served.log({name!r})", bytes)
    return data


def follow(board: Board, names: Sequence[str], show: Show, limit: float | None = None,
           idle: Callable[[], float] | None = None) -> None:  # fmt: skip
    """Let apps run until they have ended, and show what they have printed last and print: of several whole lines
    behind their names.

    ``idle`` is as for :meth:`Link.exec`. Raises :class:`TimeLimit` after ``limit`` seconds.
    """
    for name in names:
        _require(board, name)
    with Streams(show, board.link.send) as streams:
        code = f"wasm.served.follow({list(names)!r})"
        try:
            board.link.exec(code, timeout=None, limit=limit, output=streams.take, idle=idle)
        finally:
            board.interrupted = True


def _is_there(board: Board) -> bool:
    there: bool = board.interrupted or board.link.eval("'wasm.background' in sys.modules", bool)
    if there:  # in flash, where the last command came as they were about to go on
        board.link.exec("import wasm.served;wasm.served.wake()", timeout=_WAKE_S)
    return there


def _require(board: Board, name: str) -> None:
    known = [each.name for each in states(board)]
    if name not in known:
        raise WasmdevError(f"{name} was not started", f"start it with: wasmdev start {name}")
