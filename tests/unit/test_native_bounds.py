"""Native code leaves checks of bounds and alignment out where it can prove them: never one too many.

Loops of all kinds walk to the end of memory, and some beyond it; in native code they come to what they come to in
wasmtime.
"""

from __future__ import annotations

import random

import pytest
from wasmc.native.analysis.ranges import Range, computed, exactly, holds, made

from tests.sampling import of_the_day
from tests.unit.oracle import CHECKED, NATIVE, PIECE, Tier, compare
from tests.wat import wat

PAGE = 65536
WIDTHS = {"i32.load8_u": 1, "i32.load16_s": 2, "i32.load16_u": 2, "i32.load": 4, "i32.store8": 1, "i32.store16": 2,
          "i32.store": 4}
COMPARISONS = ("ne", "eq", "lt_s", "lt_u", "le_s", "le_u", "gt_s", "gt_u", "ge_s", "ge_u")


def walk(chance: random.Random) -> str:
    """A loop over memory that ends after some turns, or traps."""
    step = chance.choice((1, 2, 3, 4, 8, 64, -1, -2, -4, -16))
    turns = chance.randrange(1, 40)
    scale = chance.choice((0, 0, 1, 2))
    width = WIDTHS[access := chance.choice(tuple(WIDTHS))]
    offset = chance.choice((0, 0, 4, 6, 4096))
    last = PAGE - offset - width - (turns - 1) * step * (step > 0)
    first = chance.choice((0, 8, -turns * step, last >> scale))
    first += chance.choice((0, 0, 0, -1, 1, -step, step))
    bound = first + turns * step + chance.choice((0, 0, 0, 1, -1, step))
    base = chance.choice((0, 0, -first if first < 0 else 0, PAGE - width - offset + 1))
    name = chance.choice(("ne", "ne", "ne", "lt_s" if step > 0 else "gt_s", "lt_u" if step > 0 else "ge_u",
                          chance.choice(COMPARISONS)))
    address = f"(i32.add (i32.shl (local.get $i) (i32.const {scale})) (i32.const {base}))"
    if chance.random() < 0.2:
        address = f"(i32.and {address} (i32.const {chance.choice((0xFF, 0xFFFC, 0xFFFF))}))"
    if "store" in access:
        body = f"({access} offset={offset} {address} (local.get $sum))"
    else:
        body = f"(local.set $sum (i32.add (local.get $sum) ({access} offset={offset} {address})))"
    if chance.random() < 0.3:
        body = f"(if (i32.and (local.get $sum) (i32.const 1)) (then {body}))"
    more = f"(i32.{name} (local.get $i) (i32.const {bound}))"
    advance = f"(local.set $i (i32.add (local.get $i) (i32.const {step})))"
    parts = chance.choice((
        f"{body} {advance} (br_if $again {more})",
        f"{advance} {body} (br_if $again {more})",
        f"(br_if $end (i32.eqz {more})) {body} {advance} (br $again)",
        f"{body} (br_if $end (i32.eqz {more})) {advance} (br $again)",
        f"(local.set $j {more}) {body} {advance} (br_if $again (local.get $j))",
    ))
    inner = f"(block $end (loop $again {COUNTED} {parts}))"
    if chance.random() < 0.3:
        inner = f"""(loop $outer {inner} (local.set $i (i32.const {first}))
            (br_if $outer (i32.ne (i32.const 3) (local.tee $k (i32.add (local.get $k) (i32.const 1))))))"""
    return f"""(func (export "FUNCTION") (param i32) (result i32) (local $i i32) (local $j i32) (local $k i32)
        (local $sum i32) (local $turns i32)
        (local.set $i (i32.const {first})) {inner} (i32.add (local.get $sum) (local.get $i)))"""


# Ends what would go round for too long.
COUNTED = """(br_if $end (i32.gt_u (local.tee $turns (i32.add (local.get $turns) (i32.const 1)))
    (i32.const 300)))"""


PLACES = 512  # where addresses lie that nothing is known of


def fields(chance: random.Random, place: int) -> str:
    """Accesses to what lies around one address, at the end of memory or near it, and what is done between them."""
    parts = []
    for _ in range(chance.randrange(2, 9)):
        access = chance.choice((*WIDTHS, "i32.load", "i32.load"))
        offset = chance.choice((0, 1, 2, 4, 8, 12, 16, 60, 64, 100, 130, 260, 520, 1040, 2080, 4160))
        value = "(local.get $sum)" if "store" in access else ""
        part = f"({access} offset={offset} (local.get $p) {value})"
        parts.append(part if value else f"(local.set $sum (i32.add (local.get $sum) {part}))")
        parts.append(chance.choice(("", "", "", "(i32.store8 (i32.const 300) (local.get $sum))",
                                    "(local.set $sum (i32.div_u (local.get $sum) (i32.const 3)))",
                                    "(local.set $sum (i32.div_u (i32.const 9) (i32.clz (local.get $sum))))",
                                    "(global.set $g (i32.add (global.get $g) (i32.const 1)))",
                                    "(local.set $sum (i32.load8_u (i32.const 7)))",
                                    "(local.set $p (i32.sub (local.get $p) (i32.const 4)))")))
    return f"""(func (export "FUNCTION") (result i32) (local $p i32) (local $sum i32)
        (local.set $p (i32.load (i32.const {place}))) {"".join(parts)} (local.get $sum))"""


def module(seed: int, functions: int = 12) -> bytes:
    chance = random.Random(seed)
    places = [PAGE - chance.choice((0, 1, 3, 8, 16, 63, 64, 70, 200, 1100, 4200)) for _ in range(functions)]
    places[0] = (1 << 32) - 5
    written = [walk(chance) for _ in range(functions)]
    written += [fields(chance, PLACES + 4 * i) for i in range(functions)]
    bodies = "".join(text.replace("FUNCTION", f"f{i}") for i, text in enumerate(written))
    table = "".join(f"\\{byte:02x}" for place in places for byte in place.to_bytes(4, "little"))
    data = "".join(f"\\{chance.randrange(256):02x}" for _ in range(256))
    return wat(f"""(module (memory 1 1) (global $g (export "g") (mut i32) (i32.const 0))
        (data (i32.const {PLACES}) "{table}") (data (i32.const 0) "{data}")
        (data (i32.const {PAGE - 256}) "{data}") {bodies})""")


@pytest.mark.parametrize("tier", [NATIVE, CHECKED, PIECE], ids=str)
def test_loops_trap_where_wasmtime_traps(tier: Tier) -> None:
    tally = compare({f"seed {seed}": module(seed) for seed in of_the_day(60, 20)}, tier)
    assert not tally.interpreted
    assert bool(tally.claims) == tier.checked


def some(chance: random.Random) -> Range:
    low = chance.choice((0, -1, 1 << 31, -(1 << 31), chance.randrange(-300, 300), chance.getrandbits(32)))
    bits = chance.choice((0, 0, 1, 2, 5))
    return made(low, low + chance.choice((0, 1, 40, 1 << 20, (1 << 31) + 5)), bits, chance.getrandbits(5))


def words(one: Range, chance: random.Random) -> list[int]:
    """Some of its words, the first and the last with them."""
    step = 1 << one.bits
    count = (one.high - one.low) // step
    return [(one.low + step * at) % (1 << 32) for at in (0, count, chance.randint(0, count))]


def holds_it(one: Range, word: int) -> bool:
    from_low = (word - one.low) % (1 << 32)
    return from_low <= one.high - one.low and (word - one.rest) % (1 << one.bits) == 0


def signed(word: int) -> int:
    return word - (word >> 31 << 32)


RESULTS = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "and": lambda x, y: x & y,
    "or": lambda x, y: x | y, "xor": lambda x, y: x ^ y, "shl": lambda x, y: x << (y & 31),
    "shr_u": lambda x, y: x >> (y & 31), "shr_s": lambda x, y: signed(x) >> (y & 31),
    "div_u": lambda x, y: x // y if y else 0, "rem_u": lambda x, y: x % y if y else 0,
}
HOLDS = {
    "eq": lambda x, y: x == y, "ne": lambda x, y: x != y, "lt_u": lambda x, y: x < y, "ge_u": lambda x, y: x >= y,
    "lt_s": lambda x, y: signed(x) < signed(y), "ge_s": lambda x, y: signed(x) >= signed(y),
}


def test_ranges_hold_what_can_come_out() -> None:
    chance = random.Random(7)
    for _ in range(4000):
        x, y = some(chance), chance.choice((some(chance), exactly(chance.choice((1, 2, 7, 31, 255, 1 << 31)))))
        both = x.join(y)
        for left in words(x, chance):
            assert holds_it(both, left)
            for right in words(y, chance):
                assert holds_it(both, right)
                for name, result in RESULTS.items():
                    if right or name[:3] not in ("div", "rem"):
                        found = result(left, right) % (1 << 32)
                        assert holds_it(computed(name, x, y), found), (name, x, y, left, right)
                for name, true in HOLDS.items():
                    if true(left, right):
                        assert holds_it(holds(name, x, y), left), (name, x, y, left, right)
