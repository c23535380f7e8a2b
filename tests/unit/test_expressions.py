"""Expressions of integers come to the same in every tier as in wasmtime (expressions.py), on both word sizes.

``WASM_EXPRESSIONS`` says how many cases, functions whose module is native as a whole. Where it isn't set,
each day takes 500 of the 20,000 of ``make soak``. A tenth of them is enough for the other ways.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter

import pytest
import wasmc
from wasmc import native
from wasmc.interpreter.semantics import UNARY
from wasmc.native.analysis.code import Instr, each
from wasmc.native.viper.blocks import Blocks
from wasmc.native.viper.contents import Contents
from wasmc.native.viper.values import Value

from tests.sampling import of_the_day
from tests.unit.expressions import module
from tests.unit.oracle import CHECKED, NATIVE, TIERS, Tier, compare

ALL = 20_000
CASES = int(os.environ.get("WASM_EXPRESSIONS", "500"))
FUNCTIONS = 5  # of a module: so many cases
CHUNK = 20  # modules
PARTS = {tier: CASES if tier in (NATIVE, CHECKED) else max(CASES // 10, FUNCTIONS) for tier in TIERS}
SEEDS = {tier: of_the_day(ALL // FUNCTIONS, cases // FUNCTIONS) for tier, cases in PARTS.items()}


def modules(first: int, count: int) -> dict[str, bytes]:
    return {f"seed {seed}": module(seed, FUNCTIONS) for seed in range(first, first + count)}


@pytest.mark.parametrize(
    ("tier", "first"),
    [(tier, first) for tier in TIERS for first in SEEDS[tier][::CHUNK]],
    ids=str,
)
def test_the_same_as_in_wasmtime(tier: Tier, first: int) -> None:
    count = min(CHUNK, SEEDS[tier].stop - first)
    tally = compare(modules(first, count), tier)
    cases = 2 * FUNCTIONS * count  # on both word sizes
    assert (tally.interpreted, tally.native) == ((0, cases) if tier.native else (cases, 0))
    assert (tally.claims > 10 * cases) == tier.checked


def test_a_value_that_outlives_a_write_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault that random modules of wasm-tools smith and programs of csmith had not found in thousands."""
    use, overwrite = Contents.use, Contents.overwrite

    def stays(self: Contents, cell: int) -> Value:
        return self.seen(cell) if cell in self.waiting and self.waiting[cell].simple else use(self, cell)

    def outlives(self: Contents, cell: int) -> None:
        waiting = self.waiting.get(cell)
        overwrite(self, cell)
        if waiting:
            self.waiting[cell] = waiting

    monkeypatch.setattr(Contents, "use", stays)
    monkeypatch.setattr(Contents, "overwrite", outlives)
    with pytest.raises(AssertionError, match="seed"):
        compare(modules(0, 100 // FUNCTIONS), NATIVE)


def test_cases_reach_what_the_compiler_keeps_of_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of instruction has operands that wait, are constants and are locals, and writes what it reads."""
    reached: Counter[tuple[str, str]] = Counter()
    right = Blocks.instruction

    def instruction(self: Blocks, one: Instr) -> None:
        name = _kind(one)
        for cell in each(one.reads):
            kept = self.contents
            how = "waits" if cell in kept.waiting else "constant" if cell in kept.constants else "local"
            reached[name, how] += 1
            reached[name, "in place"] += one.writes >> cell & 1
        right(self, one)

    monkeypatch.setattr(Blocks, "instruction", instruction)
    for binary in modules(0, CASES // FUNCTIONS).values():
        decoded = wasmc.decode(binary)
        wasmc.validate(decoded)
        assert not native.compile(decoded, "armv6m", everything=True).refused
    missing = {pair: reached[pair] for pair in itertools.product(KINDS, HOW) if reached[pair] < 3}
    assert missing == {}


HOW = ("waits", "constant", "local", "in place")
KINDS = ("i32 binary", "i32 unary", "i32 compare", "i32 divide", "i64 binary", "i64 compare", "i64 shift", "load",
         "select", "copy", "kernel")  # fmt: skip


def _kind(one: Instr) -> str:
    """What is written in the same way."""
    prefix, _, rest = one.name.partition(".")
    if "load" in rest or "store" in rest:
        return "load" if "load" in rest else "store"
    if not rest or prefix == "global":
        return one.name.removesuffix("2")
    if rest[:3] in ("eq", "ne") or rest[:3] in ("lt_", "ge_"):
        return f"{prefix} compare"
    if prefix == "i32":
        return "i32 divide" if rest[:3] in ("div", "rem") else f"i32 {'unary' if one.name in UNARY else 'binary'}"
    return "i64 shift" if one.value is not None else "i64 binary"
