"""Numeric instructions in real MicroPython and in wasmtime: the same operands must give the same results.

Operands and results are the integers of their bits, also of floats, so that NaNs arrive as they are.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import wasmc
import wasmtime
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from wasmc.opcodes import OPCODES

from tests.desk import micropython64, need_micropython32
from tests.spec.run import library
from tests.wat import wat

BATCH = Path(__file__).with_name("kernel_batch.py")
EXAMPLES = int(os.environ.get("WASM_KERNELS", "60"))  # lists of random cases in one test
CHUNK = 500  # lines that surely fit into a pipe, either way

WIDTH = {"i": 32, "I": 64, "f": 32, "F": 64}
TYPE = {"i": "i32", "I": "i64", "f": "f32", "F": "f64"}

Case = tuple[str, tuple[int, ...]]  # an instruction and its operands
Outcome = int | str  # its result, or the trap's kind


def _numeric() -> Iterator[tuple[str, str]]:
    for opcode in OPCODES:
        name, immediates, type_, _ = OPCODES[opcode]
        if not immediates and type_ and set(type_) <= {*WIDTH, ">"} and type_ != ">":
            yield name, type_


# Each numeric instruction with its type, such as "i64.add": "II>I".
NUMERIC = dict(_numeric())


@cache
def module(names: Sequence[str]) -> bytes:
    """A module with an export for each instruction, of integers to an integer."""
    functions = []
    for name in names:
        operands, result = NUMERIC[name].split(">")
        parameters = " ".join("i%d" % WIDTH[letter] for letter in operands)
        gets = " ".join(
            f"({TYPE[letter]}.reinterpret_{TYPE[letter.translate(INTEGER)]} (local.get {i}))"
            if letter in "fF"
            else f"(local.get {i})"
            for i, letter in enumerate(operands)
        )
        body = f"({name} {gets})"
        if result in "fF":
            body = f"({TYPE[result.translate(INTEGER)]}.reinterpret_{TYPE[result]} {body})"
        functions.append(f'(func (export "{name}") (param {parameters}) (result i{WIDTH[result]}) {body})')
    return wat("(module %s)" % "\n".join(functions))


INTEGER = str.maketrans("fF", "iI")


class Board:
    """A MicroPython that has loaded a module of these instructions."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, cases: Iterable[Case]) -> list[Outcome]:
        return list(itertools.chain.from_iterable(self._chunk(chunk) for chunk in _chunks(cases)))

    def _chunk(self, cases: Sequence[Case]) -> Iterator[Outcome]:
        assert self._process.stdin
        assert self._process.stdout
        for name, operands in cases:
            self._process.stdin.write(" ".join([name, *("%x" % operand for operand in operands)]) + "\n")
        self._process.stdin.flush()
        for name, _ in cases:
            reply = self._process.stdout.readline().strip()
            assert reply, f"MicroPython ended at {cases}"
            if reply.startswith("trap "):
                yield reply[5:]
            else:
                yield int(reply, 16) & (1 << WIDTH[NUMERIC[name][-1]]) - 1


def _chunks(cases: Iterable[Case]) -> Iterator[list[Case]]:
    remaining = iter(cases)
    while chunk := list(itertools.islice(remaining, CHUNK)):
        yield chunk


@contextmanager
def board(bits: int, names: Sequence[str]) -> Iterator[Board]:
    """A Board of 32 or 64 bits for these instructions. Skips the test where there is none of 32 bits."""
    command, arch = (micropython64(), "x64") if bits == 64 else (need_micropython32(), "x86")
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "kernels.img")
        image.write_bytes(wasmc.compile(module(tuple(names))))
        path = library(Path(folder, "lib"), arch)
        with subprocess.Popen(
            [*command, str(BATCH), str(image)],
            env={**os.environ, "MICROPYPATH": str(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Board(process)
            finally:
                process.kill()


class Oracle:
    """wasmtime with the same module."""

    def __init__(self, names: Sequence[str]) -> None:
        self._store = wasmtime.Store()
        compiled = wasmtime.Module(self._store.engine, module(tuple(names)))
        self._exports = wasmtime.Instance(self._store, compiled, []).exports(self._store)
        self._functions = {name: self._function(name) for name in names}

    def _function(self, name: str) -> wasmtime.Func:
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        return function

    def run(self, cases: Iterable[Case]) -> list[Outcome]:
        return [self._one(name, operands) for name, operands in cases]

    def _one(self, name: str, operands: tuple[int, ...]) -> Outcome:
        letters, result = NUMERIC[name].split(">")
        signed = [_signed(value, WIDTH[letter]) for value, letter in zip(operands, letters, strict=True)]
        try:
            value = self._functions[name](self._store, *signed)
        except wasmtime.Trap as trap:
            return trap.message.rpartition("wasm trap: ")[2].splitlines()[0]
        assert isinstance(value, int)
        return value & (1 << WIDTH[result]) - 1


def _signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> width - 1 else value


# These change a sign bit or nothing, also of a NaN.
EXACT = ("abs", "neg", "copysign", "reinterpret")


def same(case: Case, ours: Outcome, theirs: Outcome) -> bool:
    """Whether two outcomes of an instruction are: any two NaNs that the spec allows are the same (4.3.3)."""
    name, operands = case
    letters, result = NUMERIC[name].split(">")
    if result not in "fF" or name.partition(".")[2].startswith(EXACT):
        return ours == theirs
    if isinstance(ours, str) or isinstance(theirs, str):
        return ours == theirs
    if not is_nan(theirs, result):
        return ours == theirs
    if all(_is_canonical(value, letter) for value, letter in zip(operands, letters, strict=True)):
        return _is_canonical(ours, result) and is_nan(ours, result)
    return is_nan(ours, result) and bool(ours & _QUIET[result])


_INFINITY = {"f": 0x7F800000, "F": 0x7FF0000000000000}
_QUIET = {"f": 1 << 22, "F": 1 << 51}


def is_nan(value: int, letter: str) -> bool:
    return value & (1 << WIDTH[letter] - 1) - 1 > _INFINITY[letter]


def _is_canonical(value: int, letter: str) -> bool:
    if letter not in "fF" or not is_nan(value, letter):
        return True
    return value & (1 << WIDTH[letter] - 1) - 1 == _INFINITY[letter] | _QUIET[letter]


def differences(board: Board, oracle: Oracle, cases: Sequence[Case]) -> list[str]:
    """A line for each case with different outcomes."""
    lines = []
    for case, ours, theirs in zip(cases, board.run(cases), oracle.run(cases), strict=True):
        if not same(case, ours, theirs):
            name, operands = case
            call = " ".join([name, *map(_shown, operands)])
            lines.append(f"{call} = {_shown(ours)}, wasmtime: {_shown(theirs)}")
    return lines


def _shown(value: Outcome) -> str:
    return "%#x" % value if isinstance(value, int) else value


def _float_boundaries(fraction: int, exponents: int) -> list[int]:
    """Zero, the ends of subnormals and normals, halves and odd integers, the edges of integer types, NaNs."""
    bias = (1 << exponents - 1) - 1
    one = bias << fraction
    largest = ((1 << exponents) - 1) << fraction
    half = 1 << fraction - 1
    found = [0, 1, 2, 3, 2 * half - 1, 2 * half, 2 * half + 1]
    found += [largest - 1, largest, largest + 1, largest | half, largest | half | 1, largest | half - 1]
    found += [one - 1, one, one + 1, one | half, one | 2 * half - 1, (bias - 1) << fraction]
    for power in (1, 2, 7, 8, 15, 16, 22, 23, 24, 30, 31, 32, 51, 52, 53, 62, 63, 64):
        top = (bias + power) << fraction
        found += [top - 1, top, top + 1, top | half, top | 1 << max(0, fraction - power)]
        found += [top | (1 << max(0, fraction - power - 1)), top - (1 << max(0, fraction - power))]
    for power in (fraction, fraction + 1, fraction + 2, bias - 1, bias):
        found += [(bias - power) << fraction, (bias + power) << fraction]
    for power in range(0, fraction, 7):
        found.append(1 << power)
    sign = 1 << fraction + exponents
    return sorted({value for each in found for value in (each, each | sign)})


def _integer_boundaries(width: int) -> list[int]:
    found = {0, 1, 2, 3, 5, 7, 10, 63, 64, 65}
    for power in (7, 8, 15, 16, 23, 24, 25, 31, 32, 33, 40, 48, 52, 53, 54, 62, 63, 64):
        if power <= width:
            found |= {(1 << power) - 1, 1 << power, (1 << power) + 1}
    mask = (1 << width) - 1
    found |= {0xAAAAAAAAAAAAAAAA & mask, 0x5555555555555555 & mask, 0x0123456789ABCDEF & mask}
    return sorted({value & mask for each in found for value in (each, -each)})


BOUNDARIES = {
    "i": _integer_boundaries(32),
    "I": _integer_boundaries(64),
    "f": _float_boundaries(23, 8),
    "F": _float_boundaries(52, 11),
}


@cache
def operand(letter: str) -> SearchStrategy[int]:
    """Bits of a type: boundaries, anything, short integers, and floats that come near to a tie or a limit.

    These have short fractions, and exponents which are small, or half of the least or the largest.
    """
    width = WIDTH[letter]
    anything = st.integers(0, (1 << width) - 1)
    choices = [st.sampled_from(BOUNDARIES[letter]), anything]
    if letter in "fF":
        fraction = 23 if letter == "f" else 52
        bias = (1 << width - fraction - 2) - 1
        centres = st.sampled_from((bias, bias, bias // 2, bias + bias // 2))
        distances = st.integers(-fraction - 3, fraction + 3)
        signs = st.sampled_from((0, 1 << width - 1))
        bits = st.integers(0, (1 << fraction) - 1)
        shorten = st.sampled_from((0, fraction // 2, fraction - 4))
        choices.append(
            st.builds(
                lambda sign, centre, distance, f, n: sign | centre + distance << fraction | f >> n << n,
                signs,
                centres,
                distances,
                bits,
                shorten,
            )
        )
    else:
        choices.append(st.builds(lambda value, n: value >> n, anything, st.integers(0, width - 1)))
    return st.one_of(choices)


def case(names: Iterable[str]) -> SearchStrategy[Case]:
    """One of these instructions, with operands."""
    each = [
        st.tuples(st.just(name), st.tuples(*(operand(letter) for letter in NUMERIC[name].split(">")[0])))
        for name in names
    ]
    return st.one_of(each)


def boundary_cases(name: str, limit: int) -> list[Case]:
    """The instruction on all pairs of boundaries, or evenly on ``limit`` of them."""
    letters = NUMERIC[name].split(">")[0]
    every = list(itertools.product(*(BOUNDARIES[letter] for letter in letters)))
    step = max(1, len(every) // limit)
    # A step without a common divisor with the row's length meets all columns.
    while step > 1 and len(BOUNDARIES[letters[-1]]) % step == 0:
        step += 1
    return [(name, operands) for operands in every[::step]]
