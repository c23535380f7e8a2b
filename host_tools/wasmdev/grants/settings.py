"""What a module gets on a board: from the TOML file beside it and from the command line, which wins."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wasmdev.descriptions import Board as Description
from wasmdev.errors import UsageError
from wasmdev.grants import grants
from wasmdev.sizes import in_bytes

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

_SIZES = ("memory", "stack", "files", "output")  # in bytes
_TABLES = {"grants": None, "limits": ("fuel", *_SIZES, "checkpoint"), "run": ("args", "env", "restart")}
_RESTARTS = ("never", "crash", "always")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}  # in milliseconds
_LEAST_CHECKPOINT = 1000  # milliseconds: flash wears
_MOST = 1 << 62  # what a limit is below


@dataclass(frozen=True)
class Settings:
    """What a module gets on the board: grants by label, limits, arguments and environment.

    ``checkpoint`` are milliseconds between two snapshots of it where it starts at power-up.
    ``restart`` says when it begins again in the background: None and ``never``, after a ``crash``, or ``always``.
    ``program`` is what it is told that it is called where that is not its name on the board.
    """

    grants: dict[str, list[Any]] = field(default_factory=dict)
    memory: int | None = None
    fuel: int | None = None
    stack: int | None = None
    files: int | None = None
    output: int | None = None
    checkpoint: int | None = None
    args: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    restart: str | None = None
    program: str | None = None


def load(module: Path, board: Callable[[], Description], options: Sequence[str] = (),
         limits: Mapping[str, int | None] | None = None) -> Settings:
    """Settings of a module's file: its TOML, then ``--grant`` options and limits (None: not given).

    ``board`` is only asked if something is granted. Raises :class:`UsageError`, one line that names the file
    and the entry.
    """
    path = module.with_suffix(".toml")
    table = _read(path)
    granted: grants.Grants = {}
    if table.get("grants") or options:
        granted = grants.from_table(table.get("grants", {}), board(), str(path))
        granted.update(grants.from_option(option, board()) for option in options)
        grants.check_shared(granted, str(path) if table.get("grants") else "--grant")
    given = {name: value for name, value in (limits or {}).items() if value is not None}
    chosen = table.get("limits", {}) | given
    run = table.get("run", {})
    env = run.get("env", {})
    if not isinstance(env, dict):
        raise UsageError(f"{path}: env is no table", 'write for example env = { LANG = "C" }')
    restart = run.get("restart")
    if restart is not None and restart not in _RESTARTS:
        raise UsageError(f"{path}: restart can't be {restart!r}", f"give one of {', '.join(_RESTARTS)}")
    for name in env:
        if not name or "=" in name:
            raise UsageError(f"{path}: env can't have the name {name!r}", "give a name without =")
    numbers: dict[str, Any] = {
        name: _limit(name, value, f"--{name}" if name in given else f"{path}: {name}")
        for name, value in chosen.items()
    }
    return Settings(
        grants=granted,
        args=_strings(run.get("args", []), path),
        env=dict(zip(_strings(list(env), path), _strings(list(env.values()), path), strict=True)),
        restart=restart,
        **numbers,
    )


def _limit(name: str, value: Any, where: str) -> int:
    """A limit's number. One of bytes may be written as on the command line, ``"16k"``, and a time is ``"10s"``."""
    if name == "checkpoint":
        return _time(value, where)
    number = in_bytes(value) if isinstance(value, str) and name in _SIZES else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < _MOST:
        sizes = ', or as "16k"' if name in _SIZES else ""
        raise UsageError(f"{where} can't be {value!r}", f"limits are whole numbers from 0 on{sizes}")
    if name == "output" and not number:
        raise UsageError(f"{where} can't be 0", "leave it out where there is no limit")
    return number


def _time(value: Any, where: str) -> int:
    """The milliseconds of ``"500ms"``, ``"10s"``, ``"5m"`` or ``"1h"``."""
    found = re.fullmatch(r"(\d{1,9})(ms|s|m|h)", value) if isinstance(value, str) else None
    if not found or (time := int(found[1]) * _UNITS[found[2]]) < _LEAST_CHECKPOINT:
        raise UsageError(f"{where} can't be {value!r}", 'give a second or more, as in "10s", "5m" or "1h"')
    return time


def _read(path: Path) -> dict[str, Any]:
    """The TOML file, none of whose tables and keys is unknown; nothing if there is no file."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # of TOML, of UTF-8, of a number of thousands of digits
        raise UsageError(f"{path} is no valid TOML: {error}") from None
    for name, entries in table.items():
        if name not in _TABLES:
            raise UsageError(f"{path}: unknown table {name!r}", f"use {', '.join(_TABLES)}")
        if not isinstance(entries, dict):
            raise UsageError(f"{path}: {name} is no table", f"write [{name}] and its entries below")
        allowed = _TABLES[name]
        if allowed and (unknown := [key for key in entries if key not in allowed]):
            raise UsageError(f"{path}: unknown key {unknown[0]!r} in [{name}]", f"use {', '.join(allowed)}")
    return table


def _strings(values: Any, path: Path) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise UsageError(f"{path}: args and env hold strings only", "put them in quotes")
    for value in values:
        if "\0" in value:
            raise UsageError(f"{path}: args and env can't hold {value!r}", "a program's strings end at a NUL")
    return values
