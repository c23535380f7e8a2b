"""A module made ready for a board, and its atomic push.

On the board an app is ``/wasmdev/NAME.json``, its manifest, and the image that the manifest names. The
image's name holds its hash, so a new one never overwrites the one in use, and replacing the manifest is the
commit point: before it the old app is whole, after it the new one is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmdev import typed
from wasmdev.app.native import Native
from wasmdev.board.board import Board
from wasmdev.board.files import Progress, digest
from wasmdev.board.literals import fits
from wasmdev.errors import WasmdevError
from wasmdev.grants.settings import Settings

_HASHED = {"image": "hash", "native": "native_hash", "code": "code_hash"}  # a manifest's files, and their SHA-256
_SHAPES = {
    **dict.fromkeys(("module", *_HASHED, *_HASHED.values()), str),
    **dict.fromkeys(("memory", "fuel", "stack", "files", "output", "checkpoint"), int | None),
    "grants": {str: list},
    "args": [str],
    "env": {str: str},
    "restart": str | None,
}
FOLDER = "/wasmdev"  # not /wasm: MicroPython would import the folder in place of the runtime


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
            facts |= {"native": self._native_name, "native_hash": digest(self.native.image)}
            facts |= {"code": self.native.file, "code_hash": digest(self.native.mpy)}
        # Not as \uXXXX, two of which stand for a character that MicroPython makes two of.
        return json.dumps(facts | vars(self.settings), ensure_ascii=False).encode()


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
    """The manifests on the board by name, each with the ``size`` of its image in bytes or None.

    Where the board gave native code up, ``ran`` tells why.
    """
    entries = {name: size for name, is_folder, size in board.files.list(FOLDER) if not is_folder}
    manifests = {}
    for name in sorted(entries):
        if name.endswith(".json"):
            manifest = _parsed(board.files.read(f"{FOLDER}/{name}"))
            manifest["size"] = entries.get(manifest.get("image", ""))
            app = name.removesuffix(".json")
            manifest["ran"] = None
            if f"{app}.ran" in entries:
                manifest["ran"] = board.files.read(f"{FOLDER}/{app}.ran").decode(errors="replace")
            manifests[app] = manifest
    return manifests


def require(board: Board, name: str) -> dict[str, Any]:
    """The manifest of an app. Raises :class:`WasmdevError` if there is none of that name."""
    known = typed.is_name(name) or name == typed.TEMPORARY
    text = board.files.read(f"{FOLDER}/{name}.json") if known else b""
    if not text:
        names = ", ".join(installed(board))
        path = Path(f"{name}.wasm")
        put = typed.flash(path) if typed.is_name(name) and path.is_file() else "wasmdev flash FILE.wasm"
        raise WasmdevError(f"no module {name!r} on the board",
                           f"it has {names}" if names else f"put one there with: {put}")
    return _parsed(text)


def sound(board: Board, name: str) -> dict[str, Any]:
    """The manifest of an app whose files on the board are as they were pushed.

    Raises :class:`WasmdevError` if there is none of that name, and if one of its files is damaged.
    """
    manifest = require(board, name)
    if not manifest.keys() >= {"image", "hash", "grants"}:
        raise WasmdevError(f"{FOLDER}/{name}.json on the board is damaged", f"flash {name} again")
    hashes = {manifest.get(file): manifest.get(hash_) for file, hash_ in _HASHED.items() if manifest.get(hash_)}
    found = board.files.digests(f"{FOLDER}/{file}" for file in hashes)
    for (file, wanted), there in zip(hashes.items(), found, strict=True):
        if there is None or (there != wanted and not there.startswith("crc32:")):
            state = "missing" if there is None else "damaged"
            raise WasmdevError(f"{FOLDER}/{file} on the board is {state}", f"flash {name} again")
    return manifest


def _parsed(text: bytes) -> dict[str, Any]:
    """A manifest without what isn't as ``App.manifest`` writes it: a board's files can be anything."""
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(manifest, dict):
        return {}
    sound = {key: value for key, value in manifest.items() if fits(value, _SHAPES.get(key, object))}
    if not re.fullmatch("[0-9a-f]{64}", sound.get("module", "")):
        sound.pop("module", None)  # it is part of a file's name here
    return sound


def _sweep(board: Board, name: str, keep: Collection[str]) -> None:
    """Remove images of an app but those to keep, how it ran and crashed, native code of no app, and what cut
    transfers left."""
    image = re.compile(re.escape(name) + r"\.(?:[0-9a-f]{8}\.img|(?:[01]|bg)\.snap~?|ran|crashes)")
    entries = [entry for entry, is_folder, _ in board.files.list(FOLDER) if not is_folder]
    codes = [entry for entry in entries if re.fullmatch(r"n[0-9a-f]{16}\.mpy", entry)]
    used = {manifest.get("code") for manifest in installed(board).values()} if codes else set()
    for entry in entries:
        stale = (image.fullmatch(entry) and entry not in keep) or entry.endswith(".tmp")
        if stale or (entry in codes and entry not in used):
            board.files.remove(f"{FOLDER}/{entry}")
