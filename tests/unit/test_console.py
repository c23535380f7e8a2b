"""What goes to the user's terminal has nothing in it that the terminal obeys, wherever it comes from."""

from __future__ import annotations

import ast
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import wasmdev
from wasmdev import cli, console

from tests.wat import wat

SOURCES = sorted(Path(wasmdev.__file__).parent.rglob("*.py"))
# The name of a file or of whatever is in one: it would clear the screen, ring, turn the text around, begin a line,
# and be taken for Rich's markup.
EVIL = "x\x1b[2J\a\b\x9b31m\x7f\u202egnp\u2066\u200f\u2028\r\nerror: [red]all is lost \ufeff\xad"
SHOWN = r"x\x1b[2J\x07\x08\x9b31m\x7f\u202egnp\u2066\u200f\u2028\r\nerror: [red]all is lost \ufeff\xad"
WRITTEN = "".join(f"\\{byte:02x}" for byte in EVIL.encode())
MODULE = f"""(module
  (@custom "{WRITTEN}" "gone")
  (import "{WRITTEN}" "{WRITTEN}" (func (param i32)))
  (func $f (export "{WRITTEN}") (param i32) (result i32) (loop (br 0)) (local.get 0))
  (func (export "_start"))
  %s)"""


def clean(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


@pytest.fixture
def run(capsys):
    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        assert isinstance(end.value.code, int)
        return end.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def module(tmp_path):
    folder = tmp_path / EVIL
    folder.mkdir()
    path = folder / "evil.wasm"
    path.write_bytes(wat(MODULE % ""))
    return path


def test_only_one_module_writes_to_the_terminal():
    """print and the standard streams are for the console; a compiler that is run has its own."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            is_print = isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "typer.echo", "input")
            is_stream = isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdout", "sys.stderr")
            if is_print or is_stream:
                found.append((path.name, ast.unparse(node)))
    elsewhere = {each for each in found if each[0] != "console.py"}
    assert elsewhere == {
        ("cli.py", "sys.stdout"),  # whether it is a terminal, and its end
        ("cli.py", "sys.stderr"),
        ("cli.py", "typer.echo(f'wasmdev {__version__}')"),
        ("execute.py", "sys.stdout"),  # flushed
        ("toolchains.py", "sys.stdout"),
        ("toolchains.py", "sys.stderr"),
    }


def test_what_is_escaped():
    assert console.visible(EVIL) == SHOWN
    plain = "plain, \u00fc\u4e2d\u6587 \U0001f600 \u20ac"
    assert console.visible(plain) == plain
    assert console.visible("\0") == r"\x00"
    assert console.visible("\udc80\U000e0041") == r"\udc80\U000e0041"
    assert console.visible("a\tb\nc\u202e", "\n\t") == "a\tb\nc\\u202e"


@pytest.mark.parametrize("words", [["inspect"], ["inspect", "--arch", "armv6m"], ["validate"]])
def test_a_modules_names(run, module, words):
    code, out, err = run(words[0], module, *words[1:])
    assert (code, err) == (0, "")
    assert clean(out)
    assert out.count(SHOWN) == (1 if words[0] == "validate" else 5)


@pytest.mark.parametrize("words", [
    ["validate", "."], ["inspect", "nothing"], ["flash", "nothing"], ["run", EVIL + "/"], [EVIL],
    ["call", EVIL, "f", EVIL], ["inspect", EVIL + "\0"],
    ["run", "x", "--press", EVIL], ["sim", "--board", EVIL], ["ls", "--port", EVIL],
    ["sim", "--serve", EVIL], ["strip", "nothing", "-o", EVIL], ["new", EVIL], ["build", EVIL],
    ["inspect", "x.wasm", "--arch", EVIL], ["flash", "x.wasm", "--memory", EVIL],
])  # fmt: skip
def test_errors(run, module, monkeypatch, words):
    monkeypatch.chdir(module.parent)
    code, out, err = run(*words)
    assert code in (1, 2)
    assert (out, err.count("\n")) == ("", 1)
    assert clean(err)


def test_a_broken_module_by_its_files_name(run, module):
    module.write_bytes(module.read_bytes()[:-1])
    code, _, err = run("validate", module)
    assert (code, err.count("\n"), clean(err)) == (1, 1, True)


def test_a_toml_beside_it(run, module):
    module.write_bytes(wat('(module (func (export "f")))'))
    key = EVIL.encode("unicode_escape").decode().replace("\\x", "\\u00")
    module.with_suffix(".toml").write_text(f'[grants]\n"{key}" = {{ gpio = "sideways", pin = 1 }}\n')
    code, _, err = run("flash", module, "--port", "nowhere", "--board", "pico")
    assert (code, clean(err), err.count("\n")) == (1, True, 1)


def test_an_encoding_that_lacks_a_letter(module, tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    module.write_bytes(wat('(module (func (export "gr\u00fc\u00df")))'))
    command = [sys.executable, "-m", "wasmdev", "inspect", str(module)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0
    assert "gr\\xfc\\xdf" in done.stdout


def test_on_a_terminal(module):
    """Where Rich writes sequences of its own: no other is there."""
    parent, child = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "500"}
    command = [sys.executable, "-m", "wasmdev", "inspect", str(module)]
    with subprocess.Popen(command, stdout=child, stderr=child, stdin=child, env=environment):
        os.close(child)
        said = b""
        try:
            while part := os.read(parent, 4096):
                said += part
        except OSError:
            os.close(parent)
    text = said.decode().replace("\r\n", "\n")
    for style in ("\x1b[1m", "\x1b[0m"):
        text = text.replace(style, "")
    assert SHOWN in text
    assert clean(text)


def test_an_error_is_of_bounded_length(run):
    code, _, err = run("run", "x/" * 9000)
    assert code == 2
    assert len(err) < 1100
    assert err.endswith(" ...\n")
