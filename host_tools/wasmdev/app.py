"""A module made ready for a board, and its atomic push.

On the board an app is ``/wasmdev/NAME.json``, its manifest, and the image that the manifest names. The
image's name holds its hash, so a new one never overwrites the one in use, and replacing the manifest is the
commit point: before it the old app is whole, after it the new one is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from wasmdev.board import Board
from wasmdev.errors import WasmdevError
from wasmdev.files import Progress, digest
from wasmdev.native import Native

FOLDER = "/wasmdev"  # not /wasm: MicroPython would import the folder in place of the runtime


@dataclass(frozen=True)
class Settings:
    """What a module gets on the board: grants by label, limits, arguments and environment."""

    grants: dict[str, list[Any]] = field(default_factory=dict)
    memory: int | None = None
    fuel: int | None = None
    stack: int | None = None
    files: int | None = None
    output: int | None = None
    args: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class App:
    """A module as it goes to a board: ``stripped`` binary, its lowered ``image``, and settings."""

    name: str
    stripped: bytes
    image: bytes
    settings: Settings
    native: Native | None = None

    @property
    def module_hash(self) -> str:
        """The SHA-256 of the stripped binary, in hex."""
        return digest(self.stripped)

    @property
    def image_hash(self) -> str:
        """The SHA-256 of the image, in hex."""
        return digest(self.image)

    @property
    def image_name(self) -> str:
        """The name of the image's file."""
        return f"{self.name}.{self.image_hash[:8]}.img"

    @property
    def contents(self) -> dict[str, bytes]:
        """Its files by name, but for the manifest."""
        files = {self.image_name: self.image}
        if self.native:
            files[self._native_name] = self.native.image
            files[self.native.file] = self.native.mpy
        return files

    @property
    def _native_name(self) -> str:
        assert self.native
        return f"{self.name}.{digest(self.native.image)[:8]}.img"

    @property
    def manifest(self) -> bytes:
        """The contents of its manifest."""
        facts = {"image": self.image_name, "hash": self.image_hash, "module": self.module_hash}
        if self.native:
            facts |= {"native": self._native_name, "code": self.native.file}
        return json.dumps(facts | vars(self.settings)).encode()


def push(board: Board, app: App, progress: Progress | None = None) -> bool:
    """Put an app on the board; whether anything but its manifest had to go over. Raises :class:`LinkError`."""
    files = board.files
    files.make_folder(FOLDER)
    fresh = False
    for name, content in app.contents.items():
        path = f"{FOLDER}/{name}"
        if not files.has(path, content):
            files.write(path, content, progress)
            fresh = True
    files.replace(f"{FOLDER}/{app.name}.json", app.manifest)
    _sweep(board, app.name, app.contents)
    return fresh


def remove(board: Board, name: str) -> None:
    """Remove an app, if there is one of that name."""
    if board.files.read(f"{FOLDER}/{name}.json"):
        board.files.remove(f"{FOLDER}/{name}.json")
    _sweep(board, name, ())


def installed(board: Board) -> dict[str, dict[str, Any]]:
    """The manifests on the board by name, each with the ``size`` of its image in bytes or None."""
    entries = {name: size for name, is_folder, size in board.files.list(FOLDER) if not is_folder}
    manifests = {}
    for name in sorted(entries):
        if name.endswith(".json"):
            manifest = _parsed(board.files.read(f"{FOLDER}/{name}"))
            manifest["size"] = entries.get(manifest.get("image", ""))
            manifests[name.removesuffix(".json")] = manifest
    return manifests


def require(board: Board, name: str) -> dict[str, Any]:
    """The manifest of an app. Raises :class:`WasmdevError` if there is none of that name."""
    text = board.files.read(f"{FOLDER}/{name}.json")
    if not text:
        names = ", ".join(installed(board))
        raise WasmdevError(f"no module {name!r} on the board",
                           f"it has {names}" if names else f"put one there with: wasmdev flash {name}.wasm")
    return _parsed(text)


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
    except ValueError:
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _sweep(board: Board, name: str, keep: Collection[str]) -> None:
    """Remove images of an app but those to keep, native code of no app, and what cut transfers left."""
    image = re.compile(re.escape(name) + r"\.[0-9a-f]{8}\.img")
    entries = [entry for entry, is_folder, _ in board.files.list(FOLDER) if not is_folder]
    codes = [entry for entry in entries if re.fullmatch(r"n[0-9a-f]{16}\.mpy", entry)]
    used = {manifest.get("code") for manifest in installed(board).values()} if codes else set()
    for entry in entries:
        stale = (image.fullmatch(entry) and entry not in keep) or entry.endswith(".tmp")
        if stale or (entry in codes and entry not in used):
            board.files.remove(f"{FOLDER}/{entry}")
