"""The compilers that tests build with. AssemblyScript's is fetched with npm itself, into the user's cache."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from wasmdev.errors import WasmdevError
from wasmdev.source import toolchains

ASC = "0.28.20"
PACKAGES = (f"assemblyscript@{ASC}", "@assemblyscript/wasi-shim@0.1.0")
TIMEOUT = 120  # seconds for all of them
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasmdev" / "assemblyscript"


def require(source: Path) -> None:
    """Skip the test unless a source can be built; for AssemblyScript its folder gets the packages from npm."""
    if source.suffix == ".ts":
        _install(source.parent)
    language = toolchains.language(source)
    try:
        language.commands(toolchains.Plan(source, source.with_suffix(".wasm"), toolchains.is_program(source)))
    except WasmdevError as error:
        pytest.skip(str(error))


def _install(project: Path) -> None:
    """What ``npm install`` does."""
    modules = _fetched()
    if isinstance(modules, str):
        pytest.skip(modules)
    if not (project / "node_modules").exists():
        (project / "node_modules").symlink_to(modules)


@functools.cache
def _fetched() -> Path | str:
    """The folder ``node_modules``, or why there is none."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    folder = _CACHE / ASC
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes, one of them fetches
        if not folder.exists():
            fresh = _CACHE / f"{ASC}.tmp"
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
