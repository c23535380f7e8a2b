"""Modules out of packages of npm, fetched with npm itself and kept in the user's cache."""

from __future__ import annotations

import base64
import fcntl
import functools
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NoReturn

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasmdev" / "thirdparty"
TIMEOUT = 60  # seconds for a package
_WRONG = ("E404", "ETARGET", "EINTEGRITY")  # npm reached its registry, and the package is not what was asked for
# The magic number, version 1 and what follows: in base64, and as a list of numbers.
_EMBEDDED = re.compile(r"AGFzbQE[A-Za-z0-9+/]+=*")
_LISTED = re.compile(r"\b0,\s*97,\s*115,\s*109,\s*1,\s*0,\s*0,\s*0,[\d,\s]+")


class Missing(Exception):
    """Why a package can't be had on this machine."""


def module(package: str, file: str) -> bytes:
    """The binary in a file of a package such as ``name@1.2.3``.

    The file is the binary itself, or a script with the binary in it, as base64 or a list of numbers: the first
    one, or that which ``#`` and a number behind the file's name tell, from 0. Raises :class:`Missing` where npm or
    its registry can't be reached.
    """
    name, _, which = file.partition("#")
    content = (_unpacked(package) / name).read_bytes()
    if name.endswith(".wasm"):
        return content
    text = content.decode()
    found = [base64.b64decode(literal + "==") for literal in _EMBEDDED.findall(text)]
    if not found:
        found = [bytes(map(int, numbers.strip(", \n").split(","))) for numbers in _LISTED.findall(text)]
    if not found:
        raise ValueError(f"{package}: no module is embedded in {name}")
    return found[int(which or 0)]


@functools.cache
def _unpacked(package: str) -> Path:
    folder = CACHE / package.replace("/", "+")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes, one of them fetches
        if not folder.exists():
            _fetch(package, folder)
    return folder / "package"


def _fetch(package: str, folder: Path) -> None:
    npm = _npm()
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        command = [npm, "pack", package, "--fetch-retries=0", "--loglevel=error", "--pack-destination", temporary]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            _unreachable(f"npm pack {package} took more than {TIMEOUT} s")
        if done.returncode:
            code = re.search(r"npm error code (\S+)", done.stderr)
            if code and code[1] in _WRONG:
                raise ValueError(f"npm pack {package}: {done.stderr.strip()}")
            _unreachable(f"npm pack {package}: {code[1] if code else done.stderr[-200:]}")
        fresh = Path(temporary, "unpacked")
        with tarfile.open(next(Path(temporary).glob("*.tgz"))) as archive:
            archive.extractall(fresh, filter="data")
        fresh.rename(folder)


def _npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("npm is not installed")
    if _failures:
        raise Missing(_failures[0])
    return npm


_failures: list[str] = []  # one is enough: each try takes its time


def _unreachable(why: str) -> NoReturn:
    _failures.append(why)
    raise Missing(why)
