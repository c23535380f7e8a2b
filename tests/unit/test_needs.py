"""What a module needs of linear memory and of a board's heap, known from its bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import wasmc
from wasmdev import cli
from wasmdev.app import needs
from wasmdev.errors import WasmdevError
from wasmdev.grants.settings import Settings

from tests.wat import wat

# What compilers make of a function with variables on the stack, with the stack from 5,000 down.
STACK = """(module (memory 1) (global $sp (mut i32) (i32.const 5000)) (data (i32.const 5000) "{data}")
  (func (export "f") (local i32)
    (global.set $sp (local.tee 0 (i32.sub (global.get $sp) (i32.const 16))))
    (i32.store (local.get 0) (i32.const 1))
    (global.set $sp (i32.add (local.get 0) (i32.const 16)))))"""
COUNTER = """(module (memory 1) (global $n (mut i32) (i32.const 60000)) (global i32 (i32.const 1024))
  (func (export "f") (global.set $n (i32.add (global.get $n) (i32.const 1)))))"""
PASSIVE = '(module (memory 1) (data "{data}") (func))'.format(data="x" * 3000)


def decoded(text: str):
    module = wasmc.decode(wat(text))
    wasmc.validate(module)
    return module


@pytest.mark.parametrize(
    ("text", "least", "why"),
    [
        (STACK.format(data=""), 5000, "its stack begins at 5,000; give it 5k at least, or build it with less"),
        (STACK.format(data="x" * 200), 5200, "its data end at 5,200; give it 6k at least, or build it with less"),
        (COUNTER, 0, ""),
        (PASSIVE, 0, ""),
        ("(module (func))", 0, ""),
    ],
)
def test_the_least_memory_that_a_module_can_run_in(text: str, least: int, why: str) -> None:
    module = decoded(text)
    needs.check_limits(module, Settings(memory=least), "f.wasm")
    needs.check_limits(module, Settings(), "f.wasm")
    if least:
        with pytest.raises(WasmdevError) as refused:
            needs.check_limits(module, Settings(memory=least - 1), "f.wasm")
        assert refused.value.exit_code == 1
        assert str(refused.value) == f"f.wasm can't run in {least - 1:,} bytes of memory: {why}"


@pytest.mark.parametrize("optimization", ["-Os", "-O1", "-O3"])
def test_the_stack_of_a_real_compiler_is_found(tmp_path: Path, optimization: str) -> None:
    source = tmp_path / "app.c"
    source.write_text('#include <stdio.h>\nint main(int n, char **a) { printf("%d %s\\n", n, *a); }')
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-z", "stack-size=12288"]
    binary = tmp_path / "app.wasm"
    subprocess.run([*command, optimization, "-o", str(binary), str(source)], check=True, timeout=300)
    module = wasmc.decode(binary.read_bytes())
    with pytest.raises(WasmdevError, match=r"its (stack begins|data end) at 1[2-9],"):
        needs.check_limits(module, Settings(memory=12000), "app.wasm")


def test_no_fuel_is_not_enough() -> None:
    with pytest.raises(WasmdevError, match=r"^f\.wasm can't run on no fuel; give ") as refused:
        needs.check_limits(decoded("(module (func))"), Settings(fuel=0), "f.wasm")
    assert refused.value.exit_code == 1
    needs.check_limits(decoded("(module (func))"), Settings(fuel=1), "f.wasm")


def test_data_count_by_the_block_that_is_not_zero() -> None:
    segments = '(data (i32.const 1023) "ab") (data (i32.const 5000) "c\\00") (data (i32.const 5001) "d")'
    zeros = f'(data (i32.const 20000) "{chr(92)}00{"".join(chr(92) + "00" for _ in range(3000))}e")'
    module = decoded(f"(module (memory 1) {segments} {zeros})")
    image = wasmc.lower(module)
    assert needs.of(module, image, Settings())["data"] == 4 * 1024
    assert needs.of(module, image, Settings(memory=30000, stack=99)) == {
        **needs.of(module, image, Settings(memory=30000)), "stack": 99, "memory in one piece": 30000,
    }  # fmt: skip
    assert needs.of(module, image, Settings(memory=1 << 30))["memory in one piece"] == 65536


@pytest.mark.parametrize("option", [["--fuel", "0"], ["--memory", "4k"]])
def test_flash_tells_before_anything_is_pushed(
    option: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("WASMDEV_SIM", "WASMDEV_CACHE", "WASMDEV_DATA"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    monkeypatch.setenv("WASMDEV_PATIENCE", "10")
    path = tmp_path / "app.wasm"
    path.write_bytes(wat(STACK.format(data="")))
    with pytest.raises(SystemExit) as end:
        cli.main(["flash", str(path), "--port", "sim", *option])
    assert end.value.code == 1
    assert f"error: {path} can't run " in capsys.readouterr().err
    assert not [file for file in (tmp_path / "WASMDEV_SIM").rglob("*") if file.suffix in (".img", ".mpy", ".json")]
