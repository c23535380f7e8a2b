"""Runs what a page says can be typed, and compares what comes with what the page shows.

A page's fenced blocks marked ``console`` hold commands behind ``$ ``, and below each what it prints; below one
that shows nothing anything may come. A command that ends with a backslash goes on in the next line. A line
``...`` stands for any lines, also none. A block of another kind with a name behind it, as in
```` ```c lamp.c ````, is that file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = str(Path(sys.executable).parent)

# What differs from day to day, or with every edit of the runtime.
BLURRED = [
    (re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{8,64}\b"), "HASH"),
    (re.compile(r"^( *)\d+\.\d+ s\b", re.MULTILINE), r"TIME"),
    (re.compile(r"^  runtime  .*$", re.MULTILINE), "  runtime"),
    (re.compile(r"^  runs  .*$", re.MULTILINE), "  runs"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
]


@dataclass(frozen=True)
class Block:
    """A fenced block: where it begins in the page, the words behind the fence, its lines."""

    line: int
    words: list[str]
    text: str


@dataclass(frozen=True)
class Command:
    """A line to type, and what the page shows below it."""

    line: int
    text: str
    shown: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```([^`\n]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(text.count("\n", 0, each.start()) + 1, each[1].split(), each[2]) for each in found]


def anchors(page: Path) -> set[str]:
    """What links lead to in a page, by its headings."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def files(page: Path) -> dict[str, str]:
    """The files that a page has, by their names; what it has twice, as it is last."""
    return {block.words[1]: block.text for block in blocks(page) if len(block.words) > 1}


def commands(page: Path) -> Iterator[Command]:
    """What the page says can be typed, in order."""
    for block in blocks(page):
        if block.words[0] != "console":
            continue
        parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", block.text, flags=re.MULTILINE)
        line = block.line + 1
        for typed, shown in zip(parts[1::2], parts[2::2], strict=True):
            yield Command(line, typed, shown.strip("\n"))
            line += 1 + (typed + shown).count("\n")


def blurred(text: str) -> str:
    """The text without what may differ."""
    for pattern, instead in BLURRED:
        text = pattern.sub(instead, text)
    return text.strip("\n")


def agrees(came: str, shown: str) -> bool:
    """Whether what came is what is shown."""
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n?", blurred(shown) + "\n", flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*".join(parts), blurred(came) + "\n") is not None


@dataclass
class Console:
    """A shell in a folder of its own, with the simulated board that it keeps there, as a new user has one."""

    folder: Path
    seconds: float = 600  # that a command may take: a first build of libc on a busy machine
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("WASMDEV_")}
        board = {"WASMDEV_SIM": str(self.folder / ".sim"), "WASMDEV_PATIENCE": "10"}
        plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120"}
        path = {"PATH": BIN + os.pathsep + clean["PATH"]}
        self.environment = {**clean, **board, **plain, **path, **self.environment}

    def copy(self, *names: str) -> None:
        """Bring files and folders of the repository here."""
        for name in names:
            if (ROOT / name).is_dir():
                unwanted = shutil.ignore_patterns("__pycache__", "node_modules")
                shutil.copytree(ROOT / name, self.folder / name, ignore=unwanted, dirs_exist_ok=True)
            else:
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.folder / name)

    def type(self, line: str) -> tuple[int, str]:
        """Run a line: its exit code, and all that it printed. The next is where it went, with what it exported."""
        state = self.folder / ".state"
        before = f'. "{state}"' if state.exists() else ":"
        after = f'code=$?; {{ export -p; echo cd "\'$PWD\'"; }} > "{state}"; exit $code'
        done = subprocess.run(
            ["bash", "-c", f"{before}\n{line}\n{after}"], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=self.seconds,
        )  # fmt: skip
        return done.returncode, done.stdout.decode(errors="replace").replace("\r\n", "\n")

    def follow(self, page: Path, skip: Sequence[str] = ()) -> int:
        """Do what a page says, but for commands that match one of the patterns to skip. How many were run.

        A command must end with 0, or show an error where it doesn't. Its page and line are in what is asserted.
        """
        for name, text in files(page).items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        run = 0
        for command in commands(page):
            if any(re.search(pattern, command.text) for pattern in skip):
                continue
            code, came = self.type(command.text)
            where = f"{page.name}:{command.line}: $ {command.text}"
            assert code == 0 or "error" in command.shown, f"{where}\nexit code {code}\n{came}"
            assert not command.shown or agrees(came, command.shown), f"{where}\n{came}"
            run += 1
        return run
