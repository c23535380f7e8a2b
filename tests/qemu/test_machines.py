"""The runtime on processors that no desk has: kernels against wasmtime, and whole modules in both tiers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache

import pytest
import wasmc
from wasmdev.app.native import build
from wasmdev.board.link import Link
from wasmdev_qemu import MACHINES

from tests import ways_out
from tests.bench.suite import Benchmark, load
from tests.qemu.machine import machine, put
from tests.unit.kernels import NUMERIC, WIDTH, Case, Oracle, Outcome, boundary_cases, differences, module
from tests.wat import wat

NAMES = tuple(NUMERIC)
CASES = 10  # for each instruction
CHUNK = 25  # that a line holds

ONE = """
import wasm
app = wasm.load("/kernels.img")
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


@pytest.fixture(scope="module", params=MACHINES)
def link(request: pytest.FixtureRequest) -> Iterator[Link]:
    """A machine for all tests of this file, which begin with a soft reset."""
    with machine(request.param) as link:
        yield link


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The machine's name."""
    return str(request.node.callspec.params["link"])


@cache
def native(binary: bytes, arch: str) -> dict[str, bytes]:
    """The files of a module as native code, ``/guest.img`` and what goes beside it."""
    decoded = wasmc.decode(binary)
    wasmc.validate(decoded)
    code = build(decoded, arch, everything=True, checked=True)
    assert code.taken == len(decoded.bodies)
    return {"/guest.img": code.image, f"/{code.file}": code.mpy}


def test_kernels(link: Link) -> None:
    put(link, {"/kernels.img": wasmc.compile(module(NAMES))})
    link.reset()
    board, oracle = Board(link), Oracle(NAMES)
    assert not [found for name in NAMES for found in differences(board, oracle, boundary_cases(name, CASES))]


@pytest.mark.parametrize("benchmark", load(), ids=lambda benchmark: benchmark.name)
def test_modules(link: Link, benchmark: Benchmark) -> None:
    case = benchmark.cases["small"]
    put(link, {"/guest.img": wasmc.compile(benchmark.module)})
    link.reset()
    link.exec("import wasm; app = wasm.load('/guest.img')")
    assert int(link.exec(f"print(app['run']({case.argument}))", timeout=60)) == case.result


@pytest.mark.parametrize("benchmark", load(), ids=lambda benchmark: benchmark.name)
def test_native_code(link: Link, name: str, benchmark: Benchmark) -> None:
    case = benchmark.cases["small"]
    put(link, native(benchmark.module, MACHINES[name].arch))
    link.reset()
    link.exec("import wasm; app = wasm.load('/guest.img')")
    assert link.eval("app._instance.image.native is not None")
    assert int(link.exec(f"print(app['run']({case.argument}))", timeout=60)) == case.result


def test_random_numbers(link: Link) -> None:
    link.exec("import os, random")
    assert link.eval("len(set(os.urandom(4) for i in range(4)))") == 4
    before = link.eval("random.getrandbits(30)")
    link.reset()
    assert link.eval("__import__('random').getrandbits(30)") != before  # or once in 2 ** 30 runs


def test_ways_out(link: Link, name: str) -> None:
    put(link, native(ways_out.MODULE, MACHINES[name].arch))
    link.reset()
    link.exec(ways_out.SCRIPT)
    found = link.exec("import wasm; print(ways_out(wasm.load('/guest.img')))", timeout=60)
    assert ast.literal_eval(found.decode()) == ways_out.right()


def test_what_a_module_may_not_do(link: Link) -> None:
    guest = wat("""(module (memory 1)
      (func (export "beyond") (result i32) (i32.load (i32.const 65534)))
      (func (export "again") (param i32) (result i32) (call 1 (local.get 0)))
      (func (export "endless") (loop (br 0))))""")
    put(link, {"/guest.img": wasmc.compile(guest)})
    link.reset()
    link.exec("import wasm; app = wasm.load('/guest.img', fuel=100000)")
    link.exec("def kind(f, *a):\n try: f(*a)\n except wasm.Trap as t: print(t.kind)")
    assert link.exec("kind(app.beyond); kind(app.again, 1); kind(app.endless)").decode().split("\r\n") == [
        "out of bounds memory access", "call stack exhausted", "all fuel consumed", "",
    ]  # fmt: skip
