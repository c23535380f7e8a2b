"""From a module's file to an app that is ready on a board, with each stage shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmdev import app, grants, modules, names, runtime, tiers
from wasmdev.board import Board
from wasmdev.console import count, progress, stage, warn
from wasmdev.errors import WasmdevError
from wasmdev.tiers import Show

_PUSH_ROOM = 65536  # bytes of free heap with which files can go to a board


@dataclass(frozen=True)
class Prepared:
    """A module that was read, validated, stripped and lowered."""

    path: Path
    binary: bytes
    module: Any
    stripped: bytes
    image: bytes


def prepare(path: Path, show: Show = stage) -> Prepared:
    """Read a module's file and make its image. Raises :class:`WasmdevError` for one that can't be used."""
    import wasmc

    binary = modules.read(path)
    module = modules.check(path, binary)
    show("validated", f"{count(len(module.bodies), 'function')}, {modules.memory(module)}")
    stripped = wasmc.strip(binary)
    try:
        image = wasmc.lower(module)
    except wasmc.WasmError as error:
        raise WasmdevError(f"{path}: {error}") from None
    show("stripped", f"{len(binary):,} -> {len(stripped):,} bytes, lowered to {len(image):,}")
    return Prepared(path, binary, module, stripped, image)


def ensure_runtime(board: Board, force: bool = False, show: Show = stage) -> None:
    """Install the runtime unless the board uses this very one."""
    if board.free_heap() < _PUSH_ROOM:  # what ran before holds it
        board.restart()
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
    total = sum(map(len, wanted.files().values()))
    with progress("runtime", total) as advance:
        runtime.install(board, wanted, advance)
    show("runtime", f"installed ({wanted.hash} for {wanted.arch}, {total:,} bytes)")


def push(board: Board, prepared: Prepared, name: str, settings: app.Settings, show: Show = stage,
         native: bool | None = False) -> None:
    """Push an app, keep its names for traps, and say what it was granted.

    ``native`` is whether native code goes along, None where that is to be chosen (:func:`tiers.choose`).
    """
    code = tiers.choose(board, prepared.module, settings.memory, show, native)
    ready = app.App(name, prepared.stripped, prepared.image, settings, code)
    names.keep(ready.module_hash, names.function_names(prepared.binary, prepared.module))
    with progress("pushed", sum(map(len, ready.contents.values()))) as advance:
        fresh = app.push(board, ready, advance)
    show("pushed", f"{app.FOLDER}/{ready.image_name}" if fresh else "nothing, the board has this image")
    show("verified", f"sha256 {ready.image_hash[:16]}")
    for label, grant in settings.grants.items():
        show("granted", f"{label}: {grants.describe(grant)}")
    spaces = {entry[0] for entry in prepared.module.imports}
    for label in grants.idle(settings.grants, spaces):
        warn(f"grant {label!r} is of no use: it imports nothing that opens {settings.grants[label][0]}")
    if not settings.grants and (interfaces := modules.device_interfaces(prepared.module)):
        warn(f"it imports {', '.join(interfaces)} and has no grants: every open will be denied; "
             f"write them in {prepared.path.with_suffix('.toml')} or give --grant")
