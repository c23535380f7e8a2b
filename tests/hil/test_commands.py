"""Every command that talks to a board, on a board."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from wasmdev import cli
from wasmdev.app import apps
from wasmdev.board.link import Link
from wasmdev.board.ports import open_board

from tests.wat import wat

EXAMPLES = Path(__file__).parents[2] / "examples"
ARGV = (Path(__file__).parents[1] / "device" / "guests" / "argv.wat").read_text()
ADD = """(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  %s)"""


@pytest.fixture
def adder(tmp_path):
    path = tmp_path / "adder.wasm"
    path.write_bytes(wat(ADD % ""))
    return path


@pytest.mark.long_on("pico")
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


@pytest.mark.long_on("pico")
def test_a_full_heap_does_not_stop_a_push(bench, adder):
    """What a user's program left in the heap."""
    assert bench.wasmdev("flash", adder).code == 0
    adder.write_bytes(wat(ADD % "(func)"))
    with Link(bench.port) as link:
        link.exec(FILL)
    flashed = bench.wasmdev("flash", adder)
    assert flashed.code == 0, flashed.err
    assert bench.wasmdev("call", "adder", "add", "2", "3").out == "5\n"


@pytest.mark.long_on("pico")
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


@pytest.mark.long_on("pico")
def test_ls_and_rm(wasmdev, adder, board_files):
    wasmdev("flash", adder)
    assert re.search(r"^adder +\d+  [0-9a-f]{8}  portable +no +none$", wasmdev("ls").out, re.MULTILINE)
    assert wasmdev("rm", "adder").code == 0
    gone = wasmdev("rm", "adder")
    assert gone.code == 1
    assert gone.err.startswith("error: no module 'adder' on the board; ")
    assert not [name for name in board_files() if name.startswith("adder")]


@pytest.mark.long_on("pico")
def test_info(wasmdev, adder):
    wasmdev("flash", adder)
    shown = dict(re.findall(r"^(\S.*?)  +(.*)$", wasmdev("info").out, re.MULTILINE))
    assert re.fullmatch(r"1\.\d+\.\d+, native code for \w+", shown["MicroPython"])
    assert re.fullmatch(r"wasmdev \S+, runtime [0-9a-f]{8} for \w+|[0-9a-f]{8}, in the firmware", shown["runtime"])
    assert "adder (portable)" in shown["modules"]
    assert int(shown["free heap"].removesuffix(" bytes").replace(",", "")) > 50_000


@pytest.mark.long_on("pico")
def test_run_a_file_leaves_nothing_behind(wasmdev, board_files, tmp_path):
    path = tmp_path / "nothing.wasm"
    path.write_bytes(wat('(module (func (export "_start")))'))
    done = wasmdev("run", path)
    assert (done.code, done.out) == (0, "")
    assert "for this run only" in done.err
    assert not [name for name in board_files() if name.startswith("_run")]


@pytest.mark.long_on("pico")
def test_a_program_is_told_its_name_and_then_its_arguments(bench, tmp_path):
    path = tmp_path / "tool.wasm"
    path.write_bytes(wat(ARGV))
    path.with_suffix(".toml").write_text('[run]\nargs = ["given", "two words"]\n')
    assert bench.wasmdev("run", path).out == "tool\ngiven\ntwo words\n"
    assert bench.wasmdev("run", path, "other").out == "tool\nother\n"
    assert bench.wasmdev("flash", path).code == 0
    assert bench.wasmdev("run", "tool").out == "tool\ngiven\ntwo words\n"
    assert bench.wasmdev("run", "tool", "other", "").out == "tool\nother\n\n"
    assert bench.wasmdev("call", "tool", "say").out == "tool\ngiven\ntwo words\n3\n"
    assert bench.wasmdev("flash", path, "--name", "renamed", "--boot").code == 0
    with Link(bench.port) as link:
        said = link.exec("import wasm, wasm.boot\nwasm.load('tool', args=('x',)).run()\nwasm.boot.start()")
    assert said.decode().split() == ["tool", "x", "renamed", "given", "two", "words"]
    bench.wasmdev("rm", "renamed")


@pytest.mark.ports("sim", "pico")
def test_blink_changes_its_pin_in_time(wasmdev):
    wasmdev("flash", EXAMPLES / "blink/blink.wasm")
    changes = re.findall(r"^ +(\d+\.\d{3}) s  GP25 LED +([01])$", wasmdev("run", "blink").out, re.MULTILINE)
    assert [value for _, value in changes] == ["1", "0"] * 5
    assert float(changes[-1][0]) == pytest.approx(9 * 0.25, abs=0.2)


@pytest.mark.long_on("pico")
def test_a_pin_that_was_not_granted_stays_as_it_is(wasmdev, tmp_path):
    path = tmp_path / "bare.wasm"
    path.write_bytes((EXAMPLES / "blink/blink.wasm").read_bytes())
    done = wasmdev("run", path)
    assert (done.code, done.out) == (76, "")
    wish = "asked for 'led', granted: nothing"
    assert done.err.splitlines()[-1] == f"denied: wasi_gpio.get_digital_out, 1 time; {wish}"


@pytest.mark.long_on("pico")
def test_a_denied_open_names_the_label_and_those_that_are_granted(bench, tmp_path):
    path = tmp_path / "blink.wasm"
    path.write_bytes((EXAMPLES / "blink/blink.wasm").read_bytes())
    bench.wasmdev("flash", path, "--grant", "LED=gpio.out:25", "--grant", "led=gpio.in:14:up")
    wish = "asked for 'led', granted: 'LED' (gpio.out), 'led' (gpio.in)"
    done = bench.wasmdev("run", "blink")
    assert done.code == 76
    assert done.err.splitlines()[-1] == f"denied: wasi_gpio.get_digital_out, 1 time; {wish}"
    assert f"wasi_gpio.get_digital_out: 1 ({wish})" in bench.wasmdev("info").out


def test_ctrl_c_stops_the_program_and_cleans_up(port, board_files, tmp_path):
    path = tmp_path / "endless.wasm"
    path.write_bytes(wat('(module (func (export "_start") (loop (br 0))))'))
    command = [sys.executable, "-m", "wasmdev", "run", str(path), "--port", port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert "for this run only" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=200)
    assert (process.returncode, out, err) == (130, "", "")
    assert not [name for name in board_files() if name.startswith("_run")]


@pytest.mark.ports("sim")
def test_the_examples_in_the_help_work(capsys, monkeypatch, tmp_path):
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WASMDEV_PORT", "sim")
    monkeypatch.setenv("WASMDEV_PATIENCE", "10")
    commands = "validate inspect strip install flash run resume call ls info rm"
    for command in commands.split():
        text = sys.modules[f"wasmdev.commands.{command}"].EXAMPLES
        for example in re.findall(r"^  wasmdev (.*)$", text, re.MULTILINE):
            if "/dev/" in example or "--port pico" in example:
                continue
            runs = command in ("run", "resume")
            limit = ["--timeout", "0.1"] if runs and "--timeout" not in example else []
            with pytest.raises(SystemExit) as end:
                cli.main(shlex.split(example.replace("--timeout 5", "--timeout 0.1")) + limit)
            code = 124 if runs and "--snapshot" not in example else 0
            assert end.value.code == code, example + capsys.readouterr().err


@pytest.mark.long_on("pico")
def test_time_limit_stops_an_endless_program(wasmdev, tmp_path):
    path = tmp_path / "endless.wasm"
    path.write_bytes(wat('(module (func (export "_start") (loop (br 0))))'))
    done = wasmdev("run", path, "--timeout", "0.5")
    assert (done.code, done.err.splitlines()[-1]) == (124, "stopped after 0.5 s")


@pytest.mark.ports("sim")
def test_a_start_that_never_ends_is_stopped_too(wasmdev, tmp_path):
    path = tmp_path / "endless.wasm"
    path.write_bytes(wat('(module (func (export "_start")) (func $f (loop (br 0))) (start $f))'))
    assert wasmdev("run", path, "--timeout", "0.5").code == 124


@pytest.mark.long_on("pico")
def test_a_module_without_a_start_says_what_to_type(wasmdev, tmp_path):
    path = tmp_path / "nostart.wasm"
    path.write_bytes(wat('(module (func (export "add one") (param i32 f64)))'))
    wasmdev("flash", path)
    done = wasmdev("run", "nostart")
    hint = "call what it has, as in: wasmdev call nostart 'add one' I32 F64"
    assert (done.code, done.err) == (1, f"error: nostart has no _start to run; {hint}\n")


@pytest.mark.ports("sim")
def test_what_is_no_module_says_what_to_type(wasmdev, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("blink.wasm", "my lamp.wasm", "hello.c"):
        (tmp_path / name).write_bytes(b"")
    for word, hint in (
        ("./blink", "run the file with: wasmdev run blink.wasm"),
        ("my lamp", "run the file with: wasmdev run 'my lamp.wasm'"),
        ("hello.c", "compile it with: wasmdev build hello.c"),
        ("./gone", "run what is on the board with: wasmdev run gone"),
        ("../wasmdev/x", "run what is on the board with: wasmdev run x"),
        ("a b", "give a name that wasmdev ls shows"),
    ):
        done = wasmdev("run", word)
        assert done.code == 2
        assert done.err.endswith(f"; {hint}\n"), done.err
    assert wasmdev("rm", "../boot").code == 1
    assert wasmdev("call", "../boot", "f").code == 1


@pytest.mark.ports("sim")
def test_a_board_that_wasmdev_serves_is_known(bench, monkeypatch):
    """By its port alone, as with ``wasmdev sim`` in another terminal."""
    monkeypatch.delenv("WASMDEV_BOARD")
    shown = bench.wasmdev("info")
    assert re.search(r"^board +Raspberry Pi Pico \(no hardware\)$", shown.out, re.MULTILINE)
    flashed = bench.wasmdev("flash", EXAMPLES / "blink/blink.wasm")
    assert (flashed.code, flashed.err) == (0, "")


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


@pytest.mark.long_on("pico")
def test_an_import_that_python_code_gives(bench, tmp_path):
    path = tmp_path / "needy.wasm"
    path.write_bytes(wat('(module (import "env" "miracle" (func)) (func (export "_start") (call 0)))'))
    assert (bench.wasmdev("flash", path).code, bench.wasmdev("run", path).code) == (1, 1)
    with open_board(bench.port) as board:
        assert not [name for name in apps.installed(board) if name == "needy"]
    boot = bench.wasmdev("flash", path, "--imports-by-host", "--boot")
    assert boot.code == 1
    assert "error: needy can't start at power-up: it imports env.miracle, which no board gives; " in boot.err
    flashed = bench.wasmdev("flash", path, "--imports-by-host")
    assert (flashed.code, flashed.err.count("\n")) == (0, 1)
    done = bench.wasmdev("run", "needy")
    assert (done.code, done.err) == (1, "error: can't load needy: unknown import: function env.miracle; "
                                        "Python code there has to give it to wasm.load\n")  # fmt: skip
    with Link(bench.port) as link:
        link.exec("import wasm\ncalls = []\n"
                  "wasm.load('needy', imports={'env': {'miracle': lambda: calls.append(1)}}).run()")
        assert link.eval("calls") == [1]


@pytest.mark.long_on("pico")
def test_what_exports_nothing_is_warned_of(wasmdev, tmp_path):
    path = tmp_path / "shy.wasm"
    path.write_bytes(wat('(module (memory (export "memory") 1) (func))'))
    flashed = wasmdev("flash", path)
    assert flashed.code == 0
    assert flashed.err == "warning: it exports no function, so nothing of it can be called; " \
                          "export one, or build it with a main\n"  # fmt: skip
    path.write_bytes(wat("(module (func $start) (start $start))"))
    assert wasmdev("flash", path).err == ""


@pytest.mark.long_on("pico")
def test_device_imports_without_grants_are_warned_of(wasmdev, tmp_path):
    path = tmp_path / "keen.wasm"
    path.write_bytes(wat('(module (import "wasi_gpio" "toggle" (func (param i32) (result i32))))'))
    assert "it imports wasi_gpio and has no grants" in wasmdev("flash", path).err


@pytest.mark.long_on("pico")
def test_a_wrong_grant_is_wrong_usage(wasmdev, adder):
    wrong = wasmdev("flash", adder, "--board", "pico", "--grant", "led=gpio.out:NOPE")
    assert wrong.code == 2
    assert wrong.err.startswith("error: --grant led=gpio.out:NOPE: pico has no pin NOPE")
    adder.with_suffix(".toml").write_text('[grants]\nled = { gpio = "sideways", pin = 1 }\n')
    toml = wasmdev("flash", adder, "--board", "pico")
    assert toml.code == 2
    assert "adder.toml: grant 'led': gpio can't be 'sideways'" in toml.err


@pytest.mark.long_on("pico")
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
            return [name for name, _, _ in board.files.list(apps.FOLDER)]

    return names


@pytest.mark.ports("sim")
def test_what_a_file_is_run_as_is_told_by_its_name(wasmdev, adder, tmp_path):
    done = wasmdev("run", adder)
    assert done.code == 1
    hint = f"wasmdev flash {adder}; then call what it has, as in: wasmdev call adder add I32 I32\n"
    assert done.err.endswith(f"error: {adder} has no _start to run; put it there with: {hint}")
    path = tmp_path / "trap.wasm"
    path.write_bytes(wat('(module (func (export "_start") unreachable))'))
    done = wasmdev("run", path)
    assert f"error: {path} trapped: unreachable" in done.err
    assert "_run" not in wasmdev("ls").out


@pytest.mark.ports("sim")
@pytest.mark.parametrize(("words", "why"), [
    (("run", "."), "'.' is neither a module's name nor a .wasm file"),
    (("run", ""), "'' is neither a module's name nor a .wasm file"),
    (("run", "blink", "-t", "-1"), "-1 is no time"),
    (("run", "blink", "-t", "nan"), "nan is no time"),
    (("flash", EXAMPLES / "blink" / "blink.wasm", "--name", "_run"), "'_run' can't be a module's name"),
])  # fmt: skip
def test_wrong_usage_is_told(wasmdev, words, why):
    done = wasmdev(*words)
    assert done.code == 2
    assert done.err.startswith(f"error: {why}; ")


HOLDS = "import gc\nheld = []\nwhile gc.mem_free() > 16000: held.append(bytearray(1000))\n"


@pytest.mark.ports("sim")
def test_a_heap_that_the_owner_fills_is_told(wasmdev, adder, port):
    wasmdev("flash", adder)
    with open_board(port) as board:
        board.files.write("/boot.py", HOLDS.encode())
    done = wasmdev("call", "adder", "add", "1", "2")
    assert done.code == 1
    assert done.err.startswith("error: the board raised MemoryError: ")
    assert done.err.endswith("; what its boot.py and main.py hold leaves too little heap\n")
