"""The official tests of WASI preview 1, in MicroPython of both word sizes. Their results are in docs/wasi.md."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import wasmc

from tests.desk import micropython64, need_micropython32
from tests.spec.run import library
from tests.wasi.suite import Missing, Program, listed, names, program

SCRIPT = Path(__file__).with_name("program.py")
VOLUME = Path(__file__).parents[1] / "device" / "volume.py"
HEAP = "32M"  # programs of 2 MB, built with all that helps to debug them
TIMEOUT = 120  # seconds
SYSTEMS = ("VfsFat", "VfsLfs2")  # those of boards

LISTED = listed()


@pytest.fixture(scope="module", params=[64, 32])
def micropython(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], Path]:
    """The command, and the runtime for it."""
    bits = request.param
    command = micropython64() if bits == 64 else need_micropython32()
    return command, library(tmp_path_factory.mktemp("runtime"), "x64" if bits == 64 else "x86")


@pytest.mark.parametrize("name", LISTED)
def test_program(name: str, micropython: tuple[list[str], Path], tmp_path: Path) -> None:
    try:
        wanted = program(name)
    except Missing as why:
        pytest.skip(f"set WASI_TESTSUITE to the folder of the tests of WASI: {why}")
    for system in ("", *SYSTEMS) if wanted.root else ("",):
        passes, output = run(wanted, *micropython, tmp_path / system, system)
        assert passes != bool(LISTED[name]), f"{system}: {output}"


def test_every_program_is_listed() -> None:
    try:
        assert names() == set(LISTED)
    except Missing as why:
        pytest.skip(str(why))
    assert sum(not reason for reason in LISTED.values()) >= 60


def run(wanted: Program, micropython: list[str], runtime: Path, folder: Path, system: str) -> tuple[bool, str]:
    """Whether a program ends as it must on the desk's files or on a file system of boards, and what it said."""
    folder.mkdir(exist_ok=True)
    image, config, root = folder / "program.img", folder / "config.json", folder / "root"
    image.write_bytes(wasmc.compile(wasmc.strip(wanted.binary)))
    if wanted.root:
        shutil.copytree(wanted.root, root)
    given = {"args": wanted.args, "env": wanted.env, "root": str(root) if wanted.root else "", "system": system}
    config.write_text(json.dumps({"image": str(image), **given}))
    done = subprocess.run(
        [*micropython, "-X", f"heapsize={HEAP}", str(SCRIPT), str(config)],
        env={**os.environ, "MICROPYPATH": f"{runtime}:{VOLUME.parent}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    passes = done.returncode == wanted.exit_code and wanted.stdout in (None, done.stdout)
    return passes, f"exit {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-1000:]}"
