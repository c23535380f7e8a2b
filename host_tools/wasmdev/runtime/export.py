"""The runtime as files, for those who put it on boards by other means: mip, or a firmware of their own.

``package.json`` is for MicroPython's package installer, and puts on a board what ``wasmdev install`` puts there.
``manifest.py`` is for a build of MicroPython, which freezes the runtime in.
"""

from __future__ import annotations

import json
import posixpath
from pathlib import Path

from wasmdev import __version__
from wasmdev.runtime.runtime import LOADER, Runtime

_LIBRARY = posixpath.dirname(LOADER)  # where mip puts what it installs
_MANIFEST = """\
# wasmdev {version}, runtime {hash} for {arch}: make FROZEN_MANIFEST=, or include(), this file.
# Up to MicroPython 1.25 at least, tools/mpy-tool.py aligns frozen code for Thumb to 2 bytes, and code that reads
# constants then reads wrong ones: let it say aligned (4) there.
freeze("frozen")
"""


def export(folder: Path, arch: str) -> Runtime:
    """Write the runtime for an architecture, as mpy-cross spells it. Raises :class:`WasmdevError`, OSError."""
    runtime = Runtime(arch)
    for path, content in runtime.frozen().items():
        _write(folder / "frozen" / path, content)
    facts = {"version": __version__, "hash": runtime.hash, "arch": arch}
    _write(folder / "manifest.py", _MANIFEST.format(**facts).encode())
    # The loader comes last: it is what selects the files before it.
    files = {posixpath.relpath(path, _LIBRARY): content for path, content in runtime.files().items()}
    files[posixpath.relpath(LOADER, _LIBRARY)] = runtime.loader
    for path, content in files.items():
        _write(folder / "mip" / path, content)
    urls = [[path, f"mip/{path}"] for path in files]
    _write(folder / "package.json", json.dumps({"urls": urls, "version": __version__}, indent=1).encode())
    return runtime


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
