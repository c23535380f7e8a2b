"""Runs flashed modules on a board and reads how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from wasmdev import typed
from wasmdev.app import needs
from wasmdev.board import literals
from wasmdev.board.board import Board
from wasmdev.console import count
from wasmdev.errors import BoardError, LinkError, UsageError, WasmdevError
from wasmdev.module import names, values

Output = Callable[[bytes], None]
"""Takes what the board prints meanwhile, as it comes."""

# What happened is kept in a variable and asked for afterwards, so a program may print what it likes. Memory is
# given up for itself: a word on the stack that looks like the app's address would keep it.
_GUARD = """
try:
 {first}
 _end=('value',{value})
except _e.Trap as e:_end=('trap',e.kind,list(e.frames))
except _e.LinkError as e:_end=('link',str(e))
except MemoryError as e:
 if _app and _app.memory:_app.memory.drop()
 _app=None;_end=('heap',str(e))
except Exception as e:_end=('other',type(e).__name__,str(e))
finally:{last}
"""
_DONE = "_app=None"  # what comes after it finds the heap that it took
_ENDS = {"trap": (str, str, [(int, int)]), "link": (str, str), "heap": (str, str), "other": (str, str, str)}


class Program:
    """An app that is loaded on a board."""

    def __init__(self, board: Board, name: str, manifest: dict[str, Any], output: Output,
                 idle: Callable[[], float], args: Sequence[str] = (), limit: float | None = None,
                 file: Path | None = None, moving: bool = False, arrives: str = "") -> None:  # fmt: skip
        """Load it on a board restarted for it; ``args``, if any, replace those that were flashed.

        Where it is ``moving`` it can be put away, and what ``arrives`` is the path of the snapshot that it goes on
        from.

        ``file`` is what the user knows it by where the board has it for one run only.
        ``output`` and ``idle`` are as for :meth:`Link.exec`; ``limit`` is the longest time in seconds for the load
        (a module may run code then) and for what is called. Raises :class:`WasmdevError` and :class:`TimeLimit`.
        """
        self._board = board
        self._name = str(file or name)
        self._file = file
        self._manifest = manifest
        self._output = output
        self._idle = idle
        self._limit = limit
        self._loaded = False
        board.restart()
        try:
            board.link.exec("import wasm;import wasm.errors as _e;wasm.driven=True;_app=None")
        except BoardError as error:
            if error.text != "no module named 'wasm'":
                raise
            raise WasmdevError("the board has no wasmdev runtime", "run: wasmdev install") from None
        given = f",args={list(args)!r}" if args else ""
        if moving:
            board.link.exec("import wasm.attended")
            begin = f"wasm.resume({arrives!r},{name!r}{given})" if arrives else f"wasm.start({name!r}{given})"
            self._guarded("None", f"_task={begin};_app=_task.app")
        else:
            self._guarded("None", f"_app=wasm.load({name!r}{given})")
        self._loaded = True

    def gave_up(self) -> bool:
        """Whether the board had no room for its native code, and interprets it."""
        if "native" not in self._manifest:
            return False
        return bool(self._guarded("_app._instance.image.native is None", shape=bool))

    def run(self) -> int:
        """Run its start function; its exit code.

        Raises :class:`WasmdevError` for a trap, in one line with its frames, and where there is nothing to run.
        """
        if self._guarded("_app.item('_start') is None", shape=bool):
            usages = [self._usage(*each) for each in self._functions().items()]
            hint = f"call what it has, as in: {usages[0]}" if usages else "it exports no function"
            if usages and self._file:
                hint = f"put it there with: {typed.flash(self._file)}; then {hint}"
            raise WasmdevError(f"{self._name} has no _start to run", hint)
        return int(self._guarded("_app.run()", shape=int, last=_DONE))

    def attend(self, place: str, idle: Callable[[], float], limit: float | None = None) -> int | None:
        """Run what is moving: its exit code, or None where it was put away in a snapshot on the board.

        ``idle`` is called only while it runs. Raises as :meth:`run` does, and :class:`TimeLimit`.
        """
        self._idle, self._limit = idle, limit
        code: int | None = self._guarded("_r", f"_r=wasm.attended.run(_task,{place!r})", shape=int | None,
                                         last="_task=_app=None")
        return code

    def call(self, function: str, args: Sequence[str]) -> list[str]:
        """Call an exported function with numbers as the user writes them; its results.

        Raises :class:`UsageError` where they aren't what it takes.
        """
        functions = self._functions()
        if function not in functions:
            hint = f"it has {', '.join(map(''.join, functions.items())) or 'none'}"
            raise WasmdevError(f"{self._name} exports no function {function!r}", hint)
        parameters, results = map(_types, functions[function].partition("->")[::2])
        if len(args) != len(parameters):
            hint = f"write: {self._usage(function, functions[function])}"
            taken = f"{function} takes ({','.join(parameters)}), not {count(len(args), 'argument')}"
            raise UsageError(taken, hint)
        bits = [values.bits(arg, kind) for arg, kind in zip(args, parameters, strict=True)]
        call = f"_app.item({function!r}).bits({','.join(map(str, bits))})"
        found = self._guarded("[i if i is None or isinstance(i,int) else 0 for i in _r]",
                              f"_r={call};_r=_r if isinstance(_r,tuple) else (_r,)", shape=[int | None],
                              last=_DONE)
        return [values.shown(value, kind) for value, kind in zip(found, results, strict=False)]

    def _functions(self) -> dict[str, str]:
        """Names and types of the functions that it exports."""
        exports: dict[str, str] = self._guarded("_app.exports", shape={str: str})
        return {name: type_ for name, type_ in exports.items() if "->" in type_}

    def _usage(self, function: str, type_: str) -> str:
        """The command that calls a function."""
        known = self._name
        if self._file:
            stem = self._file.stem
            known = stem if typed.is_name(stem) else typed.name_like(stem)
        words = ["wasmdev", "call", known, function]
        return " ".join([*map(typed.word, words), *map(str.upper, _types(type_.partition("->")[0]))])

    def _guarded(self, value: str, first: str = "pass", shape: Any = object, last: str = "pass") -> Any:
        """The value of an expression on the board, of a shape, or an error for what the module did.

        ``first`` comes before it, and ``last`` is done in any case.
        """
        link = self._board.link
        code = _GUARD.format(first=first, value=value, last=last)
        link.exec(code, timeout=None, limit=self._limit, output=self._output, idle=self._idle)
        end = link.eval("_end", tuple)
        ends = _ENDS | {"value": (str, shape)}
        if not any(end[:1] == (kind,) and literals.fits(end, details) for kind, details in ends.items()):
            raise LinkError(f"can't read how {self._name} ended on {link.device}", "is it MicroPython?")
        match end:
            case "trap", what, frames:
                raise WasmdevError(f"{self._name} trapped: {what}{self._where(frames)}")
            case "link", what:
                raise WasmdevError(f"can't load {self._name}: {what.partition('; ')[0]}",
                                   "Python code there has to give it to wasm.load")
            case "heap", what:
                raise needs.exhausted(self._board, self._name, self._manifest, what, self._loaded)
            case "other", exception, what:
                raise BoardError(f"{exception}: {' '.join(what.splitlines())}")
        return end[1]

    def _where(self, frames: Sequence[tuple[int, int]]) -> str:
        """`` in f at 0x1f, called from main at 0x40``: function and offset in the module, innermost first."""
        known = names.recall(self._manifest.get("module", ""))
        places = [f"{known.get(function, f'function {function}')} at 0x{at:x}" for function, at in frames]
        return " in " + ", called from ".join(places) if places else ""


def _types(text: str) -> list[str]:
    """Those of a side of a function's type: ``(i32,i64)``, ``i32`` or ``()``."""
    return [word for word in text.strip("()").split(",") if word]
