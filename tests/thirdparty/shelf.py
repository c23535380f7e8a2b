"""A file system for the emulated Pico's flash, with files that no time is spent on sending."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from wasmdev_pico.flash import SIZE

from tests.desk import micropython64

ROOM = 1408 * 1024  # of the chip's end, as MicroPython's build for RPI_PICO has it
_MAKER = Path(__file__).with_name("upy_shelf.py")


def write(flash: Path, files: Mapping[str, bytes]) -> None:
    """Make ``flash``, a file with the contents of the chip (``PicoBoard``), where files are in the root folder.

    MicroPython itself makes the file system, in its port for this machine. Raises RuntimeError where the files
    don't fit.
    """
    flash.parent.mkdir(parents=True, exist_ok=True)
    content = flash.with_suffix(".fs")
    sizes = json.dumps([(name, len(data)) for name, data in files.items()])
    done = subprocess.run(
        [*micropython64(), "-X", "heapsize=8M", str(_MAKER), str(content), str(ROOM)],
        input=b"".join((sizes.encode(), b"\n", *files.values())),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    if done.returncode:
        raise RuntimeError(f"no file system for {len(files)} files: {done.stdout.decode()}")
    flash.write_bytes(b"\xff" * (SIZE - ROOM) + content.read_bytes())
    content.unlink()
