"""A part of each file of the suite, for boards that take a second for a few assertions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SEGMENTS = 3  # modules of a file, at most
_LONG = ("999999", "1000000")


def sample(lines: list[list[Any]], wanted: int) -> Iterator[list[Any]]:
    """The beginning of what the file does with some of its modules, with some ``wanted`` assertions in all.

    Only beginnings, because what an assertion finds may depend on those before it; and of a file whose modules
    know of each other only the beginning.
    """
    lines = [line for line in lines if line[1] != "assert_rejected" and not _takes_minutes(line)]
    segments: list[list[list[Any]]] = [[]]
    for line in lines:
        if line[1] == "module":
            segments.append([])
        segments[-1].append(line)
    if any(line[1] == "register" or (line[1] == "module" and line[2]) for line in lines):
        yield from _beginning(lines, wanted)
        return
    segments = [segment for segment in segments if _assertions(segment)]
    step = max(1, len(segments) // SEGMENTS)
    chosen = segments[::step][:SEGMENTS]
    for segment in chosen:
        yield from _beginning(segment, -(-wanted // len(chosen)))


def _takes_minutes(line: list[Any]) -> bool:
    """Whether a function is to count up to a million, which leaves nothing behind."""
    return line[1] == "assert_return" and any(value in _LONG for _, value in line[4] or ())


def _assertions(lines: list[list[Any]]) -> int:
    return sum(line[1].startswith("assert") for line in lines)


def _beginning(lines: list[list[Any]], wanted: int) -> Iterator[list[Any]]:
    for line in lines:
        if wanted <= 0:
            return
        wanted -= line[1].startswith("assert")
        yield line
