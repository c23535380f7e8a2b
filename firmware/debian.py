"""Fetches Debian packages and sources into a folder, beside what the machine has installed and not into it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_LIMIT = 300  # seconds for one command


class Missing(Exception):
    """Why something can't be had on this machine."""


class Archive:
    """One Debian suite for one architecture, with a state of apt's of its own in the folder ``work``.

    Of the machine's apt only the address of its mirror is used. Raises Missing where that can't work.
    """

    def __init__(self, work: Path, suite: str, arch: str | None = None) -> None:
        for tool in ("apt-get", "dpkg-deb"):
            if shutil.which(tool) is None:
                raise Missing(f"this machine has no {tool}")
        if not _KEYRING.exists():
            raise Missing(f"this machine has no {_KEYRING}")
        self._work = work
        for folder in ("lists/partial", "archives/partial", "sources"):
            (work / folder).mkdir(parents=True, exist_ok=True)
        (work / "status").touch()
        mirror = _mirror()
        lines = [f"{kind} [signed-by={_KEYRING}] {mirror} {suite} main\n" for kind in ("deb", "deb-src")]
        (work / "sources.list").write_text("".join(lines))
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
            "APT::Sandbox::User": "root",
            "Debug::NoLocking": "1",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        if arch:
            options |= {"APT::Architecture": arch, "APT::Architectures": arch}
        self._apt = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items())]
        self._run("update", "--error-on=any")

    def unpack_with_dependencies(self, package: str, root: Path) -> None:
        """Unpack a package and all that it depends on below ``root``."""
        self._run("install", "--download-only", "--no-install-recommends", "-y", package)
        self._unpack(self._work / "archives", root)

    def unpack(self, packages: list[str], root: Path) -> None:
        """Unpack these packages alone below ``root``."""
        self._run("download", *packages)
        self._unpack(self._work / "sources", root)

    def source(self, package: str, folder: Path) -> Path:
        """Unpack a package's upstream source, without Debian's changes; the folder of the source."""
        folder.mkdir(parents=True, exist_ok=True)
        run(["tar", "-xf", str(self._tarball(package)), "-C", str(folder)])
        [unpacked] = folder.glob(f"{package}-*")
        return unpacked

    def part(self, package: str, folder: Path, members: list[str]) -> Path:
        """Unpack these files of a package's upstream source, their paths as in it; ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        named = [f"*/{member}" for member in members]
        tarball = str(self._tarball(package))
        run(["tar", "-xf", tarball, "-C", str(folder), "--strip-components=1", "--wildcards", *named])
        return folder

    def _tarball(self, package: str) -> Path:
        self._run("source", "--download-only", package)
        [tarball] = (self._work / "sources").glob(f"{package}_*.orig.tar.*[!c]")
        return tarball

    def _run(self, *arguments: str) -> None:
        run([*self._apt, *arguments], cwd=self._work / "sources")

    def _unpack(self, packages: Path, root: Path) -> None:
        for package in sorted(packages.glob("*.deb")):
            run(["dpkg-deb", "-x", str(package), str(root)])


def run(command: list[str], cwd: Path | None = None) -> None:
    """Run a command to its end. Raises Missing with the last line that it said when it fails."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=_LIMIT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]}: {error}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"{command[0]} ended with {done.returncode}: {said[-1] if said else 'no message'}")


def main(build: Callable[[Path], None], usage: str) -> int:
    """The command line of a build, whose one argument is the folder for what it makes; the exit code."""
    if len(sys.argv) != 2:
        print(usage)
        return 2
    try:
        build(Path(sys.argv[1]).resolve())
    except Missing as why:
        print(f"error: can't build the firmware: {why}", file=sys.stderr)
        return 1
    return 0


def _mirror() -> str:
    """The Debian archive that this machine's own apt uses."""
    sources = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    lines = [line for file in sources if file.is_file() for line in file.read_text().splitlines()]
    for line in lines:
        found = re.match(r"(?:URIs:|deb(?:\s+\[[^]]*])?)\s*(\S+)", line)
        if found and "debian" in found[1].rstrip("/").rpartition("/")[2] and "security" not in found[1]:
            return found[1]
    raise Missing("apt's sources on this machine name no Debian archive")
