"""The MicroPythons of the desk that device code is tested in: 64-bit from PyPI, 32-bit from Debian.

Boards are 32-bit machines: viper ints, small ints and object sizes are those of the 32-bit one.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from firmware.debian import Archive, Missing, run

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasmdev" / "desk32"
_RETRY = 600  # seconds after a failure in which it isn't tried again


def micropython64() -> list[str]:
    """The command that runs the 64-bit MicroPython of this environment; append its options and the script."""
    # Not -m micropython: that loses the exit code.
    return [sys.executable, "-c", "import sys, micropython; sys.exit(micropython.main())"]


def micropython32() -> list[str] | None:
    """The command that runs a 32-bit x86 MicroPython, fetched on first use; None where it can't be had."""
    try:
        return _micropython32()
    except Missing:
        return None


def need_micropython32() -> list[str]:
    """``micropython32()``, or the present test is skipped with the reason."""
    try:
        return _micropython32()
    except Missing as why:
        pytest.skip(f"no 32-bit MicroPython: {why}")


@functools.lru_cache
def _micropython32() -> list[str]:
    command = _command()
    if command is None:
        _CACHE.mkdir(parents=True, exist_ok=True)
        with (_CACHE / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes, one of them fetches
            command = _command() or _fetch()
    return command


def _command() -> list[str] | None:
    root = _CACHE / "root"
    program = root / "usr" / "bin" / "micropython"
    loader = next(root.glob("**/ld-linux.so.2"), None)
    if not program.exists() or loader is None:
        return None
    libraries = ":".join(sorted({str(library.parent) for library in root.glob("**/*.so.*")}))
    return [str(loader), "--library-path", libraries, str(program)]


def _fetch() -> list[str]:
    failed = _CACHE / "failed"
    if failed.exists() and time.time() - failed.stat().st_mtime < _RETRY:
        raise Missing(failed.read_text())
    try:
        _unpack()
        command = _command()
        if command is None:
            raise Missing("Debian's package holds no usr/bin/micropython and ld-linux.so.2")
        run([*command, "-c", "pass"])
    except Missing as why:
        failed.write_text(str(why))
        raise
    return command


def _unpack() -> None:
    work = _CACHE / "work"
    shutil.rmtree(work, ignore_errors=True)
    Archive(work, "sid", "i386").unpack_with_dependencies("micropython", work / "root")
    shutil.rmtree(_CACHE / "root", ignore_errors=True)
    (work / "root").rename(_CACHE / "root")
    shutil.rmtree(work)
