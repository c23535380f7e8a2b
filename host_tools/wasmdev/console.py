"""What the user sees: stages, tables and progress, plain where the output isn't a terminal.

All text goes out here, and whatever in it could move the cursor, ring, turn the reading direction or begin a line
is written as an escape, as in ``\\x1b``: names in modules, files and on boards can be anything. Only what a
program prints goes to a pipe byte by byte.
"""

from __future__ import annotations

import codecs
import operator
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_MOST_FITTED = 1000  # rows of a table; Rich takes a millisecond for each
_LONGEST = 1000  # characters of an error: a board can say what it likes
_LAID_OUT = "\n\t\r\xa0\u2009\u200d\u202f\u3000"  # what a program may lay its text out with


def visible(text: str, kept: str = "", stream: TextIO | None = None) -> str:
    """The text with an escape in place of each character that isn't printed as such, but for those kept.

    Also of what the encoding of a stream lacks (standard output, if None).
    """
    if not text.isprintable():
        text = "".join(each if each.isprintable() or each in kept else _escaped(each) for each in text)
    encoding = (stream or sys.stdout).encoding or "utf-8"
    return text if text.isascii() else text.encode(encoding, "backslashreplace").decode(encoding)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _console() -> Console:
    # Made anew each time: it holds the stream that is standard output at that moment.
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Print a line, in a Rich style on a terminal."""
    _console().print(Text(visible(text), style=style))


def heading(text: str, style: str = "bold") -> None:
    """Print a line that begins a part of what is said."""
    print()
    say(text, style)


def stage(what: str, details: str = "") -> None:
    """A step that is done."""
    line = Text("  ").append(f"{what:<10}", style="green").append(visible(details))
    line.rstrip()
    _console().print(line)


def note(text: str) -> None:
    """A remark that isn't part of the output of the command: on standard error."""
    print(visible(text, stream=sys.stderr), file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """Something that may not be meant so."""
    note(f"warning: {text}")


def fail(text: str) -> None:
    """What went wrong, in one line."""
    note("error: " + (text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."))


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> None:
    """Aligned columns of some rows under headers; ``right`` names those that are aligned to the right."""
    if sys.stdout.isatty() and len(rows) <= _MOST_FITTED:
        _fitted(headers, rows, right)
        return
    columns = []
    for number in range(len(rows[0])):
        cells = [visible(str(row[number])) for row in ([headers, *rows] if headers else rows)]
        columns.append(_aligned(cells, str.rjust if number in right else str.ljust))
    print("\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True)))


def _aligned(cells: list[str], align: Callable[[str, int], str]) -> list[str]:
    excess = [0 if cell.isascii() else cell_len(cell) - len(cell) for cell in cells]
    width = max(map(operator.add, map(len, cells), excess))
    return [align(cell, width - more) for cell, more in zip(cells, excess, strict=True)]


def _fitted(headers: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int]) -> None:
    """The same on a terminal, where long cells are folded."""
    grid = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(headers))
    for column in range(len(rows[0])):
        header = headers[column] if headers else ""
        grid.add_column(header, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(visible(str(cell))) for cell in row))
    console = _console()
    with console.capture() as captured:
        console.print(grid)
    for line in captured.get().splitlines():
        print(line.rstrip())


class Output:
    """Standard output for what a program prints: byte by byte, on a terminal without what could disguise it."""

    def __init__(self, raw: bool) -> None:
        """With ``raw`` a terminal gets the bytes too."""
        self._raw = raw or not sys.stdout.isatty()
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def write(self, output: bytes, final: bool = False) -> None:
        """Print bytes, at once; ``final`` are the last ones."""
        sys.stdout.flush()
        if not self._raw:
            output = visible(self._decoder.decode(output, final), _LAID_OUT).encode(sys.stdout.encoding)
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar of ``total`` bytes that goes when it is full; calls with a number of bytes move it on."""
    if not sys.stdout.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    name = TextColumn("  {task.description:<9}", markup=False)
    columns = (name, BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task(visible(label), total=total)
        yield lambda count: bar.advance(task, count)


class Waiting:
    """What a terminal is told while something takes its time: what it is, then a line of the seconds that passed.

    The line is written over by whatever is printed next. Where standard error is no terminal nothing is told.
    """

    def __init__(self, label: str, details: str = "") -> None:
        self._label = f"  {label:<10}"
        self._details = details
        self._told = False

    def __call__(self, seconds: float) -> None:
        """So many have passed."""
        if not sys.stderr.isatty():
            return
        if self._details and not self._told:
            note(self._label + self._details)
        self._told = True
        sys.stderr.write(f"{self._label}{seconds:.0f} s\r")
        sys.stderr.flush()

    def over(self) -> None:
        """Take the line away."""
        if self._told:
            sys.stderr.write("\x1b[K")
            sys.stderr.flush()


def confirm(question: str) -> bool:
    """Ask for a yes."""
    import typer

    return typer.confirm(visible(question))


def count(number: int, what: str) -> str:
    """``1 function``, ``2 functions``, ``12,345 bytes``."""
    return f"{number:,} {what if number == 1 else _plural(what)}"


def _plural(word: str) -> str:
    return word[:-1] + "ies" if word.endswith("y") else word + "s"
