"""wasmdev new: each project builds, flashes and runs as it is made."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from wasmdev import cli

from tests import compilers

LANGUAGES = {"c": "lamp.c", "zig": "lamp.zig", "rust": "lamp.rs", "as": "lamp.ts"}


def wasmdev(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(list(arguments))
    assert isinstance(end.value.code, int)
    return end.value.code, *capfd.readouterr()


@pytest.mark.ports("sim")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_of_a_new_project_work(
    port: str, language: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = wasmdev(capfd, "new", "lamp", "--lang", language)
    assert (code, err) == (0, "")
    listed, _, told = out.partition("now:\n")
    files = {LANGUAGES[language], "lamp.toml", "README.md", ".gitignore"}
    if language == "as":
        files.add("package.json")
        packages = json.loads(Path("lamp/package.json").read_text())["devDependencies"]
        assert packages == {"assemblyscript": f"^{compilers.ASC}"}
    assert {path.name for path in Path("lamp").iterdir()} == files
    assert listed.count("made") == len(files)
    monkeypatch.chdir("lamp")
    compilers.require(Path(LANGUAGES[language]).absolute())
    lines = re.findall(r"^  (.*)$", told, re.MULTILINE)
    assert lines[0] == "cd lamp"
    assert lines[1:] == re.findall(r"^    (.*)$", Path("README.md").read_text(), re.MULTILINE)
    assert lines[1:-3] == (["npm install"] if language == "as" else [])
    commands = [line.removeprefix("wasmdev ") for line in lines[-3:]]
    for command in commands:
        code, out, err = wasmdev(capfd, *shlex.split(command))
        assert code == 0, err
    levels = "".join(re.findall(r"GP25 LED +([01])$", out, re.MULTILINE))
    assert levels.removeprefix("0").startswith("10" * 4 + "1")  # what ran before may have left it on


@pytest.mark.ports("sim")
def test_what_is_there_is_not_touched(
    port: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    assert wasmdev(capfd, "new", "empty")[0] == 0
    Path("empty/empty.c").write_text("mine")
    Path("file").write_text("mine")
    for name in ("empty", "file"):
        code, out, err = wasmdev(capfd, "new", name)
        assert (code, out, err) == (2, "", f"error: {name} is there already, and not empty; give another name\n")
    assert Path("empty/empty.c").read_text() == Path("file").read_text() == "mine"
    for arguments, error in (
        (["lamp", "--lang", "cobol"], "--lang cobol; use one of c, zig, rust, as"),
        (["a lamp"], "'a lamp' can't be a module's name; "),
        (["x y/a 'lamp'"], '"a \'lamp\'" can\'t be a module\'s name; '),
        (["lamp.wasm"], "'lamp.wasm' can't be a module's name; "),
        (["file/lamp"], "can't write file/lamp: "),
    ):
        code, out, err = wasmdev(capfd, "new", *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"error: {error}")
    assert not Path("lamp").exists()


@pytest.mark.ports("sim")
def test_what_is_told_can_be_typed(
    port: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = wasmdev(capfd, "new", "my projects/lamp")
    assert (code, err) == (0, "")
    assert "\n  cd 'my projects/lamp'\n" in out
    for refused in ("my projects/a lamp", "-x!", "lamp.wasm"):
        code, _, err = wasmdev(capfd, "new", "--", refused)
        assert code == 2
        (_, suggested) = shlex.split(err.partition("as in: wasmdev ")[2])
        assert wasmdev(capfd, "new", suggested)[0] == 0
