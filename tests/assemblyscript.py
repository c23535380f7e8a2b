"""AssemblyScript's compiler and its WASI, fetched with npm itself and kept in the user's cache."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

VERSION = "0.28.20"  # the example's .wasm is this version's, byte for byte
PACKAGES = (f"assemblyscript@{VERSION}", "@assemblyscript/wasi-shim@0.1.0")
TIMEOUT = 120  # seconds for all of them
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasmdev" / "assemblyscript"


def install(project: Path) -> None:
    """Give a project's folder the compiler, as ``npm install`` would. Skips the test where npm can't."""
    modules = _fetched()
    if isinstance(modules, str):
        pytest.skip(modules)
    (project / "node_modules").symlink_to(modules)


@functools.cache
def _fetched() -> Path | str:
    """The folder ``node_modules``, or why there is none."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    folder = _CACHE / VERSION
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes, one of them fetches
        if not folder.exists():
            fresh = _CACHE / f"{VERSION}.tmp"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            command = [npm, "install", "--silent", "--fetch-retries=0", "--prefix", str(fresh), *PACKAGES]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                return f"npm install took more than {TIMEOUT} s"
            if done.returncode:
                return f"npm install: {done.stderr.strip()[-200:]}"
            fresh.rename(folder)
    return folder / "node_modules"  # of this name, for Node.js to find one package from another
