"""Hostile modules: nothing is reached, each denial is counted, and the board goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import wasmc
from wasmdev.native import build

from tests.device.escapes import ATTEMPTS, module
from tests.device.script import HERE, run
from tests.wat import wat

ARCHITECTURES = {64: "x64", 32: "x86"}
SECRET = "the board's own"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A board's files: a folder for the guest, others beside it, and links out of it that someone left there."""
    for folder in ("data/inner", "wasmdev", "lib"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("secret", "wasmdev/victim.json", "lib/wasm.py"):
        (tmp_path / file).write_text(SECRET)
    (tmp_path / "data" / "outward").symlink_to(tmp_path)
    (tmp_path / "data" / "file-outward").symlink_to(tmp_path / "secret")
    return tmp_path


def test_there_are_enough_of_them() -> None:
    assert len(ATTEMPTS) >= 60
    assert len({attempt.name for attempt in ATTEMPTS}) >= len(ATTEMPTS) - 1


def put(binary: bytes, image: Path, arch: str) -> None:
    """Write the image of a module, and native code beside it where an architecture is given."""
    if not arch:
        image.write_bytes(wasmc.compile(binary))
        return
    decoded = wasmc.decode(binary)
    wasmc.validate(decoded)
    code = build(decoded, arch, everything=True)
    assert code.taken, code.refused
    image.write_bytes(code.image)
    image.with_name(code.file).write_bytes(code.mpy)


@pytest.mark.parametrize("native", [False, True], ids=["interpreted", "native"])
@pytest.mark.parametrize("bits", [64, 32])
def test_escapes(bits: int, native: bool, root: Path) -> None:
    arch = ARCHITECTURES[bits] if native else ""
    for number, attempt in enumerate(ATTEMPTS):
        put(wat(module(attempt)), root / f"{number}.img", arch)
    before = sorted(str(path) for path in root.rglob("*"))
    code, output = run(HERE / "escape_board.py", str(root), f"{root}/data", str(len(ATTEMPTS)), bits=bits)
    lines = output.splitlines()
    wrong = []
    for attempt, line in zip(ATTEMPTS, lines, strict=False):
        result, counted, pins, same = json.loads(line)
        if (result, counted, pins, same) != (attempt.right, [attempt.denied] if attempt.denied else [], [], True):
            wrong.append((attempt.name, line, attempt.right, attempt.denied))
    assert not wrong, wrong
    assert code == 0, output[-1000:]
    assert len(lines) == len(ATTEMPTS)
    after = sorted(str(path) for path in root.rglob("*"))
    assert after == sorted([*before, str(root / "data" / "held")])
    for file in ("secret", "wasmdev/victim.json", "lib/wasm.py"):
        assert (root / file).read_text() == SECRET
