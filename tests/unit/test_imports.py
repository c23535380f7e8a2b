"""What a module imports and no board gives: told before there is a board, by flash, run and build alike."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import wasmc
from wasmdev import cli
from wasmdev.app import deploy
from wasmdev.errors import WasmdevError
from wasmdev.module import imports

from tests import compilers
from tests.wat import wat

LIBRARY = "AssemblyScript has it from WASI with: wasmdev build --wasi"
DECLARED = "perhaps it is declared and not defined"


def function(space: str, name: str, type_: str = "") -> str:
    return f'(import "{space}" "{name}" (func {type_}))'


@pytest.mark.parametrize(
    ("text", "names", "hint"),
    [
        (function("env", "g"), "env.g", DECLARED),
        (function("env", "g") + function("m", "h"), "env.g, m.h", DECLARED),
        (function("env", "abort", "(param i32 i32 i32 i32)"), "env.abort",
         "AssemblyScript's abort is left out by asc's --use abort="),
        (function("env", "trace") + function("env", "abort"), "env.trace, env.abort", LIBRARY),
        (function("env", "Date.now"), "env.Date.now", LIBRARY),
        (function("wasi_gpio", "toogle"), "wasi_gpio.toogle", "perhaps wasi_gpio.toggle is meant"),
        (function("wasi_gpoi", "toggle"), "wasi_gpoi.toggle", "perhaps wasi_gpio is meant"),
        (function("wasi_unstable", "fd_sync"), "wasi_unstable.fd_sync",
         "a toolchain of today imports wasi_snapshot_preview1"),
        (function("wasi:io/poll@0.2.0", "poll"), "wasi:io/poll@0.2.0.poll",
         "this is WASI 0.2; build it for preview 1"),
        ('(import "env" "memory" (memory 1))', "env.memory", "link it without --import-memory"),
        ('(import "env" "t" (table 1 funcref))', "env.t", "link it without --import-table"),
        ('(import "env" "__memory_base" (global i32))', "env.__memory_base",
         "link it as an executable, not as a shared library"),
        ('(import "wasi_gpio" "toggle" (global i32))', "wasi_gpio.toggle",
         "link it as an executable, not as a shared library"),
        ("".join(function("m", f"f{i}") for i in range(9)), "m.f0, m.f1, m.f2, m.f3, m.f4 and 4 more", ""),
        (function("wasi_gpio", "close", "(param f32)") + function("env", "g"), "env.g", DECLARED),
    ],
)  # fmt: skip
def test_what_no_board_gives(text: str, names: str, hint: str) -> None:
    absent = imports.missing(wasmc.decode(wat(f"(module {text})")))
    assert imports.describe(absent) == (f"{names}, which no board gives", hint)


@pytest.mark.parametrize(
    ("space", "name", "type_", "said"),
    [
        ("wasi_gpio", "toggle", "(param i64)", "(i64) -> (), which is (i32) -> i32"),
        ("wasi_snapshot_preview1", "fd_seek", "(param i32 i32 i32) (result i32 i32)",
         "(i32, i32, i32) -> (i32, i32), which is (i32, i64, i32, i32) -> i32"),
    ],
)  # fmt: skip
def test_what_boards_give_as_another_type(space: str, name: str, type_: str, said: str) -> None:
    absent = imports.missing(wasmc.decode(wat(f"(module {function(space, name, type_)})")))
    assert imports.describe(absent) == (f"{space}.{name} {said} on boards", "declare it with that type")


def test_what_boards_give_is_not_missing() -> None:
    names = {"i": "i32", "I": "i64"}
    lines = []
    for space, functions in imports.given().items():
        for name, type_ in functions.items():
            params, results = (" ".join(names[letter] for letter in side) for side in type_.split(">"))
            lines.append(function(space, name, f"(param {params}) (result {results})"))
    assert len(lines) == 94
    module = wasmc.decode(wat(f"(module {' '.join(lines)})"))
    assert imports.missing(module) == []
    assert imports.device_interfaces(module) == [
        "wasi_adc", "wasi_gpio", "wasi_i2c", "wasi_pwm", "wasi_sensor", "wasi_spi", "wasi_uart",
    ]  # fmt: skip


@pytest.fixture
def needy(tmp_path: Path) -> Path:
    path = tmp_path / "needy.wasm"
    path.write_bytes(wat('(module (import "env" "miracle" (func)) (func (export "_start") (call 0)))'))
    return path


@pytest.mark.parametrize("command", ["flash", "run"])
def test_told_before_a_board_is_asked(capsys: pytest.CaptureFixture[str], needy: Path, command: str) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([command, str(needy), "--port", "/dev/ttyNONE"])
    assert end.value.code == 1
    assert capsys.readouterr().err == (
        f"error: {needy} imports env.miracle, which no board gives; perhaps it is declared and not defined; "
        "where Python code on the board gives it, flash with --imports-by-host\n"
    )


def test_a_warning_where_python_code_gives_it(capsys: pytest.CaptureFixture[str], needy: Path) -> None:
    assert deploy.prepare(needy, imports_by_host=True).image
    warning = "warning: it imports env.miracle, which no board gives; Python code on the board has to give it"
    assert capsys.readouterr().err == f"{warning} to wasm.load\n"


def test_the_abort_of_assemblyscript_is_left_out_as_the_hint_says(tmp_path: Path) -> None:
    source = tmp_path / "app.ts"
    source.write_text('export function f(n: i32): i32 { if (n < 0) throw new Error("no"); return n; }')
    compilers.require(source)
    asc = [str(tmp_path / "node_modules" / ".bin" / "asc"), str(source), "-o", str(tmp_path / "app.wasm")]
    subprocess.run(asc, check=True, timeout=120)
    with pytest.raises(WasmdevError, match=r"imports env\.abort, .*--use abort="):
        deploy.prepare(tmp_path / "app.wasm")
    subprocess.run([*asc, "--use", "abort="], check=True, timeout=120)
    assert deploy.prepare(tmp_path / "app.wasm").image
