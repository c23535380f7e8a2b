"""Labels, arguments and environment of any characters reach the module on the board as they were written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hil.conftest import Wasmdev
from tests.wat import wat

LABELS = ("it's \"so\"", "back\\slash", "${x}", "a=b", "лампа 灯 💡", "é" * 32)
TEXTS = ("", "a b", "it's", '"', "\\n", "\n\t", "\x1b[31m", "é灯💡", "$(ls)")

# Exits with the errno of opening a pin by its label.
OPEN = """(module
  (import "wasi_gpio" "get_digital_out" (func $open (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (data (i32.const 64) "{label}")
  (func (export "_start") (call $exit (call $open (i32.const 64) (i32.const {size}) (i32.const 0)))))"""

# Prints the arguments and the environment, a NUL after each.
PRINT = """(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\00\\10")
  (func (export "_start")
    (drop (call $args_sizes (i32.const 8) (i32.const 4)))
    (drop (call $args (i32.const 16) (i32.const 4096)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
    (drop (call $environ_sizes (i32.const 8) (i32.const 4)))
    (drop (call $environ (i32.const 16) (i32.const 4096)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))))"""


def escaped(text: str) -> str:
    return "".join(f"\\{byte:02x}" for byte in text.encode())


def quoted(text: str) -> str:
    """A string of TOML."""
    return json.dumps(text, ensure_ascii=False)


@pytest.mark.ports("sim", "pico")
@pytest.mark.long_on("pico")
def test_labels(wasmdev: Wasmdev, tmp_path: Path) -> None:
    lines = [f"{quoted(label)} = {{ gpio = 'out', pin = {pin} }}" for pin, label in enumerate(LABELS)]
    path = tmp_path / "open.wasm"
    path.with_suffix(".toml").write_text("\n".join(["[grants]", *lines]))
    for label in (*LABELS, "лампа 灯"):
        path.write_bytes(wat(OPEN.format(label=escaped(label), size=len(label.encode()))))
        flashed = wasmdev("flash", path)
        assert flashed.code == 0, flashed.err
        assert f"  granted   {LABELS[4]}: gpio.out 4\n" in flashed.out
        assert wasmdev("run", "open").code == (0 if label in LABELS else 76)


@pytest.mark.ports("sim", "pico")
@pytest.mark.long_on("pico")
def test_arguments_and_environment(wasmdev: Wasmdev, tmp_path: Path) -> None:
    path = tmp_path / "print.wasm"
    path.write_bytes(wat(PRINT))
    env = "\n".join(f"{quoted(f'N {i} é')} = {quoted(text)}" for i, text in enumerate(TEXTS))
    path.with_suffix(".toml").write_text(f"[run]\nargs = [{', '.join(map(quoted, TEXTS))}]\n[run.env]\n{env}\n")
    assert wasmdev("flash", path).code == 0
    said = wasmdev("run", "print").out.split("\0")[:-1]
    args, variables = said[: -len(TEXTS)], said[-len(TEXTS) :]
    assert args[-len(TEXTS) :] == list(TEXTS)  # the program's own name may stand before
    assert set(variables) == {f"N {i} é={text}" for i, text in enumerate(TEXTS)}
