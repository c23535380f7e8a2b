"""What toolchains make of the first program of everybody, with their own flags, runs unmodified."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from wasmdev.source import toolchains

from tests import compilers
from tests.hil.conftest import Wasmdev

PROGRAMS = {
    "c": '#include <stdio.h>\nint main(void) { printf("Hello, %s!\\n", "C"); return 3; }\n',
    "zig": """const std = @import("std");
pub fn main(init: std.process.Init) !u8 {
    try std.Io.File.stdout().writeStreamingAll(init.io, "Hello, Zig!\\n");
    return 3;
}
""",
    "rs": 'fn main() { println!("Hello, {}!", "Rust"); std::process::exit(3) }\n',
    "ts": 'console.log("Hello, AssemblyScript!");\nprocess.exit(3);\n',
}
NAMES = {"c": "C", "zig": "Zig", "rs": "Rust", "ts": "AssemblyScript"}


def toolchain(source: Path, output: Path) -> list[str]:
    """The command that a user of the language would give. Skips the test where it can't be."""
    compilers.require(source)
    if source.suffix == ".c":
        return [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-o", str(output), str(source)]
    if source.suffix == ".zig":  # for release: the 450 KB that a debug build takes are more than a Pico's heap
        flags = ["-target", "wasm32-wasi", "-OReleaseSmall", f"-femit-bin={output}"]
        return [sys.executable, "-m", "ziglang", "build-exe", str(source), *flags]
    if source.suffix == ".rs":
        rustc, target = toolchains.rust(wasi=True)
        return [rustc, "--target", target, "-o", str(output), str(source)]
    modules = source.parent / "node_modules"
    config = "node_modules/@assemblyscript/wasi-shim/asconfig.json"
    return [str(modules / ".bin" / "asc"), source.name, "--config", config, "-o", str(output)]


def build(folder: Path, language: str) -> Path:
    source = folder / f"hello.{language}"
    source.write_text(PROGRAMS[language])
    output = folder / "hello.wasm"
    subprocess.run(toolchain(source, output), cwd=folder, check=True, timeout=300)
    return output


@pytest.mark.ports("sim")
@pytest.mark.parametrize("language", PROGRAMS)
def test_hello(wasmdev: Wasmdev, tmp_path: Path, language: str) -> None:
    flashed = wasmdev("flash", build(tmp_path, language))
    assert flashed.code == 0, flashed.err
    done = wasmdev("run", "hello")
    assert (done.code, done.out) == (3, f"Hello, {NAMES[language]}!\n"), done.err


@pytest.mark.ports("pico")
def test_hello_on_a_pico(wasmdev: Wasmdev, tmp_path: Path) -> None:
    done = wasmdev("run", build(tmp_path, "c"))
    assert (done.code, done.out) == (3, "Hello, C!\n"), done.err
