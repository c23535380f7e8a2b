"""Which functions native code would speed up, and what becomes of each."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
import wasmc
from wasmdev.app import needs
from wasmdev.app.tiers import choose, forecast, hot_functions
from wasmdev.board.board import Rooms

from tests.wat import wat

IMPORT = '(import "env" "f" (func $f))'


@pytest.mark.parametrize(
    ("text", "hot"),
    [
        ("(func)", set()),
        ("(func (loop (br 0)))", {0}),
        ("(func (block (br 0)) (if (i32.const 1) (then)))", set()),
        (f"{IMPORT} (func (loop (call $f) (br 0)))", set()),
        (f"{IMPORT} (func (loop (call $f) (loop (br 0)) (br 0)))", {1}),
        (f"{IMPORT} (func (loop (loop (call $f) (br 0)) (br 0)))", set()),
        (f"{IMPORT} (func (call $f)) (func (loop (br 0)))", {2}),
        ("(func (call 0))", {0}),
        ("(func (call 1)) (func (call 2)) (func (call 1)) (func (call 0))", {1, 2}),
        ("(func (call 1)) (func)", set()),
    ],
)  # fmt: skip
def test_hot_functions(text: str, hot: set[int]) -> None:
    module = wasmc.decode(wat(f"(module {text})"))
    wasmc.validate(module)
    assert hot_functions(module) == hot


def test_recursive_functions_are_those_that_reach_themselves() -> None:
    """Of random calls: looked for from each function, which takes longer."""
    chance = random.Random(1)
    for _ in range(300):
        count = chance.randrange(1, 9)
        callees = [[chance.randrange(count) for _ in range(chance.randrange(3))] for _ in range(count)]
        text = " ".join(f"(func {' '.join(f'(call {each})' for each in called)})" for called in callees)
        recursive = set()
        for start in range(count):
            reached: set[int] = set()
            left = [start]
            while left:
                new = set(callees[left.pop()]) - reached
                reached |= new
                left += new
            if start in reached:
                recursive.add(start)
        assert hot_functions(wasmc.decode(wat(f"(module {text})"))) == recursive


LOOP = "(func (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
ROOTS = "(func (param f64) (loop (local.set 0 (f64.sqrt (local.get 0))) (br 0)))"


def test_forecast() -> None:
    """Functions without a loop become native beside one that has one; kernels of floats don't."""
    module = wasmc.decode(wat(f'(module {IMPORT} {LOOP} (func) {ROOTS} (export "turns" (func 1)))'))
    wasmc.validate(module)
    size, rows = forecast(module, {1: "turns"}, "armv6m")
    assert size > 1000
    assert [row[:2] for row in rows] == [(1, "turns"), (2, ""), (3, "")]
    assert [row[2] for row in rows] == [body.end - body.start for body in module.bodies]
    assert [row[3] for row in rows] == [
        "native", "native", "interpreted: mostly arithmetic of floats or 64-bit division",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("(func)", ["no loop or recursion that native code would speed up"]),
        (
            f"(func) {ROOTS}",
            [
                "no loop or recursion that native code would speed up",
                "mostly arithmetic of floats or 64-bit division",
            ],
        ),
        ("", []),
    ],
)
def test_forecast_of_what_stays_interpreted(text: str, reasons: list[str]) -> None:
    module = wasmc.decode(wat(f"(module {text})"))
    wasmc.validate(module)
    size, rows = forecast(module, {}, "x64")
    assert size == 0
    assert [row[3] for row in rows] == [f"interpreted: {reason}" for reason in reasons]


@pytest.mark.parametrize(
    ("rooms", "native"),
    [
        (Rooms(20_000), True),
        (Rooms(20_000, 50_000, 50_000), True),
        (Rooms(20_000, 50_000, 0), True),
        (Rooms(20_000, 3_000, 3_000), False),  # it would fit, but what the runtime loads with it has code too
        (Rooms(8_000), False),
        (Rooms(8_000, 50_000, 0), False),  # it takes from the heap what it takes for code
        (Rooms(8_000, 50_000, 1_000), False),
        (Rooms(8_000, 50_000, 50_000), True),
    ],
)
def test_code_takes_of_the_heap_what_is_not_apart_from_it(rooms: Rooms, native: bool) -> None:
    board: Any = SimpleNamespace(rooms=lambda: rooms, facts=SimpleNamespace(arch="xtensawin", frozen=""))
    module = wasmc.decode(wat(f"(module {LOOP})"))
    wasmc.validate(module)
    image = wasmc.lower(module)
    said: dict[str, str] = {}
    code = choose(board, module, image, None, needs.of_image(image), said.__setitem__)
    assert bool(code) == native, said
    assert list(said) == ["native" if native else "portable"]


def test_what_the_runtime_loads_with_a_module_is_counted() -> None:
    without, with_i64, with_f64 = [
        needs.code_besides("xtensawin", wasmc.compile(wat(f"(module (func {body}))")))
        for body in ("", "(drop (i64.div_s (i64.const 9) (i64.const 2)))", "(drop (f64.sqrt (f64.const 9)))")
    ]
    assert 1_000 < without < 4_000
    assert with_i64 - without > 4_000
    assert with_f64 - without > 8_000
