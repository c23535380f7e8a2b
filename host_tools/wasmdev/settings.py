"""What a module gets on a board: from the TOML file beside it and from the command line, which wins."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wasmdev import grants
from wasmdev.app import Settings
from wasmdev.descriptions import Board as Description
from wasmdev.errors import UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

_TABLES = {"grants": None, "limits": ("fuel", "memory", "stack", "files", "output"), "run": ("args", "env")}


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
    for name, value in chosen.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise UsageError(f"{path}: {name} can't be {value!r}", "limits are whole numbers from 0 on")
    run = table.get("run", {})
    env = run.get("env", {})
    if not isinstance(env, dict):
        raise UsageError(f"{path}: env is no table", 'write for example env = { LANG = "C" }')
    return Settings(
        grants=granted,
        args=_strings(run.get("args", []), path),
        env=dict(zip(env, _strings(list(env.values()), path), strict=True)),
        **chosen,
    )


def _read(path: Path) -> dict[str, Any]:
    """The TOML file, none of whose tables and keys is unknown; nothing if there is no file."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no valid TOML: {error}") from None
    for name, entries in table.items():
        if name not in _TABLES:
            raise UsageError(f"{path}: unknown table [{name}]", f"use {', '.join(_TABLES)}")
        if not isinstance(entries, dict):
            raise UsageError(f"{path}: {name} is no table", f"write [{name}] and its entries below")
        allowed = _TABLES[name]
        if allowed and (unknown := [key for key in entries if key not in allowed]):
            raise UsageError(f"{path}: unknown key {unknown[0]!r} in [{name}]", f"use {', '.join(allowed)}")
    return table


def _strings(values: Any, path: Path) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise UsageError(f"{path}: args and env hold strings only", "put them in quotes")
    return values
