"""The wheel holds all that a board needs: it works without the checkout that it was built from."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from wasmdev import descriptions
from wasmdev.runtime import runtime

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True)
    if done.returncode and "hatchling" in done.stderr:
        pytest.skip("no package registry to get the build back end from")
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code with the wheel's packages."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(unpacked), **environment},
        cwd=unpacked.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_each_file_is_there_once(unpacked: Path) -> None:
    places: dict[bytes, list[str]] = {}
    for path in unpacked.rglob("*"):
        if path.is_file() and path.stat().st_size:
            places.setdefault(path.read_bytes(), []).append(path.relative_to(unpacked).as_posix())
    assert [paths for paths in places.values() if len(paths) > 1] == []


def test_the_runtime_and_the_boards_are_those_of_the_checkout(unpacked: Path) -> None:
    said = run(unpacked, "import wasmdev.runtime.runtime as r, wasmdev.descriptions as d\n"
                         "print(r.__file__, r.Runtime('armv6m').hash, *d.names())")  # fmt: skip
    path, *facts = said.stdout.split()
    assert path.startswith(str(unpacked)), said.stderr
    assert facts == [runtime.Runtime("armv6m").hash, *descriptions.names()]


def test_a_hint_speaks_of_make_only_where_there_is_a_makefile(unpacked: Path, tmp_path: Path) -> None:
    code = "from wasmdev.board import pico\npico._BUILT = 'none'\npico.firmware()"
    unset = {"WASMDEV_PICO": str(tmp_path), "WASMDEV_PICO_FIRMWARE": ""}
    hint = "give one from micropython.org/download/RPI_PICO: wasmdev pico --firmware FILE\n"
    assert run(unpacked, code, **unset).stderr.endswith(f"the emulated Pico has no firmware; {hint}")
    folders = ("host_tools", "firmware", "boards/sim", "boards/pico")
    checkout = os.pathsep.join(str(ROOT / folder) for folder in folders)
    assert run(unpacked, code, **unset, PYTHONPATH=checkout).stderr.endswith(
        f"the emulated Pico has no firmware; build one with make firmware, or {hint}"
    )


def test_flash_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    folders = {name: str(tmp_path / name) for name in ("WASMDEV_SIM", "WASMDEV_CACHE", "WASMDEV_DATA")}
    code = "import sys, wasmdev.cli; print(wasmdev.cli.__file__); sys.exit(wasmdev.cli.main(sys.argv[1:]))"
    module = ROOT / "examples" / "blink" / "blink.wasm"
    done = run(unpacked, code, "flash", str(module), "--port", "sim", **folders)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(unpacked))
    assert "granted   led: gpio.out 25" in done.stdout
    assert (tmp_path / "WASMDEV_SIM" / "lib" / "wasm.py").exists()
