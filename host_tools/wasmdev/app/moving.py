"""Guests that are put away in a file and go on from it: ``wasm.attended`` and ``wasm.snapshot`` are the board's
half."""

from __future__ import annotations

import json
import signal
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from wasmdev.app.apps import FOLDER
from wasmdev.board.board import Board
from wasmdev.board.wire import POLL_S
from wasmdev.errors import WasmdevError
from wasmdev.folders import write_whole

PLACE = f"{FOLDER}/moving.snap"
"""Where a snapshot is on a board while it comes or goes."""

_HEAD = "<4sHHI8s"
_AWAY = b"s"
_MOST = 1 << 20  # bytes of a description
_WRITTEN = "give a file that --snapshot has written"


@dataclass(frozen=True)
class Snapshot:
    """A snapshot in a file: the ``app`` that it is of, if that has a name, and whether a call goes on in it."""

    data: bytes
    app: str | None
    runs: bool


def read(path: Path) -> Snapshot:
    """A snapshot of a file. Raises :class:`WasmdevError` for what is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WasmdevError(f"can't read {path}: {error.strerror}", _WRITTEN) from None
    try:
        magic, _, packed, _, _ = struct.unpack_from(_HEAD, data)
        if magic != b"WSNP":
            raise ValueError
        body = data[struct.calcsize(_HEAD) : -8]
        if packed:
            body = zlib.decompressobj(-15).decompress(body, _MOST)
        (size,) = struct.unpack_from("<I", body)
        described: Any = json.loads(body[4 : 4 + size])
        return Snapshot(data, described["app"], described["call"] is not None)
    except (ValueError, KeyError, TypeError, struct.error, zlib.error):
        raise WasmdevError(f"{path} is no snapshot", _WRITTEN) from None


class Parting:
    """Asks a board once to put a guest away: after ``limit`` seconds, or when this process is interrupted."""

    def __init__(self, send: Callable[[bytes], None], limit: float | None, then: Callable[[], float]) -> None:
        self._send = send
        self._due = None if limit is None else time.monotonic() + limit
        self._then = then
        self._asked = False

    def __enter__(self) -> Parting:
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, *_: int | FrameType | None) -> None:
        if self._due == 0:  # it was asked before
            raise KeyboardInterrupt
        self._due = 0

    def look(self) -> float:
        """Asks if it is time to; the seconds until this has to be called again."""
        if self._due is not None and not self._asked and time.monotonic() >= self._due:
            self._asked = True
            self._send(_AWAY)
        return min(self._then(), POLL_S)


def bring(board: Board, snapshot: Snapshot) -> None:
    """Puts a snapshot on a board."""
    board.files.write(PLACE, snapshot.data)


def fetch(board: Board, path: Path) -> int:
    """Takes a snapshot from a board to a file, which is replaced when all of it is there; its bytes."""
    data = board.files.read_whole(PLACE)
    try:
        write_whole(path, data)
    except OSError as error:
        raise WasmdevError(f"can't write {path}: {error.strerror}", f"it is on the board, in {PLACE}") from None
    clear(board)
    return len(data)


def clear(board: Board) -> None:
    """Leaves no snapshot on a board."""
    board.files.discard(PLACE)
