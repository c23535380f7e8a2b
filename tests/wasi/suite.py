"""The official tests of WASI preview 1: their programs, as toolchains built them, and how each must end.

They are in the folder that the environment variable ``WASI_TESTSUITE`` names, a copy of the branch of their
repository that has the prebuilt programs, or are fetched by git and kept in the user's cache.
"""

from __future__ import annotations

import fcntl
import functools
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = "https://github.com/WebAssembly/wasi-testsuite"
COMMIT = "9f80ca35444cfd9e63100725615140a346652e6c"  # of prod/testsuite-base
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasmdev"
RESULTS = Path(__file__).parents[2] / "docs" / "wasi.md"
_FOLDER = "tests/{language}/testsuite/wasm32-wasip1"
_LANGUAGES = ("assemblyscript", "c", "rust")
_TIMEOUT = 120  # seconds for git


class Missing(Exception):
    """Why the programs can't be had on this machine."""


@dataclass(frozen=True)
class Program:
    """A program, the folder that it sees as ``/`` if it needs one, and what must come of it."""

    binary: bytes
    args: list[str]
    env: dict[str, str] = field(default_factory=dict)
    root: Path | None = None
    exit_code: int = 0
    stdout: str | None = None


def listed() -> dict[str, str]:
    """Each program that the documentation lists, as ``language/name``, and why it can't pass: "" where it does."""
    lines = re.findall(r"^\| `(\w+/[\w-]+)` \| (.+) \|$", RESULTS.read_text(), re.MULTILINE)
    return {name: "" if result == "passes" else result for name, result in lines}


def names() -> set[str]:
    """All programs that the suite has. Raises :class:`Missing`."""
    return {f"{language}/{path.stem}" for language in _LANGUAGES for path in _folder(language).glob("*.wasm")}


def program(name: str) -> Program:
    """The program that is listed under a name. Raises :class:`Missing`."""
    language, stem = name.split("/")
    path = _folder(language) / f"{stem}.wasm"
    described = path.with_suffix(".json")
    settings: dict[str, Any] = json.loads(described.read_text()) if described.exists() else {}
    root = settings.pop("root", None)
    args = settings.pop("args", [])
    return Program(path.read_bytes(), args, root=path.parent / root if root else None, **settings)


def _folder(language: str) -> Path:
    return _suite() / _FOLDER.format(language=language)


@functools.cache
def _suite() -> Path:
    named = os.environ.get("WASI_TESTSUITE")
    if named:
        return Path(named)
    folder = CACHE / f"wasi-testsuite-{COMMIT[:8]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "wasi-testsuite.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes, one of them fetches
        if not folder.exists():
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    if shutil.which("git") is None:
        raise Missing("git is not installed")
    fresh = folder.with_suffix(".part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    wanted = [_FOLDER.format(language=language) for language in _LANGUAGES]
    for command in (
        ["init", "--quiet"],
        ["remote", "add", "origin", REPOSITORY],
        ["sparse-checkout", "set", *wanted],
        ["fetch", "--quiet", "--depth=1", "--filter=blob:none", "origin", COMMIT],
        ["checkout", "--quiet", "FETCH_HEAD"],
    ):
        try:
            done = subprocess.run(["git", *command], cwd=fresh, capture_output=True, text=True, timeout=_TIMEOUT)
        except subprocess.TimeoutExpired:
            raise Missing(f"git {command[0]} took more than {_TIMEOUT} s") from None
        if done.returncode:
            raise Missing(f"{REPOSITORY}: {done.stderr.strip().splitlines()[-1]}")
    fresh.rename(folder)
