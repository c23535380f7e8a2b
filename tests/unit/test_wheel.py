"""The wheel holds all that a board needs: it works without the checkout that it was built from."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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


def test_flash_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    folders = {name: str(tmp_path / name) for name in ("WASMDEV_SIM", "WASMDEV_CACHE", "WASMDEV_DATA")}
    code = "import sys, wasmdev.cli; print(wasmdev.cli.__file__); sys.exit(wasmdev.cli.main(sys.argv[1:]))"
    module = ROOT / "examples" / "blink" / "blink.wasm"
    done = subprocess.run(
        [sys.executable, "-c", code, "flash", str(module), "--port", "sim"],
        env={**os.environ, **folders, "PYTHONPATH": str(unpacked)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(unpacked))
    assert "granted   led: gpio.out 25" in done.stdout
    assert (tmp_path / "WASMDEV_SIM" / "lib" / "wasm.py").exists()
