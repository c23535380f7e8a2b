"""Every command that talks to a board, on a board."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from wasmdev import app, cli
from wasmdev.link import Link
from wasmdev.ports import open_board

from tests.wat import wat

EXAMPLES = Path(__file__).parents[2] / "examples"
ADD = """(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  %s)"""


@pytest.fixture
def adder(tmp_path):
    path = tmp_path / "adder.wasm"
    path.write_bytes(wat(ADD % ""))
    return path


def test_flash_twice_installs_the_runtime_once(wasmdev, adder):
    wasmdev("flash", adder)
    adder.write_bytes(wat(ADD % "(func)"))
    again = wasmdev("flash", adder)
    assert again.code == 0
    assert re.search("^  runtime   (up to date|in the firmware)", again.out, re.MULTILINE)
    assert re.search(r"validated 2 functions, no memory\n  stripped  \d+ -> \d+ bytes, lowered to \d+", again.out)
    assert re.search(r"pushed    /wasmdev/adder\.[0-9a-f]{8}\.img\n  verified  sha256 [0-9a-f]{16}", again.out)
    assert "pushed    nothing" in wasmdev("flash", adder).out


FILL = """kept = []
try:
    while True:
        kept.append(bytearray(1024))
except MemoryError:
    kept.pop()
"""


def test_a_full_heap_does_not_stop_a_push(bench, adder):
    """What a user's program left in the heap."""
    assert bench.wasmdev("flash", adder).code == 0
    adder.write_bytes(wat(ADD % "(func)"))
    with Link(bench.port, patience=10) as link:
        link.exec(FILL)
    flashed = bench.wasmdev("flash", adder)
    assert flashed.code == 0, flashed.err
    assert bench.wasmdev("call", "adder", "add", "2", "3").out == "5\n"


def test_call(wasmdev, adder):
    wasmdev("flash", adder)
    assert wasmdev("call", "adder", "add", "2", "0x10").out == "18\n"
    assert wasmdev("call", "adder", "add", "--", "-2", "-3").out == "-5\n"
    missing = wasmdev("call", "adder", "sub", "2", "3")
    assert (missing.code, missing.err) == (
        1,
        "error: adder exports no function 'sub'; it has add(i32,i32)->i32\n",
    )
    assert wasmdev("call", "adder", "add", "two", "3").code == 2
    short = wasmdev("call", "adder", "add", "2")
    assert (short.code, short.err) == (
        2,
        "error: add takes (i32,i32), not 1 argument; write: wasmdev call adder add I32 I32\n",
    )


def test_ls_and_rm(wasmdev, adder, board_files):
    wasmdev("flash", adder)
    assert re.search(r"^adder +\d+  [0-9a-f]{8}  portable +no +none$", wasmdev("ls").out, re.MULTILINE)
    assert wasmdev("rm", "adder").code == 0
    gone = wasmdev("rm", "adder")
    assert gone.code == 1
    assert gone.err.startswith("error: no module 'adder' on the board; ")
    assert not [name for name in board_files() if name.startswith("adder")]


def test_info(wasmdev, adder):
    wasmdev("flash", adder)
    shown = dict(re.findall(r"^(\S.*?)  +(.*)$", wasmdev("info").out, re.MULTILINE))
    assert re.fullmatch(r"1\.\d+\.\d+, native code for \w+", shown["MicroPython"])
    assert re.fullmatch(r"wasmdev \S+, runtime [0-9a-f]{8} for \w+|[0-9a-f]{8}, in the firmware", shown["runtime"])
    assert "adder (portable)" in shown["modules"]
    assert int(shown["free heap"].removesuffix(" bytes").replace(",", "")) > 50_000


def test_run_a_file_leaves_nothing_behind(wasmdev, board_files, tmp_path):
    path = tmp_path / "nothing.wasm"
    path.write_bytes(wat('(module (func (export "_start")))'))
    done = wasmdev("run", path)
    assert (done.code, done.out) == (0, "")
    assert "for this run only" in done.err
    assert not [name for name in board_files() if name.startswith("_run")]


@pytest.mark.ports("sim", "pico")
def test_blink_changes_its_pin_in_time(wasmdev):
    wasmdev("flash", EXAMPLES / "blink/blink.wasm")
    changes = re.findall(r"^ +(\d+\.\d{3}) s  GP25 LED +([01])$", wasmdev("run", "blink").out, re.MULTILINE)
    assert [value for _, value in changes] == ["1", "0"] * 5
    assert float(changes[-1][0]) == pytest.approx(9 * 0.25, abs=0.2)


def test_a_pin_that_was_not_granted_stays_as_it_is(wasmdev, tmp_path):
    path = tmp_path / "bare.wasm"
    path.write_bytes((EXAMPLES / "blink/blink.wasm").read_bytes())
    done = wasmdev("run", path)
    assert (done.code, done.out) == (76, "")
    assert done.err.splitlines()[-1] == "denied: wasi_gpio.get_digital_out, 1 time; it has no grant for that"


def test_ctrl_c_stops_the_program_and_cleans_up(port, board_files, tmp_path):
    path = tmp_path / "endless.wasm"
    path.write_bytes(wat('(module (func (export "_start") (loop (br 0))))'))
    command = [sys.executable, "-m", "wasmdev", "run", str(path), "--port", port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert "for this run only" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "")
    assert not [name for name in board_files() if name.startswith("_run")]


@pytest.mark.ports("sim")
def test_the_examples_in_the_help_work(capsys, monkeypatch, tmp_path):
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WASMDEV_PORT", "sim")
    for command in ("validate", "inspect", "strip", "install", "flash", "run", "call", "ls", "info", "rm"):
        text = sys.modules[f"wasmdev.commands.{command}"].EXAMPLES
        for example in re.findall(r"^  wasmdev (.*)$", text, re.MULTILINE):
            if "/dev/" in example:
                continue
            limit = ["--timeout", "0.1"] if command == "run" and "--timeout" not in example else []
            with pytest.raises(SystemExit) as end:
                cli.main(shlex.split(example.replace("--timeout 5", "--timeout 0.1")) + limit)
            assert end.value.code == 0, example + capsys.readouterr().err


def test_time_limit_stops_an_endless_program(wasmdev, tmp_path):
    path = tmp_path / "endless.wasm"
    path.write_bytes(wat('(module (func (export "_start") (loop (br 0))))'))
    done = wasmdev("run", path, "--timeout", "0.5")
    assert (done.code, done.err.splitlines()[-1]) == (0, "stopped after 0.5 s")


def test_trap_is_one_line_with_the_names_that_were_stripped(wasmdev, tmp_path):
    path = tmp_path / "broken.wasm"
    path.write_bytes(wat("""(module
      (func $main (export "_start") (call $divide_by_hope))
      (func $divide_by_hope unreachable))"""))
    wasmdev("flash", path)
    done = wasmdev("run", "broken")
    assert done.code == 1
    assert re.fullmatch(
        r"error: broken trapped: unreachable in divide_by_hope at 0x[0-9a-f]+, called from main at 0x[0-9a-f]+\n",
        done.err,
    )


def test_unknown_import_is_named(wasmdev, tmp_path):
    path = tmp_path / "needy.wasm"
    path.write_bytes(wat('(module (import "env" "miracle" (func)) (func (export "_start") (call 0)))'))
    done = wasmdev("run", path)
    assert done.code == 1
    assert re.fullmatch(r"error: can't load _run: .*env.*miracle.*", done.err.splitlines()[-1])


def test_device_imports_without_grants_are_warned_of(wasmdev, tmp_path):
    path = tmp_path / "keen.wasm"
    path.write_bytes(wat('(module (import "wasi_gpio" "toggle" (func (param i32) (result i32))))'))
    assert "it imports wasi_gpio and has no grants" in wasmdev("flash", path).err


def test_a_wrong_grant_is_wrong_usage(wasmdev, adder):
    wrong = wasmdev("flash", adder, "--board", "pico", "--grant", "led=gpio.out:NOPE")
    assert wrong.code == 2
    assert wrong.err.startswith("error: --grant led=gpio.out:NOPE: pico has no pin NOPE")
    adder.with_suffix(".toml").write_text('[grants]\nled = { gpio = "sideways", pin = 1 }\n')
    toml = wasmdev("flash", adder, "--board", "pico")
    assert toml.code == 2
    assert "adder.toml: grant 'led': gpio can't be 'sideways'" in toml.err


def test_stale_files_are_swept(wasmdev, board_files, tmp_path):
    path = tmp_path / "swept.wasm"
    for value in (1, 2, 3):
        path.write_bytes(wat(f'(module (func (export "n") (result i32) (i32.const {value})))'))
        wasmdev("flash", path)
    assert len([name for name in board_files() if re.fullmatch(r"swept\.[0-9a-f]{8}\.img", name)]) == 1


@pytest.fixture
def board_files(port):
    def names():
        with open_board(port) as board:
            return [name for name, _, _ in board.files.list(app.FOLDER)]

    return names
