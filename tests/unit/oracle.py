"""What wasmtime and a MicroPython make of a module: the judge of all random ones.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wasmc
import wasmtime
from wasmdev.app.native import build

from tests.desk import micropython64, need_micropython32
from tests.spec.run import library

BATCH = Path(__file__).with_name("oracle_batch.py")
TIMEOUT = 300  # seconds


@dataclass(frozen=True)
class Tier:
    """How a module runs: interpreted or native, asserting what the compiler concluded or not (``checked``), and
    with so many bytes of its memory in one ``piece``, all that it has at first if None. Where ``turns`` isn't 0,
    calls stop after so many and go on then."""

    name: str
    native: bool = False
    checked: bool = False
    piece: int | None = None
    turns: int = 0

    def __str__(self) -> str:
        return self.name

    @property
    def memory(self) -> str | None:
        """The shape of memory to load it with."""
        return None if self.native or self.piece is None else "sparse"


INTERPRETED = Tier("interpreted")
SPARSE = Tier("sparse", piece=0)
NATIVE = Tier("native", native=True)
CHECKED = Tier("checked", native=True, checked=True)
PIECE = Tier("piece", native=True, checked=True, piece=2048)  # what lies beyond is interpreted
BEYOND_ALL = Tier("beyond", native=True, checked=True, piece=0)
LONG = Tier("long", native=True, checked=True, piece=131072)  # which memory may have to grow into
SLICED = Tier("sliced", turns=1)
STOPPED = Tier("stopped", native=True, checked=True, turns=1)
TIERS = (INTERPRETED, SPARSE, NATIVE, CHECKED, PIECE, BEYOND_ALL, LONG, SLICED, STOPPED)

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
Imports = dict[str, Value]  # immutable globals of the module "host", by name
Record = list[Any]


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

    def __init__(self, binary: bytes, seed: str, imports: Imports | None = None) -> None:
        self._imports = imports or {}
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
        given = [_global(store, *self._imports[each.name or ""]) for each in self._module.imports]
        try:
            exports = wasmtime.Instance(store, self._module, given).exports(store)
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


def _global(store: wasmtime.Store, letter: str, value: Any) -> wasmtime.Global:
    """An immutable global of the host."""
    kind = next(name for name, each in _LETTERS.items() if each == letter)
    type_ = wasmtime.GlobalType(getattr(wasmtime.ValType, kind)(), False)
    return wasmtime.Global(store, type_, _given(letter, value))


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


@dataclass
class Tally:
    """How modules ran, on both word sizes together: how many of their functions were native or interpreted, and
    how many conclusions of the native compiler their code asserted."""

    native: int = 0
    interpreted: int = 0
    claims: int = 0


def compare(modules: dict[str, bytes], tier: Tier = INTERPRETED, imports: Imports | None = None) -> Tally:
    """Asserts that modules come to the same in both MicroPythons as in wasmtime; how they ran."""
    oracles = [Oracle(binary, name, imports) for name, binary in modules.items()]
    theirs = [in_order(oracle.record()) for oracle in oracles]
    calls = [oracle.calls for oracle in oracles]
    differing = []
    tally = Tally()
    for bits in (64, 32):
        ours = map(in_order, records(bits, list(modules.values()), calls, tier, tally, imports))
        for name, mine, right in zip(modules, ours, theirs, strict=True):
            if mine != right:
                parts = [pair for pair in zip(mine, right, strict=False) if pair[0] != pair[1]]
                differing.append((bits, name, parts[:3]))
    assert not differing, differing[:5]
    return tally


def records(
    bits: int,
    modules: Sequence[bytes],
    calls: Sequence[list[Call]],
    tier: Tier = INTERPRETED,
    tally: Tally | None = None,
    imports: Imports | None = None,
) -> list[Record]:
    """What a MicroPython of 64 or 32 bits makes of the modules in one of the TIERS.

    All of them are given the same imports. Skips the test where there is none of 32 bits.
    """
    command, arch = (micropython64(), "x64") if bits == 64 else (need_micropython32(), "x86")
    tally = tally or Tally()
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for i, (binary, each) in enumerate(zip(modules, calls, strict=True)):
            image = Path(folder, f"{i}.img")
            is_native = _write(image, binary, arch, tier, tally)
            line = [str(image), is_native, tier.memory, each, imports or {}, tier.turns]
            lines.append(json.dumps(line, ensure_ascii=False) + "\n")
        done = subprocess.run(
            [*command, "-X", "heapsize=32M", str(BATCH)],
            env={**os.environ, "MICROPYPATH": str(library(Path(folder, "lib"), arch))},
            input="".join(lines).encode(),
            capture_output=True,
            timeout=TIMEOUT,
        )
    assert done.returncode == 0, f"ended with {done.returncode}: {(done.stdout + done.stderr).decode()[-1000:]}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def _write(image: Path, binary: bytes, arch: str, tier: Tier, tally: Tally) -> bool:
    """Writes a module's image, with native code beside it if there is any."""
    module = wasmc.decode(binary)
    if tier.native:
        wasmc.validate(module)
        stops = tier.turns > 0
        code = build(module, arch, everything=True, checked=tier.checked, piece=tier.piece, stops=stops)
        tally.native += code.taken
        tally.claims += code.claims
        tally.interpreted += len(code.refused)
        if code.taken:
            image.write_bytes(code.image)
            image.with_name(code.file).write_bytes(code.mpy)
            return True
    else:
        tally.interpreted += len(module.bodies)
    image.write_bytes(wasmc.compile(binary))
    return False


def in_order(record: Record) -> Record:
    """The record with its exports by name: a dict of MicroPython has no order."""
    return sorted(record, key=lambda part: str(part[0]))
