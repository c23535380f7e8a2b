"""From a module's file to an app that is ready on a board, with each stage shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmdev.app import apps, needs, tiers
from wasmdev.app.tiers import Show
from wasmdev.board.board import Board
from wasmdev.console import count, progress, stage, warn
from wasmdev.errors import WasmdevError
from wasmdev.grants import grants, settings
from wasmdev.module import imports, modules, names, refusals
from wasmdev.runtime import runtime


@dataclass(frozen=True)
class Prepared:
    """A module that was read, validated, stripped and lowered."""

    path: Path
    binary: bytes
    module: Any
    stripped: bytes
    image: bytes


def prepare(path: Path, show: Show = stage, imports_by_host: bool = False) -> Prepared:
    """Read a module's file and make its image. Raises :class:`WasmdevError` for one that can't be used.

    With ``imports_by_host`` an import that no board gives is only warned of: Python code there may give it.
    """
    import wasmc

    binary = modules.read(path)
    module = modules.check(path, binary)
    show("validated", f"{count(len(module.bodies), 'function')}, {modules.memory(module)}")
    if modules.does_nothing(module):
        warn("it exports no function, so nothing of it can be called; export one, or build it with a main")
    if absent := imports.missing(module):
        what, hint = imports.describe(absent)
        if not imports_by_host:
            by_host = "where Python code on the board gives it, flash with --imports-by-host"
            raise WasmdevError(f"{path} imports {what}", f"{hint}; {by_host}" if hint else by_host)
        warn(f"it imports {what}; Python code on the board has to give it to wasm.load")
    stripped = wasmc.strip(binary)
    try:
        image = wasmc.lower(module)
    except wasmc.WasmError as error:
        raise refusals.refusal(path, binary, module, error) from None
    show("stripped", f"{len(binary):,} -> {len(stripped):,} bytes, lowered to {len(image):,}")
    return Prepared(path, binary, module, stripped, image)


def configure(board: Board, prepared: Prepared, granted: Sequence[str] = (),
              limits: Mapping[str, int | None] | None = None) -> settings.Settings:
    """The settings of a module on a board, as :func:`settings.load`, within which it can run."""
    chosen = settings.load(prepared.path, lambda: board.description, granted, limits)
    needs.check_limits(prepared.module, chosen, str(prepared.path))
    return chosen


def ensure_runtime(board: Board, force: bool = False, show: Show = stage) -> None:
    """Install the runtime unless the board uses this very one."""
    board.ensure_heap()
    wanted = runtime.Runtime(board.facts.arch)
    if board.facts.frozen == wanted.hash:
        show("runtime", f"in the firmware ({wanted.hash} for {wanted.arch})")
        return
    if board.facts.frozen:
        raise WasmdevError(f"the board's firmware contains another runtime ({board.facts.frozen})",
                           "put a firmware with this version's on it, or MicroPython's own")
    if not force and runtime.is_installed(board, wanted):
        show("runtime", f"up to date ({wanted.hash} for {wanted.arch})")
        return
    if board.interrupted:
        board.restart()  # of the one that is in use parts may be missing still
    total = sum(map(len, wanted.files().values()))
    with progress("runtime", total) as advance:
        runtime.install(board, wanted, advance)
    show("runtime", f"installed ({wanted.hash} for {wanted.arch}, {total:,} bytes)")


def push(board: Board, prepared: Prepared, name: str, wanted: settings.Settings, show: Show = stage,
         native: bool | None = False, stops: bool = False) -> None:
    """Push an app, keep its names for traps, and say what it was granted.

    ``native`` is whether native code goes along, None where that is to be chosen (:func:`tiers.choose`); it
    ``stops`` for other tasks.
    """
    portable = needs.of(prepared.module, prepared.image, wanted)
    needs.check_heap(board, str(prepared.path), portable)
    code = tiers.choose(board, prepared.module, prepared.image, wanted.memory, portable, show, native, stops)
    ready = apps.App(name, prepared.stripped, prepared.image, wanted, code)
    names.keep(ready.module_hash, names.function_names(prepared.binary, prepared.module))
    with progress("pushed", sum(map(len, ready.contents.values()))) as advance:
        fresh = apps.push(board, ready, advance)
    show("pushed", f"{apps.FOLDER}/{ready.image_name}" if fresh else "nothing, the board has this image")
    show("verified", f"sha256 {ready.image_hash[:16]}")
    for label, grant in wanted.grants.items():
        show("granted", f"{label}: {grants.describe(grant)}")
    spaces = {entry[0] for entry in prepared.module.imports}
    for label in grants.idle(wanted.grants, spaces):
        warn(f"grant {label!r} is of no use: it imports nothing that opens {wanted.grants[label][0]}")
    if not wanted.grants and (interfaces := imports.device_interfaces(prepared.module)):
        warn(f"it imports {', '.join(interfaces)} and has no grants: every open will be denied; "
             f"write them in {prepared.path.with_suffix('.toml')} or give --grant")
