"""Runs flashed modules on a board and reads how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wasmdev import names
from wasmdev.board import Board
from wasmdev.console import count
from wasmdev.errors import BoardError, UsageError, WasmdevError

Output = Callable[[bytes], None]
"""Takes what a program prints, as it comes."""

# What happened is kept in a variable and asked for afterwards, so a program may print what it likes.
_GUARD = """
try:
 {first}
 _end=('value',{value})
except _e.Trap as e:_end=('trap',e.kind,list(e.frames))
except _e.LinkError as e:_end=('link',str(e))
except MemoryError as e:_end=('heap',str(e))
"""


class Program:
    """An app that is loaded on a board."""

    def __init__(self, board: Board, name: str, manifest: dict[str, Any], output: Output,
                 args: Sequence[str] = ()) -> None:
        """Load it on a board restarted for it; ``args``, if any, replace those that were flashed.

        Raises :class:`WasmdevError`.
        """
        self._board = board
        self._name = name
        self._manifest = manifest
        self._output = output
        board.restart()
        try:
            board.link.exec("import wasm;import wasm.errors as _e")
        except BoardError as error:
            if error.text != "no module named 'wasm'":
                raise
            raise WasmdevError("the board has no wasmdev runtime", "run: wasmdev install") from None
        given = f",args={list(args)!r}" if args else ""
        self._guarded("None", f"_app=wasm.load({name!r}{given})")

    def run(self, limit: float | None = None) -> int:
        """Run its start function; its exit code.

        Raises :class:`WasmdevError` for a trap, in one line with its frames, and :class:`TimeLimit` after
        ``limit`` seconds.
        """
        return int(self._guarded("_app.run()", limit=limit) or 0)

    def call(self, function: str, args: Sequence[int | float]) -> Any:
        """Call an exported function; its result, a tuple of several, or None."""
        exports: dict[str, str] = self._guarded("_app.exports")
        if "->" not in exports.get(function, ""):
            functions = ", ".join(f"{name}{type_}" for name, type_ in exports.items() if "->" in type_)
            hint = f"it has {functions or 'none'}"
            raise WasmdevError(f"{self._name} exports no function {function!r}", hint)
        parameters = exports[function][1:].partition(")")[0]
        if len(args) != (parameters.count(",") + 1 if parameters else 0):
            hint = f"write: wasmdev call {self._name} {' '.join([function, *parameters.upper().split(',')])}"
            raise UsageError(f"{function} takes ({parameters}), not {count(len(args), 'argument')}", hint.rstrip())
        return self._guarded(f"_app[{function!r}]({','.join(map(_literal, args))})")

    def _guarded(self, value: str, first: str = "pass", limit: float | None = None) -> Any:
        """The value of an expression on the board, or an error for what the module did."""
        link = self._board.link
        link.exec(_GUARD.format(first=first, value=value), timeout=None, limit=limit, output=self._output)
        kind, *details = link.eval("_end")
        if kind == "value":
            return details[0]
        if kind == "trap":
            raise WasmdevError(f"{self._name} trapped: {details[0]}{self._where(details[1])}")
        if kind == "link":
            raise WasmdevError(f"can't load {self._name}: {details[0]}")
        raise WasmdevError(f"{self._name} needs more heap than the board has ({details[0]})",
                           "cap its memory, as in: wasmdev flash --memory 16k")

    def _where(self, frames: Sequence[tuple[int, int]]) -> str:
        """`` in f at 0x1f, called from main at 0x40``: function and offset in the module, innermost first."""
        known = names.recall(self._manifest.get("module", ""))
        places = [f"{known.get(function, f'function {function}')} at 0x{at:x}" for function, at in frames]
        return " in " + ", called from ".join(places) if places else ""


def _literal(number: int | float) -> str:
    return f"float('{number!r}')" if isinstance(number, float) else repr(number)
