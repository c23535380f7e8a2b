"""Compiles the Pico's emulator for the Python that runs this, where a C compiler and Python's headers are there.

    python -m firmware.rp2040.emulator

Its wheel keeps to Python's stable ABI, where calls between its parts are looked up by name: a third of the speed.
The same C, which the wheel contains, is compiled into files beside it that Python prefers.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

_CHECK = "from rp2040py.simulator import Simulator; Simulator()"
_PACKAGES = "gcc libc6-dev python3-dev"


def is_possible() -> bool:
    """Whether there are a C compiler and Python's headers."""
    return bool(shutil.which("cc")) and Path(sysconfig.get_paths()["include"], "Python.h").exists()


def build(sources: Path) -> int:
    """Compile what is missing of a folder's C, or older than it. Returns how many files were made.

    Raises subprocess.CalledProcessError when the compiler fails, or the emulator then doesn't start: nothing
    of what was made stays.
    """
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    wanted = {source: source.with_suffix(suffix) for source in sorted(sources.glob("_*.c"))}
    todo = {s: t for s, t in wanted.items() if not t.exists() or t.stat().st_mtime < s.stat().st_mtime}
    with tempfile.TemporaryDirectory(dir=sources) as scratch:

        def compile(source: Path) -> None:
            include = sysconfig.get_paths()["include"]
            made = Path(scratch, wanted[source].name)
            command = ["cc", "-O2", "-fPIC", "-shared", f"-I{include}", "-o", made, source]
            subprocess.run(command, check=True, capture_output=True, text=True)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(compile, todo))
        for target in todo.values():
            Path(scratch, target.name).replace(target)
    try:
        subprocess.run([sys.executable, "-c", _CHECK], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError:
        for target in todo.values():
            target.unlink()
        raise
    return len(todo)


def main() -> None:
    package = find_spec("rp2040py.native")
    assert package
    assert package.submodule_search_locations
    if not is_possible():
        print(f"the Pico's emulator stays three times slower than it can be: apt-get install {_PACKAGES}")
        return
    try:
        made = build(Path(package.submodule_search_locations[0]))
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or "").strip().splitlines() or [str(error)]
        print(f"the Pico's emulator stays three times slower than it can be: {lines[-1]}")
        return
    if made:
        print(f"compiled the Pico's emulator for this Python: {made} files")


if __name__ == "__main__":
    main()
