"""Runs the official test suite in MicroPython and prints a table of its files.

    python -m tests.spec.run [--bits 32] [FILE ...]

The suite's folder is in the environment variable ``WASM_SPEC``; files are named as in the table
(``wg-2.0/i32``). Images are made here and run there; what must be rejected is test_front_end.py's matter.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wasmc
from wasmdev.runtime import Runtime

from tests.desk import micropython32, micropython64
from tests.spec.convert import commands, suite
from tests.spec.test_front_end import UNSUPPORTED

BOARD = Path(__file__).with_name("board.py")
LETTERS = {"i32": "i", "i64": "I", "f32": "f", "f64": "F", "funcref": "p", "externref": "q"}
HEAP = "160M"  # one module grows to 803 pages, and the modules of a file live together
STACK = 16384  # bytes
TIMEOUT = 300  # seconds for a file


@dataclass
class Outcome:
    """What became of the assertions of one file."""

    name: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)

    def judge(self, printed: str) -> None:
        """Takes what board.py printed: a line for each assertion."""
        for reply in printed.splitlines():
            number, _, verdict = reply.partition(" ")
            if verdict == "ok":
                self.passed += 1
            else:
                self.failures.append(f"{self.name}.wast:{number}: {verdict}")

    def skip(self, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


def value(entry: dict[str, Any]) -> list[str]:
    return [LETTERS[entry["type"]], entry.get("value", "")]


class Script:
    """A file of the suite as lines for board.py. What the board need not see is judged or skipped here."""

    def __init__(self, path: Path, images: Path, outcome: Outcome) -> None:
        self.commands, self.folder = commands(path)
        self.images = images
        self.outcome = outcome
        self.message, self.reason = UNSUPPORTED.get(f"{path.parent.name}/{path.name}", ("", ""))
        self.absent: dict[
            str | None, bool
        ] = {}  # modules that need what is not supported; None: the last one
        self.absent_imports: set[str] = set()  # the names under which they would be imported

    def lines(self) -> Iterator[list[Any]]:
        for command in self.commands:
            line = self._line(command)
            if line:
                yield [command["line"], *line]

    def _line(self, command: dict[str, Any]) -> list[Any] | None:
        kind = command["type"]
        if kind in ("assert_invalid", "assert_malformed", "module_definition"):
            if kind != "module_definition":
                text = command["module_type"] == "text"
                self.outcome.skip("malformed text" if text else "in test_front_end.py")
            return None
        if "filename" in command:
            image = self._image(command.get("binary_filename") or command["filename"])
            if kind != "module":
                return ["assert_refused", image, command["text"]] if image else self._skip(kind)
            self.absent[None] = self.absent[command.get("name")] = image is None
            return ["module", command.get("name"), image] if image else None
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

    def _skip(self, kind: str) -> None:
        if kind != "action":
            self.outcome.skip(self.reason)

    def _image(self, filename: str) -> str | None:
        """The path of a module's image; None where the module needs what is not supported."""
        source = self.folder / filename
        target = self.images / (source.stem + ".img")
        try:
            module = wasmc.decode(source.read_bytes())
            if any(entry[0] in self.absent_imports for entry in module.imports):
                return None
            wasmc.validate(module)
            target.write_bytes(wasmc.lower(module))
        except wasmc.WasmError as error:
            if self.message and error.message.startswith(self.message):
                return None
            target.write_text(str(error))
        return str(target)

    @staticmethod
    def _action(action: dict[str, Any]) -> list[Any]:
        args = None if action["type"] == "get" else [value(a) for a in action["args"]]
        return [action.get("module"), action["field"], args]


def run(path: Path, micropython: list[str], library: Path) -> Outcome:
    """Runs one file of the suite."""
    outcome = Outcome(f"{path.parent.name}/{path.stem}")
    with tempfile.TemporaryDirectory() as images:
        lines = list(Script(path, Path(images), outcome).lines())
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        done = subprocess.run(
            [*micropython, "-X", f"heapsize={HEAP}", str(BOARD), str(STACK)],
            env={**os.environ, "MICROPYPATH": str(library)},
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT,
        )
    outcome.judge(done.stdout)
    if done.returncode:
        outcome.failures.append(
            f"{outcome.name}.wast: MicroPython ended with {done.returncode}: {done.stderr[-300:]}"
        )
    return outcome


def library(folder: Path, arch: str) -> Path:
    """The runtime for an architecture, unpacked for MicroPython on this machine."""
    for name, content in Runtime(arch).files().items():
        target = folder / Path(name).relative_to(Runtime(arch).folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def run_all(paths: list[Path], bits: int) -> list[Outcome]:
    """Runs files of the suite on the MicroPython of 64 or 32 bits. Raises LookupError if there is none."""
    micropython = micropython64() if bits == 64 else micropython32()
    if micropython is None:
        raise LookupError("no 32-bit MicroPython on this machine")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        runtime = library(Path(folder), "x64" if bits == 64 else "x86")
        return list(pool.map(lambda path: run(path, micropython, runtime), paths))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="such as wg-2.0/i32; all where none is given")
    parser.add_argument("--bits", type=int, choices=(32, 64), default=64, help="MicroPython's word size")
    parser.add_argument("--show", type=int, default=20, help="how many failures to print")
    options = parser.parse_args()
    paths = [p for p in suite() if not options.files or f"{p.parent.name}/{p.stem}" in options.files]
    if not paths:
        print("error: no such files; set WASM_SPEC to the folder of the test suite", file=sys.stderr)
        return 2
    try:
        outcomes = run_all(paths, options.bits)
    except LookupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    for failure in failures[: options.show]:
        print(failure)
    for outcome in outcomes:
        skipped = ", ".join(f"{count} {reason}" for reason, count in outcome.skipped.items())
        skips = sum(outcome.skipped.values())
        counts = f"{outcome.passed:>6} passed {len(outcome.failures):>5} failed {skips:>5} skipped"
        print(f"{outcome.name:<40}{counts}  {skipped}".rstrip())
    skips = sum(sum(outcome.skipped.values()) for outcome in outcomes)
    print(f"{sum(o.passed for o in outcomes)} passed, {len(failures)} failed, {skips} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
