"""The command line without a board: usage, help, errors and exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from wasmdev import __version__, cli

from tests.wat import wat

ROOT = Path(__file__).parents[2]
COMMANDS = tuple(module.__name__.rpartition(".")[2] for module in cli._COMMANDS)
SMALL = '(module (@custom "note" "gone") (func $f (export "f") (param i32) (result i32) (local.get 0)))'


@pytest.fixture
def wasmdev(capsys):
    """Runs a command: exit code, standard output, standard error."""

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        return end.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.wasm"
    path.write_bytes(wat(SMALL))
    return path


def test_no_arguments_show_the_help(wasmdev):
    code, out, _ = wasmdev()
    assert code == 0
    assert all(re.search(rf"^  {command} +\S", out, re.MULTILINE) for command in COMMANDS)
    assert "..." not in out.partition("Commands:")[2], "a command's summary is cut"


def test_every_command_is_in_the_help_and_in_the_readme():
    folder = Path(cli.__file__).parent / "commands"
    there = {path.stem for path in folder.glob("*.py")} - {"__init__", "options"}
    assert there == set(COMMANDS)
    table = (ROOT / "README.md").read_text().partition("\n## Commands\n")[2]
    first = "".join(line.split(" | ")[0] for line in table.splitlines() if line.startswith("| "))
    assert set(re.findall(r"`(\w+)`", first)) == there


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_that_exist(wasmdev, command):
    code, out, _ = wasmdev(command, "--help")
    assert code == 0
    examples = re.findall(r"^ +wasmdev (.*)$", out.partition("Examples:")[2], re.MULTILINE)
    assert examples
    for example in examples:
        assert example.split()[0] == command
        assert all((ROOT / path).exists() for path in re.findall(r"examples/\S+", example))


def test_help_on_a_terminal_has_no_lost_brackets():
    """Rich would take what is in square brackets for markup."""
    for command in typer.main.get_command(cli.application(True)).commands.values():
        assert "[" not in command.help
        assert not [parameter for parameter in command.params if "[" in parameter.help]


def test_version(wasmdev):
    assert wasmdev("--version") == (0, f"wasmdev {__version__}\n", "")


def test_importing_the_command_line_is_light():
    heavy = "serial, mpremote, esptool, wasmc, wasmdev_sim, rich.progress"
    code = f"import sys, wasmdev.cli; print([m for m in '{heavy}'.split(', ') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["xyzzy"], "no such command 'xyzzy'; see wasmdev --help"),
        (["ls", "--bogus"], "no such option: --bogus"),
        (["flash"], "missing argument 'FILE'; see wasmdev flash --help"),
        (["validate", "no/such.wasm"], "can't read no/such.wasm: no such file or directory; give the path of"),
        (["flash", "no/such.wasm", "--port", "sim"], "can't read no/such.wasm"),
        (["flash", "a.wasm", "--name", "../a"], "'../a' can't be a module's name; up to 31 letters"),
        (["flash", "a.wasm", "--memory", "lots"], "--memory lots; give bytes, as in 16384 or 16k"),
        (["ls", "--port", ""], "--port is empty"),
        (["info", "--port", "sim", "--board", "toaster"], "no board toaster; use one of esp32, "),
        (["run", "blink", "--grant", "led=gpio.out:1"], "--grant is for a file"),
        (["call", "app", "f", "x1"], "'x1' is no number; give for example 3, -1, 0xff, 1.5, inf or nan"),
    ],
)
def test_wrong_usage(wasmdev, arguments, error):
    code, out, err = wasmdev(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {error}")


def test_a_port_that_is_not_there(wasmdev):
    code, _, err = wasmdev("ls", "--port", "/dev/ttyNONE")
    hint = "there is no such port; plug the board in, or use --port sim"
    assert (code, err) == (1, f"error: can't open /dev/ttyNONE; {hint}\n")


def test_validate(wasmdev, small, tmp_path):
    bad = tmp_path / "bad.wasm"
    bad.write_bytes(small.read_bytes()[:-3])
    assert wasmdev("validate", small) == (0, f"{small}: valid, 1 function, no memory\n", "")
    code, out, err = wasmdev("validate", bad, small)
    assert (code, out.count("\n")) == (1, 1)
    assert re.fullmatch(rf"error: {bad}: malformed module: .* at offset 0x[0-9a-f]+, expected .*\n", err)


@pytest.mark.parametrize(
    ("name", "binary", "hint"),
    [
        ("odd.wasm", b"(module)", "this is the text format"),
        ("odd.wasm", b"\0asm\x0d\0\1\0", "this is a component"),
        ("odd.c", b"int main(void) {}", "compile it with: wasmdev build "),
    ],
)
def test_what_is_not_a_module_is_recognised(wasmdev, tmp_path, name, binary, hint):
    path = tmp_path / name
    path.write_bytes(binary)
    code, _, err = wasmdev("validate", path)
    assert code == 1
    assert f"; {hint}" in err


def test_strip(wasmdev, small, tmp_path):
    out = tmp_path / "out.wasm"
    assert wasmdev("strip", small, "-o", out)[0] == 0
    assert out.read_bytes() == wat('(module (func (export "f") (param i32) (result i32) (local.get 0)))')
    assert wasmdev("strip", small, "-o", tmp_path / "no/such/folder")[0] == 2


def test_inspect(wasmdev, tmp_path):
    path = tmp_path / "all.wasm"
    path.write_bytes(wat("""(module
      (import "wasi_gpio" "set" (func (param i32 i32) (result i32)))
      (import "env" "g" (global (mut i64)))
      (memory (export "memory") 2 3) (table (export "t") 4 funcref)
      (func (export "f") (result i32 i32) (i32.const 0) (i32.extend8_s (i32.const 1))))"""))
    _, out, _ = wasmdev("inspect", path)
    for line in (
        r"import +0x\w+ +\d+",
        r"wasi_gpio  set   func \(i32, i32\) -> i32",
        r"env        g     global mut i64",
        r"memory  memory 2..3 pages",
        r"t       table 4 funcref",
        r"f       func \(\) -> \(i32, i32\)",
        r"Features beyond WebAssembly 1.0: multi-value, sign-extension\S*",
        r"Grants: it reaches the board through wasi_gpio, .*",
    ):
        assert re.search(f"^{line}$", out, re.MULTILINE), line


def test_inspect_native_code(wasmdev, tmp_path):
    path = tmp_path / "endless.wasm"
    path.write_bytes(wat('(module (func (export "f") (loop (br 0))))'))
    _, out, _ = wasmdev("inspect", path, "--arch", "armv6m")
    for line in (r"Native code for armv6m: [\d,]+ bytes", r" +0  f +\d+  native"):
        assert re.search(f"^{line}$", out, re.MULTILINE), line
    code, _, err = wasmdev("inspect", path, "--arch", "z80")
    assert code == 2
    assert re.fullmatch(r"error: --arch z80; use one of .*armv6m.*\n", err)


def test_a_fault_of_ours_is_one_line(wasmdev, small, monkeypatch):
    def broken(*_):
        raise RuntimeError("two\nlines")

    monkeypatch.delenv("WASMDEV_DEBUG", raising=False)
    monkeypatch.setattr("wasmdev.module.modules.check", broken)
    assert wasmdev("validate", small) == (
        1, "", "error: RuntimeError: two lines, a fault of wasmdev; set WASMDEV_DEBUG=1 to see where\n",
    )  # fmt: skip
    monkeypatch.setenv("WASMDEV_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli.main(["validate", str(small)])


def test_ctrl_c_is_no_traceback(wasmdev, small, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("wasmdev.module.modules.check", interrupted)
    assert wasmdev("validate", small) == (130, "", "")


@pytest.mark.parametrize(("output", "code", "error"), [
    (">&-", 0, ""), (">/dev/full", 1, "error: can't write the output: no space is left\n"),
])  # fmt: skip
def test_output_that_can_not_be_written(small, output, code, error):
    command = f"'{sys.executable}' -m wasmdev validate '{small}' {output}"
    done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (code, error)


def test_a_closed_pipe_is_no_traceback():
    command = f"{sys.executable} -m wasmdev --help | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=dict(os.environ))
    assert "Traceback" not in done.stderr


def test_a_pipe_that_is_closed_too_early_ends_the_command_as_it_does_others(tmp_path):
    path = tmp_path / "many.wasm"
    exports = "\n".join(f'(export "function {i}" (func $f))' for i in range(9999))
    path.write_bytes(wat(f"(module (func $f) {exports})"))
    for options, words in (("", "inspect"), ("2>&1", "inspect"), ("2>&1", "inspect /nowhere")):
        line = f"{sys.executable} -m wasmdev {words} {path} {options} | head -n 1; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
        assert done.stderr == ""
        assert done.stdout.splitlines()[-1] == ("141" if words == "inspect" else "2")
