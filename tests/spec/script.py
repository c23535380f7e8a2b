"""A file of the official test suite, as lines for board.py, and the judgement of its replies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wasmc
from wasmdev.app.native import build

from tests.spec.convert import commands
from tests.spec.rejections import UNSUPPORTED, complaint

LETTERS = {"i32": "i", "i64": "I", "f32": "f", "f64": "F", "funcref": "p", "externref": "q"}
REJECTED = ("assert_invalid", "assert_malformed")


@dataclass
class Outcome:
    """What became of the assertions of one file."""

    name: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    stops: int = 0  # how often calls stood still, to go on then

    def skip(self, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


def value(entry: dict[str, Any]) -> list[str]:
    return [LETTERS[entry["type"]], entry.get("value", "")]


class Script:
    """The commands of a file. Modules are lowered here, or (``raw``) by the board from their binaries; with
    ``native``, an architecture, they are compiled to its code, as many functions as fit ``room`` bytes.

    ``lines()`` are for board.py, each begins with the command's place in the file; ``judge`` takes what it
    printed. What the suite has as malformed text, and modules beyond what the engine supports, are skipped.
    """

    def __init__(self, path: Path, images: Path, raw: bool = False, native: str = "",
                 room: int | None = None, stops: bool = False) -> None:
        self.outcome = Outcome(f"{path.parent.name}/{path.stem}")
        self.commands, self.folder = commands(path)
        self.images = images
        self.raw = raw
        self.native = native
        self.room = room
        self.stops = stops
        self.unsupported, self.reason = UNSUPPORTED.get(f"{path.parent.name}/{path.name}", ("", ""))
        self.absent: dict[str | None, bool] = {}  # modules that need the unsupported; None: the last one
        self.absent_imports: set[str] = set()  # the names under which they would be imported
        self.awaited = 0  # assertions that a reply is to come for

    def lines(self) -> Iterator[list[Any]]:
        for place, command in enumerate(self.commands):
            line = self._line(command)
            if line:
                self.awaited += line[0].startswith("assert")
                yield [place, *line]

    def judge(self, printed: str) -> None:
        """Takes what board.py printed: a line for each assertion."""
        for reply in printed.splitlines():
            place, _, answer = reply.partition(" ")
            command = self.commands[int(place)]
            wrong: str | None = answer
            if answer == "ok":
                wrong = None
            elif command["type"] in REJECTED:
                kind, _, message = answer.partition(": ")
                error = wasmc.WasmError(kind, message, 0) if kind in ("malformed", "invalid") else None
                wrong = complaint(command, error, None) if error else answer
            self.awaited -= command["type"].startswith("assert")
            if wrong is None:
                self.outcome.passed += 1
            else:
                self.outcome.failures.append(f"{self.outcome.name}.wast:{command['line']}: {wrong}")

    def finish(self) -> Outcome:
        """The outcome, when all has been judged."""
        if self.awaited:
            self.outcome.failures.append(f"{self.outcome.name}.wast: {self.awaited} assertions had no reply")
        return self.outcome

    def _line(self, command: dict[str, Any]) -> list[Any] | None:
        kind = command["type"]
        if kind == "module_definition":
            return None
        if kind in REJECTED:
            return self._rejected(command)
        if "filename" in command:
            module = self._module(command.get("binary_filename") or command["filename"])
            if kind != "module":
                return ["assert_refused", module, command["text"]] if module else self._skip(kind)
            self.absent[None] = self.absent[command.get("name")] = module is None
            return ["module", command.get("name"), module] if module else None
        if kind == "register":
            if self.absent[command.get("name")]:
                self.absent_imports.add(command["as"])
                return None
            return ["register", command["as"], command.get("name")]
        if self.absent[command["action"].get("module")]:
            return self._skip(kind)
        action = self._action(command["action"])
        if kind == "action":
            return ["act", *action]
        if kind == "assert_return":
            return ["assert_return", *action, [value(e) for e in command["expected"]]]
        return ["assert_trap", *action, command["text"]]

    def _rejected(self, command: dict[str, Any]) -> list[Any] | None:
        if command["module_type"] == "text":
            self.outcome.skip("malformed text")
            return None
        path = self.folder / command["filename"]
        if self.unsupported and self._is_unsupported(path.read_bytes()):
            return self._skip(command["type"])
        return ["assert_rejected", str(path)]

    def _skip(self, kind: str) -> None:
        if kind != "action":
            self.outcome.skip(self.reason)

    def _is_unsupported(self, binary: bytes) -> bool:
        try:
            module = wasmc.decode(binary)
            wasmc.validate(module)
        except wasmc.WasmError as error:
            return bool(self.unsupported) and error.message.startswith(self.unsupported)
        return any(entry[0] in self.absent_imports for entry in module.imports)

    def _module(self, filename: str) -> str | None:
        """The path of a module for the board; None where it needs what is not supported."""
        source = self.folder / filename
        binary = source.read_bytes()
        if self._is_unsupported(binary):
            return None
        if self.raw:
            return str(source)
        target = self.images / (source.stem + ".img")
        try:
            target.write_bytes(self._native(binary) if self.native else wasmc.compile(binary))
        except wasmc.WasmError as error:
            target.write_text(str(error))  # which the board will refuse
        return str(target)

    def _native(self, binary: bytes) -> bytes:
        """The native image of a module, with its code put beside it."""
        module = wasmc.decode(binary)
        wasmc.validate(module)
        room = self.room
        excess = (lambda image, mpy: len(mpy) - room) if room else None
        code = build(module, self.native, everything=True, excess=excess, stops=self.stops)
        (self.images / code.file).write_bytes(code.mpy)
        return code.image

    @staticmethod
    def _action(action: dict[str, Any]) -> list[Any]:
        args = None if action["type"] == "get" else [value(a) for a in action["args"]]
        return [action.get("module"), action["field"], args]
