"""CONTRIBUTING.md: what it names is there, its commands can be typed, and its lists are whole."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_layers import LAYERS, MODULES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "CONTRIBUTING.md"
TEXT = PAGE.read_text(encoding="utf-8")
PICTURE = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
TOP = tuple(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
COMMANDS = sorted(set(re.findall(r"`(make [^`]+|\.venv/bin/python [^`]+)`", TEXT)))
SOURCES = {".py", ".md", ".toml", ".wit", ".h", ".rs", ".zig", ".ts"}
# What there is already, as the example of what a list adds: a name as it stands in files.
EXAMPLES = {
    "An instruction": r"extend16_s|popcnt",
    "An interface for guests": r'wasi_pwm|"pwm"',
    "A sensor": r"mpu6050",
    "A board": r"esp32c6",
}
APART = ("docs/", "tests/docs/", "tests/bench/", "tests/unit/test_examples.py")  # pages and programs that use it


def named(text: str) -> list[str]:
    """The paths that a text names, ``NAME`` in them for any name."""
    words = [word for span in re.findall(r"`([^`]+)`", text) for word in span.split()]
    words += re.findall(r"\]\(([^)#]+)\)", text)
    return [word for word in words if word.split("/")[0] in TOP or re.fullmatch(r"\w+\.(md|toml)", word)]


def section(title: str) -> str:
    return TEXT.partition(f"\n### {title}\n")[2].partition("\n##")[0]


def test_every_path_is_there() -> None:
    paths = named(TEXT)
    assert len(paths) > 100
    mine = ("bench.toml",)  # the reader's own
    assert [path for path in paths if path not in mine and not list(ROOT.glob(path.replace("NAME", "*")))] == []


def test_every_folder_is_in_the_table_and_in_the_picture() -> None:
    table = TEXT.partition("| folder |")[2].partition("\n\n")[0]
    layers = {name for layer in LAYERS for name in layer.split() if name in MODULES}
    folders = [name for name in layers if MODULES[name].name == "__init__.py" and name.count(".")]
    assert len(folders) > 12
    for name in folders:
        path = MODULES[name].parent.relative_to(ROOT).as_posix()
        inner = any(other.startswith(f"{name}.") for other in folders)
        assert inner or f"`{path}`" in table
        assert inner or f">{'/'.join(name.split('.')[1:])}<" in PICTURE, "the picture lacks it"


@pytest.mark.parametrize("title", EXAMPLES)
def test_a_list_has_every_file_that_knows_of_one(title: str) -> None:
    patterns = [path.replace("NAME", "*") for path in named(section(title))]
    listed = {path for pattern in patterns for path in ROOT.glob(pattern)}
    found = []
    for folder in ("firmware", "device_lib", "host_tools", "boards", "tests"):
        found += [path for path in (ROOT / folder).rglob("*") if path.suffix in SOURCES]
    knows = re.compile(EXAMPLES[title], re.IGNORECASE)
    missing = []
    for path in found:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(APART) or "node_modules" in name or listed & {path, *path.parents}:
            continue
        if knows.search(path.read_text(encoding="utf-8")):
            missing.append(name)
    assert missing == []
    assert len(listed) > 6


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_to_be_typed(command: str) -> None:
    """That it would run: tests are collected, make and the benchmarks tell what they would do."""
    words = shlex.split(command)
    if words[0] == "make":
        words.insert(1, "--dry-run")
    else:
        words[0] = sys.executable
        module = words[2]
        words.append({"pytest": "--collect-only", "tests.breaks": ""}.get(module, "--help"))
    done = subprocess.run([word for word in words if word], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
