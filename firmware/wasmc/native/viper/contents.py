"""What the cells of a block hold while its code is written, and the one way in which that changes.

A cell is in its local, is a constant, or is an expression that *waits* to be written where it is read. What is
kept of a cell is kept of its present value: where it gets another one, by ``define`` or ``overwrite``, all of that
ends, and what waits and reads the cell's local is written before.
"""

from __future__ import annotations

from .claims import Claims
from .values import Value, Words


class Contents:
    """The cells of a block, at the place up to which ``lines`` are written. ``names`` maps cells to locals."""

    def __init__(self, names: dict[int, str], words: Words, claims: Claims, lines: list[str]) -> None:
        self.names = names
        self.words = words
        self.claims = claims
        self.lines = lines
        self.waiting: dict[int, Value] = {}
        self.constants: dict[int, Value] = {}
        self.given: dict[int, Value] = {}  # what waited, and was given to the present instruction

    def use(self, cell: int) -> Value:
        """The value of a cell, for the instruction that reads it; what waited waits no more."""
        if cell in self.waiting:
            self.given[cell] = self.waiting.pop(cell)
        return self.seen(cell)

    def seen(self, cell: int) -> Value:
        """The value of a cell for a look at it, after which it waits if it waited."""
        for kept in (self.waiting, self.given, self.constants):
            if cell in kept:
                return kept[cell]
        return Value(self.names[cell], 1 << cell, simple=True)

    def named(self, cell: int) -> Value:
        """The same, as something that can be written several times."""
        if cell in self.waiting and not self.waiting[cell].simple:
            self.write(cell)
        return self.use(cell)

    def define(self, cell: int, value: Value, once: bool, lives_on: bool) -> None:
        """The present instruction gives a cell a value.

        ``once``: one instruction of this block reads it, and nothing else. ``lives_on``: its local is read behind
        the block.
        """
        self.overwrite(cell)
        if value.number is not None:
            self.constants[cell] = value
        elif once:
            self.waiting[cell] = value
            return
        if value.number is None or lives_on:
            self._set(cell, value)

    def overwrite(self, cell: int) -> None:
        """A line that comes next gives the local of a cell the value that the cell has from now on."""
        self.waiting.pop(cell, None)
        self.constants.pop(cell, None)
        self.given.pop(cell, None)
        self._write_readers(cell)

    def write(self, cell: int) -> None:
        """Writes what waits to the cell's local."""
        value = self.waiting.pop(cell)
        self._write_readers(cell)
        self._set(cell, value)

    def assign(self, cell: int, value: Value) -> None:
        """The present instruction gives a cell a value that lines before this one made."""
        self.overwrite(cell)
        self._set(cell, value)

    def write_loads(self) -> None:
        """Writes what waits and reads memory, which is about to change."""
        self._write_all(lambda value: value.memory)

    def write_globals(self) -> None:
        """Writes what waits and reads globals, of which one is about to change."""
        self._write_all(lambda value: value.variables)

    def step(self) -> None:
        """The present instruction is written."""
        self.given = {}

    def _set(self, cell: int, value: Value) -> None:
        name, text = self.names[cell], self.words.clean(value)
        if text != name:
            self.lines.append("%s = %s" % (name, text))
            self.lines += self.claims.clean(name)

    def _write_readers(self, cell: int) -> None:
        self._write_all(lambda value: bool(value.reads >> cell & 1))

    def _write_all(self, wanted) -> None:
        for cell in [cell for cell, value in self.waiting.items() if wanted(value)]:
            if cell in self.waiting:
                self.write(cell)
