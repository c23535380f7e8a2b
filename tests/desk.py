"""The MicroPythons of the desk that device code is tested in: 64-bit from PyPI, 32-bit from Debian.

Boards are 32-bit machines: viper ints, small ints and object sizes are those of the 32-bit one.
"""

from __future__ import annotations

import fcntl
import functools
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasmdev" / "desk32"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_DOWNLOAD = 180  # seconds
_RETRY = 600  # seconds after a failure in which it isn't tried again


class Missing(Exception):
    """Why there is no 32-bit MicroPython here."""


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
        _run([*command, "-c", "pass"])
    except Missing as why:
        failed.write_text(str(why))
        raise
    return command


def _unpack() -> None:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise Missing(f"this machine has no {tool}")
    if not _KEYRING.exists():
        raise Missing(f"this machine has no {_KEYRING}")
    # A private apt state: nothing of the machine's own is read, but for the mirror, or changed.
    work = _CACHE / "work"
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("lists/partial", "archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {_mirror()} sid main\n")
    options = {
        "Dir::State": work,
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "APT::Architecture": "i386",
        "APT::Architectures": "i386",
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "1",
        "Acquire::Languages": "none",
        "Acquire::Retries": "1",
    }
    apt = ["apt-get", "-q", *(part for key, value in options.items() for part in ("-o", f"{key}={value}"))]
    _run([*apt, "update", "--error-on=any"])
    _run([*apt, "install", "--download-only", "--no-install-recommends", "-y", "micropython"])
    fresh = work / "root"
    for package in sorted((work / "archives").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(fresh)])
    shutil.rmtree(_CACHE / "root", ignore_errors=True)
    fresh.rename(_CACHE / "root")
    shutil.rmtree(work)


def _mirror() -> str:
    """The Debian archive that this machine's own apt uses."""
    sources = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    lines = [line for file in sources if file.is_file() for line in file.read_text().splitlines()]
    for line in lines:
        found = re.match(r"(?:URIs:|deb(?:\s+\[[^]]*])?)\s*(\S+)", line)
        if found and "debian" in found[1].rstrip("/").rpartition("/")[2] and "security" not in found[1]:
            return found[1]
    raise Missing("apt's sources on this machine name no Debian archive")


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_DOWNLOAD)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]}: {error}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"{command[0]} ended with {done.returncode}: {said[-1] if said else 'no message'}")
