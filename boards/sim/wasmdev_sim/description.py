"""What the simulation takes from ``boards/<name>.toml``, with errors that are this package's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wasmdev import data, descriptions
from wasmdev.descriptions import Board
from wasmdev.errors import UsageError

from .error import SimError

__all__ = ["Board", "boards_folder", "load_board", "refusing"]


def boards_folder() -> Path:
    """The folder ``boards``, in the repository or, as data, inside an installed wasmdev."""
    return data.root() / "boards"


def load_board(board: str | Path) -> Board:
    """Reads ``boards/<board>.toml``, or the TOML file at that path.

    Raises SimError when there is no such file or something in it is wrong.
    """
    with refusing():
        return descriptions.describe(board)


@contextmanager
def refusing() -> Iterator[None]:
    """Raises SimError for a pin or channel that the board lacks."""
    try:
        yield
    except UsageError as error:
        raise SimError(str(error)) from None
