"""The runtime on RISC-V: kernels against wasmtime, and whole modules, with as much heap as a Pico has."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import pytest
import wasmc
from wasmdev.app.native import build
from wasmdev.board.link import Link
from wasmdev.runtime.runtime import Runtime

from tests import ways_out
from tests.bench.suite import Benchmark, load
from tests.qemu.machine import machine
from tests.unit.kernels import NUMERIC, WIDTH, Case, Oracle, Outcome, boundary_cases, differences, module
from tests.wat import wat

ARCH = "rv32imc"
NAMES = tuple(NUMERIC)
CASES = 10  # for each instruction
CHUNK = 25  # that a line holds

ONE = """
import wasm
app = wasm.load(content("kernels.img"))
def one(name, *operands):
    try:
        return app[name](*operands)
    except wasm.Trap as trap:
        return trap.kind
"""


class Board:
    """A machine that has loaded a module of the instructions, for ``differences``."""

    def __init__(self, link: Link) -> None:
        self._link = link
        link.exec(ONE)

    def run(self, cases: Iterable[Case]) -> list[Outcome]:
        every = list(cases)
        outcomes: list[Outcome] = []
        for start in range(0, len(every), CHUNK):
            part = every[start : start + CHUNK]
            calls = "".join(f"one({name!r},{','.join(map(hex, operands))})," for name, operands in part)
            results = ast.literal_eval(self._link.exec(f"print([{calls}])").decode())
            for (name, _), outcome in zip(part, results, strict=True):
                mask = (1 << WIDTH[NUMERIC[name][-1]]) - 1
                outcomes.append(outcome if isinstance(outcome, str) else outcome & mask)
        return outcomes


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    image = wasmc.compile(module(NAMES))
    with machine(Runtime(ARCH).modules() | {"kernels.img": image}) as link:
        yield Board(link)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_kernels(name: str, board: Board, oracle: Oracle) -> None:
    assert not differences(board, oracle, boundary_cases(name, CASES))


@pytest.mark.parametrize("benchmark", load(), ids=lambda benchmark: benchmark.name)
def test_modules(benchmark: Benchmark) -> None:
    case = benchmark.cases["small"]
    with machine(Runtime(ARCH).modules() | {"guest.img": wasmc.compile(benchmark.module)}) as link:
        link.exec("import wasm; app = wasm.load(content('guest.img'))")
        assert int(link.exec(f"print(app['run']({case.argument}))", timeout=60)) == case.result


def native(binary: bytes) -> dict[str, bytes]:
    """The files of a module as native code, ``guest.img`` and what goes beside it."""
    decoded = wasmc.decode(binary)
    wasmc.validate(decoded)
    code = build(decoded, ARCH, everything=True, checked=True)
    assert code.taken == len(decoded.bodies)
    return {"guest.img": code.image, code.file: code.mpy}


@pytest.mark.parametrize("benchmark", load(), ids=lambda benchmark: benchmark.name)
def test_native_code(benchmark: Benchmark) -> None:
    case = benchmark.cases["small"]
    with machine(Runtime(ARCH).modules() | native(benchmark.module)) as link:
        link.exec("import wasm; app = wasm.load('/rom/guest.img')")
        assert int(link.exec(f"print(app['run']({case.argument}))", timeout=60)) == case.result


def test_ways_out() -> None:
    with machine(Runtime(ARCH).modules() | native(ways_out.MODULE)) as link:
        link.exec(ways_out.SCRIPT)
        found = link.exec("import wasm; print(ways_out(wasm.load('/rom/guest.img')))", timeout=60)
    assert ast.literal_eval(found.decode()) == ways_out.right()


def test_what_a_module_may_not_do() -> None:
    guest = wat("""(module (memory 1)
      (func (export "beyond") (result i32) (i32.load (i32.const 65534)))
      (func (export "again") (param i32) (result i32) (call 1 (local.get 0)))
      (func (export "endless") (loop (br 0))))""")
    with machine(Runtime(ARCH).modules() | {"guest.img": wasmc.compile(guest)}) as link:
        link.exec("import wasm; app = wasm.load(content('guest.img'), fuel=100000)")
        link.exec("def kind(f, *a):\n try: f(*a)\n except wasm.Trap as t: print(t.kind)")
        assert link.exec("kind(app.beyond); kind(app.again, 1); kind(app.endless)").decode().split("\r\n") == [
            "out of bounds memory access", "call stack exhausted", "all fuel consumed", "",
        ]  # fmt: skip
