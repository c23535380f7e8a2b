"""Grants to begin with, as far as a module's bytes tell what it opens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import wasmc
from wasmdev.grants import suggest

from tests.wat import wat

GPIO = '(import "wasi_gpio" "get_digital_out" (func (param i32 i32 i32) (result i32)))'
BUTTON = '(import "wasi_gpio" "get_digital_in" (func (param i32 i32 i32) (result i32)))'
FILES = ('(import "wasi_snapshot_preview1" "path_open" '
         '(func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))')  # fmt: skip
STRERROR = r"Success\00Illegal byte sequence\00No error information\00rwa\00nan\00inf\00%d lines\0a\00"
OUT = '{ gpio = "out", pin = "GP0" }  # wasi_gpio.get_digital_out'
IN = '{ gpio = "in", pin = "GP0", pull = "up" }  # wasi_gpio.get_digital_in'
FOLDER = '{ folder = "/data", access = "read-only" }  # wasi_snapshot_preview1.path_open'


@pytest.mark.parametrize(
    ("imports", "data", "lines"),
    [
        ("", r"led\00", []),
        (GPIO, r"led\00" + STRERROR, [f"led = {OUT}"]),
        (GPIO, STRERROR, [f"LABEL = {OUT}"]),
        (GPIO, r"led\00lamp\00", [f"LABEL = {OUT}", "# labels may be: led, lamp"]),
        (GPIO + BUTTON, r"led\00", [f"LABEL = {OUT}", f"LABEL = {IN}", "# labels may be: led"]),
        (FILES, STRERROR, [f"data = {FOLDER}"]),
        (FILES, r"/logs/a.csv\00text\00" + STRERROR, [f"logs = {FOLDER}"]),
        (FILES, r"/logs/a.csv\00/data\00", [f"LABEL = {FOLDER}", "# labels may be: logs, data"]),
        (GPIO + FILES, r"led\00/logs/a.csv\00", [f"led = {OUT}", f"logs = {FOLDER}"]),
    ],
)
def test_what_to_begin_with(imports: str, data: str, lines: list[str]) -> None:
    module = wasmc.decode(wat(f'(module {imports} (memory 1) (data (i32.const 0) "{data}"))'))
    assert suggest.toml(module) == (["[grants]", *lines] if lines else [])


def test_the_messages_of_a_real_library_are_no_labels(tmp_path: Path) -> None:
    source = tmp_path / "app.c"
    source.write_text("""#include <stdio.h>
#include "wasi_gpio.h"
int main(int count, char **words)
{
    wasi_handle_t lamp;
    FILE *file = fopen(words[1], "r");
    if (!file || wasi_gpio_get_digital_out("lamp", 4, &lamp))
        perror(words[0]);
    printf("%g\\n", 1.0 / count);
}
""")
    binary = tmp_path / "app.wasm"
    guest = Path(__file__).parents[2] / "device_lib" / "guest"
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-Os", "-s", f"-I{guest}"]
    subprocess.run([*command, "-o", str(binary), str(source)], check=True, timeout=300)
    assert b"Illegal byte sequence" in binary.read_bytes()
    assert suggest.labels(wasmc.decode(binary.read_bytes())) == ["lamp"]
