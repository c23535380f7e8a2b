"""What the user sees: stages, tables and progress, plain where the output isn't a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

_PLAIN_WIDTH = 200  # columns of a table in a pipe, where nothing may be cut or wrapped


def _console() -> Console:
    # Made anew each time: it holds the stream that is standard output at that moment.
    width = None if sys.stdout.isatty() else _PLAIN_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Print a line, in a Rich style on a terminal."""
    _console().print(Text(text, style=style))


def stage(what: str, details: str = "") -> None:
    """A step that is done."""
    line = Text("  ").append(f"{what:<10}", style="green").append(details)
    line.rstrip()
    _console().print(line)


def note(text: str) -> None:
    """A remark that isn't part of the output of the command: on standard error."""
    print(text, file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """Something that may not be meant so."""
    note(f"warning: {text}")


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> None:
    """Aligned columns of some rows under headers; ``right`` names those that are aligned to the right."""
    grid = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(headers))
    for column in range(len(rows[0])):
        header = headers[column] if headers else ""
        grid.add_column(header, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(str(cell)) for cell in row))
    console = _console()
    with console.capture() as captured:
        console.print(grid)
    for line in captured.get().splitlines():
        print(line.rstrip())


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar of ``total`` bytes that goes when it is full; calls with a number of bytes move it on."""
    if not sys.stdout.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("  {task.description:<9}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.advance(task, count)


def count(number: int, what: str) -> str:
    """``1 function``, ``2 functions``, ``12,345 bytes``."""
    return f"{number:,} {what if number == 1 else _plural(what)}"


def _plural(word: str) -> str:
    return word[:-1] + "ies" if word.endswith("y") else word + "s"
