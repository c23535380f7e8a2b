"""``br_table`` with few and many targets, in native code as in wasmtime, of a size that goes with the targets."""

from __future__ import annotations

import random

import pytest
import wasmc
from wasmdev.app.native import build

from tests.unit.oracle import INTERPRETED, NATIVE, PIECE, Tier, compare
from tests.wat import wat

MIX = "(local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 31)) (i32.const {})))"


def switch(targets: list[int], cases: list[str], default: int) -> str:
    """Blocks whose ends are the cases, each of which falls into the next one, and a table of them."""
    table = " ".join(f"$c{target}" for target in [*targets, default])
    text = f"(br_table {table} (local.get 0))"
    for i, case in enumerate(cases):
        text = f"(block $c{i} {text}) {case}"
    return f"(block $out {text})"


def fall(count: int) -> str:
    return switch(list(range(count)), [MIX.format(i) for i in range(count)], count - 1)


def module(seed: int) -> str:
    """Cases that fall through, leave, go round a loop, or are a switch of their own."""
    chance = random.Random(seed)
    count = chance.choice((2, 3, 6, 7, 8, 12, 40))

    def case(i: int) -> str:
        inner = chance.choice(("", "", "(br $out)", "(br $again)",
            "(if (i32.and (local.get 1) (i32.const 8)) (then (br $out)))",
            "(if (i32.and (local.get 1) (i32.const 4)) (then (br $again)) (else (local.set 0 (i32.const 2))))",
            "(local.set 2 (i32.const 5)) (loop $l (local.set 2 (i32.sub (local.get 2) (i32.const 1))) "
            "(br_if $out (i32.eq (local.get 1) (local.get 2))) (br_if $l (local.get 2)))",
            f"(call $note (i32.const {i}))",
            "(return (local.get 1))"))  # fmt: skip
        return MIX.format(i) + inner

    targets = [chance.randrange(count) for _ in range(chance.randrange(1, 2 * count))]
    if chance.random() < 0.5:
        targets = list(range(count))
    outer = switch(targets, [case(i) for i in range(count)], chance.randrange(count))
    if chance.random() < 0.5:
        nested = outer.replace("$c", "$d").replace("$out", "$inner")
        outer = switch([0, 1, 2, 1, 0], [MIX.format(70), nested.replace("$again", "$inner"), MIX.format(71)], 1)
    return f"""(func $f (export "fNAME") (param i32) (result i32) (local i32 i32 i32)
        (local.set 3 (i32.const 4))
        (loop $again (br_if 0 (i32.eqz (local.tee 3 (i32.sub (local.get 3) (i32.const 1)))))
            (if (i32.gt_s (local.get 3) (i32.const 0)) (then {outer}))
            (local.set 0 (i32.rem_u (i32.add (local.get 0) (local.get 1)) (i32.const {count + 2})))
            (br_if $again (i32.gt_s (local.get 3) (i32.const 0))))
        (i32.add (local.get 0) (local.get 1)))"""


ALL = '(func (export "allNAME") (param i32) (result i32) (call $f (i32.and (local.get 0) (i32.const 15))))'
NOTE = """(global $g (export "g") (mut i32) (i32.const 0))
    (func $note (param i32) (global.set $g (local.get 0)))"""


@pytest.mark.parametrize("tier", [INTERPRETED, NATIVE, PIECE], ids=str)
def test_the_same_as_in_wasmtime(tier: Tier) -> None:
    modules = {}
    for first in range(0, 120, 12):
        functions = [
            (module(seed) + ALL).replace("$f", f"$f{seed}").replace("NAME", str(seed))
            for seed in range(first, first + 12)
        ]
        modules[f"seeds from {first}"] = wat(f"(module (memory 1) {NOTE} {' '.join(functions)})")
    tally = compare(modules, tier)
    assert not tier.native or tally.native > 20 * tally.interpreted


@pytest.mark.parametrize("count", [5, 30, 100, 1000])
def test_native_code_is_a_few_times_as_large(count: int) -> None:
    binary = wat(f'(module (func (export "f") (param i32 i32) (result i32) {fall(count)} (local.get 1)))')
    module = wasmc.decode(binary)
    wasmc.validate(module)
    code = build(module, "armv6m", everything=True)
    assert code.taken == 1
    assert len(code.mpy) < 1200 + 6 * len(wasmc.compile(binary))


def test_too_many_targets_are_told() -> None:
    binary = wat(f'(module (func (export "f") (param i32 i32) (result i32) {fall(3000)} (local.get 1)))')
    module = wasmc.decode(binary)
    wasmc.validate(module)
    assert build(module, "armv6m", everything=True).refused == {0: "too long"}
