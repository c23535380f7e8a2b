"""A machine that qemu emulates, with the runtime and with files, for a test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wasmdev.board.files import Files
from wasmdev.board.link import Link
from wasmdev_qemu.board import QemuBoard

from tests.qemu import prepared

PICO = 242_048  # bytes of heap that are free on a Pico
CODE = 131_072  # bytes of RAM for native code where a machine has such


@contextmanager
def machine(
    name: str,
    files: Mapping[str, bytes] | None = None,
    heap: int = PICO,
    executable: int = CODE,
    arch: str | None = None,
) -> Iterator[Link]:
    """A link to a machine that has these files in its flash, so many bytes of heap and, where that is
    apart, of RAM for native code. The runtime is that for ``arch``, the machine's own one where None.

    Skips the test where there is no qemu or no firmware for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        flash = prepared.flash(name, Path(folder, "flash.bin"), arch)
        firmware = prepared.firmware(name)
        board = QemuBoard(name, flash, firmware, heap=heap, executable=executable)
        with board, Link(board.port, patience=10) as link:
            put(link, files or {})
            yield link


def put(link: Link, files: Mapping[str, bytes]) -> None:
    """Write files to a board's flash, by their paths."""
    for path, content in files.items():
        Files(link).write(path, content)
