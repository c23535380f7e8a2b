"""What hints tell to type: words that a shell takes for what they are, names that are not refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from wasmdev import cli, typed

from tests.wat import wat

EMPTY = wat('(module (func (export "_start")))')


ODD = ("a b.wasm", "it's.c", "-x.wasm", "$(ls)", "*", "~", "a\\b", "é", "a;b", "tab\there", "\x1b[1m'")


@pytest.mark.parametrize("text", ODD)
def test_a_shell_takes_a_word_for_what_it_is(text: str) -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash")
    word = typed.word(text)
    assert word.isprintable()
    said = subprocess.run([shell, "-c", f"printf %s {word}"], capture_output=True, text=True, check=True).stdout
    assert said in (text, f"./{text}")


@pytest.mark.parametrize(
    ("text", "name"),
    [("a lamp", "a_lamp"), (".hidden", "hidden"), ("-x", "x"), ("lamp.wasm", "lamp"), ("x" * 40, "x" * 31),
     ("лампа", "app"), ("", "app"), ("..", "app"), ("a.img.wasm", "a"), ("é.wasm", "app"), (".wasm", "app")],
)  # fmt: skip
def test_a_name_like_one_that_is_refused(text: str, name: str) -> None:
    assert not typed.is_name(text)
    assert typed.name_like(text) == name
    assert typed.is_name(name)


@pytest.fixture
def wasmdev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs a command in an empty folder: exit code and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(list(arguments))
        return int(end.value.code or 0), capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("files", "given", "hint"),
    [
        (["lamp.c", "lamp.toml"], ".", "build it first: wasmdev build lamp.c"),
        (["lamp.c", "lamp.wasm"], ".", "give lamp.wasm"),
        (["lamp/lamp.zig"], "lamp", "build it first: wasmdev build lamp/lamp.zig"),
        (["lamp/lamp.wasm"], "lamp/", "give lamp/lamp.wasm"),
        (["lamp.c"], "lamp.wasm", "build it first: wasmdev build lamp.c"),
        (["lamp.c", "other.c"], "lamp.wasm", "build it first: wasmdev build lamp.c"),
        (["my lamp.rs"], "my lamp.wasm", "build it first: wasmdev build 'my lamp.rs'"),
        (["a/lamp.ts"], "a/lamp.wasm", "build it first: wasmdev build a/lamp.ts"),
        (["lamp.wasm"], "lamp", "give lamp.wasm"),
        (["lamp.c"], "lamp", "build it first: wasmdev build lamp.c"),
        (["lamp.wasm", "fan.wasm"], "lmap.wasm", "give lamp.wasm"),
        (["lamp.wasm", "fan.wasm"], ".", "give the path of a .wasm file"),
        (["a.c", "b.c"], "lamp.wasm", "give the path of a .wasm file"),
        ([], "no/lamp.wasm", "give the path of a .wasm file"),
        ([], ".", "give the path of a .wasm file"),
    ],
)
@pytest.mark.parametrize("command", ["flash", "validate"])
def test_what_to_type_where_there_is_no_module(
    wasmdev, files: list[str], given: str, hint: str, command: str
) -> None:
    for file in map(Path, files):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(EMPTY)
    code, error = wasmdev(command, given)
    assert (code, error.count("\n")) == (2, 1)
    assert error.startswith(f"error: can't read {given.rstrip('/')}: ")
    assert error.endswith(f"; {hint}\n")


def test_a_source_in_place_of_a_module(wasmdev) -> None:
    Path("my lamp.c").write_text("int main(void) { return 0; }")
    code, error = wasmdev("validate", "my lamp.c")
    assert code == 1
    assert error.endswith("; compile it with: wasmdev build 'my lamp.c'\n")


@pytest.mark.parametrize("file", ["my lamp.wasm", "лампа.wasm", "lamp.wasm.wasm", ".lamp.wasm"])
def test_a_name_that_is_refused_comes_with_one_that_is_not(wasmdev, file: str) -> None:
    Path(file).write_bytes(EMPTY)
    code, error = wasmdev("flash", file, "--port", "/dev/ttyNONE")
    assert code == 2
    _, option, name = error.removesuffix("\n").rsplit(" ", 2)
    assert option == "--name"
    code, error = wasmdev("flash", file, "--name", name, "--port", "/dev/ttyNONE")
    assert (code, "can't open /dev/ttyNONE" in error) == (1, True)


def test_the_command_that_flashes_a_file(tmp_path: Path) -> None:
    assert typed.flash(Path("lamp.wasm")) == "wasmdev flash lamp.wasm"
    assert typed.flash(Path("a b/my lamp.wasm")) == "wasmdev flash 'a b/my lamp.wasm' --name my_lamp"
