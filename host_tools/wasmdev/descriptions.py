"""What ``boards/*.toml`` say of boards, and which of them a connected board is."""

from __future__ import annotations

from wasmdev_sim.description import Board as Description
from wasmdev_sim.description import load_board
from wasmdev_sim.error import SimError

from wasmdev import data
from wasmdev.errors import UsageError

DEFAULT = "pico"  # the board that sim stands for


def names() -> list[str]:
    """The boards that are described."""
    return sorted(path.stem for path in (data.root() / "boards").glob("*.toml"))


def describe(name: str) -> Description:
    """The description of a board by its name. Raises :class:`UsageError` if there is none."""
    try:
        return load_board(name)
    except SimError as error:
        raise UsageError(str(error)) from None


def recognise(machine: str) -> str | None:
    """The board whose title ``sys.implementation._machine`` names, the longest if it names several."""
    titles = {describe(name).title: name for name in names()}
    found = [title for title in titles if title in machine]
    return titles[max(found, key=len)] if found else None
