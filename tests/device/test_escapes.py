"""Hostile modules: nothing is reached, each denial is counted, and the board goes on."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import wasmc
from wasmdev.app.native import build

from tests.device.escapes import ATTEMPTS, Attempt, module
from tests.device.script import HERE, LACKS, run
from tests.wat import wat

MOST = 60  # in one process: MicroPython keeps the name of each file of native code for ever
ARCHITECTURES = {64: "x64", 32: "x86"}
SAID = {
    node.targets[0].id: ast.literal_eval(node.value)
    for node in ast.parse((HERE / "escape_board.py").read_text()).body
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
}
SECRET = SAID["SECRET"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A board's files, and links out of the guest's folder that someone left there."""
    for folder in SAID["FOLDERS"]:
        (tmp_path / folder).mkdir()
    for file in SAID["FILES"]:
        (tmp_path / file).write_text(SECRET)
    (tmp_path / "data" / "outward").symlink_to(tmp_path)
    (tmp_path / "data" / "file-outward").symlink_to(tmp_path / "secret")
    return tmp_path


def test_there_are_enough_of_them() -> None:
    assert len(ATTEMPTS) >= 150
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


def check(attempts: Sequence[Attempt], lines: Sequence[str], fat: bool = False) -> None:
    """Hold what a board said of each attempt against what is right."""
    wrong = []
    for attempt, line in zip(attempts, lines, strict=False):
        right = attempt.on_fat if fat and attempt.on_fat is not None else attempt.right
        expected = json.dumps([right, [attempt.denied] if attempt.denied else [], [], 0, True])
        if line != expected:
            wrong.append((attempt.name, line, expected))
    assert not wrong, wrong
    assert len(lines) == len(attempts)


@pytest.mark.parametrize("native", [False, True], ids=["interpreted", "native"])
@pytest.mark.parametrize("bits", [64, 32])
def test_escapes(bits: int, native: bool, root: Path) -> None:
    arch = ARCHITECTURES[bits] if native else ""
    for number, attempt in enumerate(ATTEMPTS):
        put(wat(module(attempt)), root / f"{number}.img", arch)
    before = sorted(str(path) for path in root.rglob("*"))
    for first in range(0, len(ATTEMPTS), MOST):
        attempts = ATTEMPTS[first : first + MOST]
        numbers = str(first), str(first + len(attempts))
        code, output = run(HERE / "escape_board.py", str(root), *numbers, str(root), bits=bits)
        check(attempts, output.splitlines())
        assert code == 0, output[-1000:]
    after = sorted(str(path) for path in root.rglob("*"))
    assert after == sorted([*before, str(root / "data" / "held")])
    for file in SAID["FILES"]:
        assert (root / file).read_text() == SECRET


@pytest.mark.parametrize("system", ["VfsFat", "VfsLfs2"])
@pytest.mark.parametrize("bits", [64, 32])
def test_escapes_on_file_systems_of_boards(bits: int, system: str, tmp_path: Path) -> None:
    attempts = [attempt for attempt in ATTEMPTS if "outward" not in attempt.name]  # boards have no links
    for number, attempt in enumerate(attempts):
        put(wat(module(attempt)), tmp_path / f"{number}.img", "")
    numbers = "0", str(len(attempts))
    code, output = run(HERE / "escape_board.py", str(tmp_path), *numbers, system, bits=bits, disk=True)
    if code == LACKS:
        pytest.skip(output.strip())
    *lines, inventory = output.splitlines()
    check(attempts, lines, system == "VfsFat")
    assert code == 0, output[-1000:]
    folders = {f"/ram/{folder}": None for folder in SAID["FOLDERS"]}
    files = {f"/ram/{file}": SECRET for file in SAID["FILES"]}
    assert json.loads(inventory) == {**folders, **files, "/ram/data/held": ""}
