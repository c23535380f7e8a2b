"""What is asked of a third-party module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Imports = dict[str, dict[str, Any]]
"""What is imported, by module and name. Of ``memory`` it is the pages. A function does what it is called where
that is ``"copy"`` (within memory: to, from, size) or ``"exp"``; else this is what it returns, and its calls are
noted for ``Guest.events``."""

PICO = 242_048  # bytes of heap that are free on a Pico
FROZEN = 275_000  # what comes to the same as on one whose firmware has the runtime in it, where it is on the heap


class Guest(Protocol):
    """A module that is instantiated, in whatever engine."""

    def call(self, name: str, *args: float) -> Any:
        """The result of an exported function."""

    def value(self, name: str) -> int:
        """An exported global."""

    def read(self, address: int, size: int) -> bytes:
        """Bytes of memory."""

    def write(self, address: int, data: bytes) -> None:
        """Sets bytes of memory."""

    def grow(self, pages: int) -> int:
        """Adds pages to memory; how many there were."""

    def events(self) -> Sequence[tuple[str, Sequence[Any]]]:
        """The calls of imported functions, as name and arguments."""


@dataclass(frozen=True)
class Case:
    """A module of a package, calls to it, and the answers that an independent implementation gives.

    ``heap`` is what MicroPython gets, in bytes; ``what`` says what the module is for.
    """

    package: str
    file: str
    answers: Callable[[Guest], Any]
    expected: Any
    imports: Imports = field(default_factory=dict)
    heap: int = PICO
    what: str = ""

    @property
    def fits(self) -> bool:
        """A Pico has room for it, at least with the runtime in its firmware."""
        return self.heap <= FROZEN

    @property
    def module(self) -> str:
        """The name of its file."""
        return self.file.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.package}:{self.module.partition('.')[0]}"


def u32(guest: Guest, address: int) -> int:
    return int.from_bytes(guest.read(address, 4), "little")


def signed(value: int, bits: int) -> int:
    """As i32 and i64 results come to Python."""
    return value - (1 << bits) if value >> bits - 1 else value
