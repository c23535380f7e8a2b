"""Random modules of integer code whose values feed each other in every way that the native tier folds.

An expression here is used in place, by its neighbours and again: locals are overwritten while their old values
wait on the stack, instructions write the cell that they read, results of comparisons, loads, calls, blocks and
conversions are operands of each other, within a block and across blocks. So of all that the compiler keeps of a
cell (an expression that waits, a constant, a range, a check that was made) something outlives a write sooner here
than in programs of compilers or in modules of wasm-tools smith, whose values mostly go by way of the stack.

Loops count down a local of their own, calls lead to functions that stand before, so every call ends.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.wat import wat

PAGE = 65536
_DEEPEST = 5
_INTERESTING = (0, 1, 2, 3, 4, 7, 8, 31, 32, 33, 63, 64, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0xFFFFFF,
                0x3FFFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000, 0xC0000000, 0xFFFFFFFF)  # fmt: skip
_WIDE = (0x100000000, 0x1FFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFF)
_BINARY = ("add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr")
_DIVISIONS = ("div_s", "div_u", "rem_s", "rem_u")
_COMPARISONS = ("eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u")
_UNARY = {"i32": ("clz", "ctz", "popcnt", "extend8_s", "extend16_s"),
          "i64": ("clz", "ctz", "popcnt", "extend8_s", "extend16_s", "extend32_s")}  # fmt: skip
_LOADS = {"i32": ("load", "load8_s", "load8_u", "load16_s", "load16_u"),
          "i64": ("load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u")}  # fmt: skip
_STORES = {"i32": ("store", "store8", "store16"), "i64": ("store", "store8", "store16", "store32")}
_FLOATS = ("f32", "f64")


class _Function:
    """Writes one function; ``before`` are the types of those that it may call, by index."""

    def __init__(self, chance: random.Random, before: list[tuple[list[str], list[str]]]) -> None:
        self.chance = chance
        self.before = before
        self.parameters = [self.type() for _ in range(chance.randrange(1, 5))]
        self.results = [self.type() for _ in range(chance.choice((1, 1, 1, 2, 3)))]
        self.locals = self.parameters + [self.type() for _ in range(chance.randrange(2, 6))]
        self.counters = 0
        self.labels: list[tuple[str, list[str]]] = []  # of the blocks around, with what a branch takes along
        self.left = chance.randrange(20, 90)  # nodes that may still be made

    def type(self) -> str:
        return self.chance.choice(("i32", "i32", "i64"))

    def text(self) -> str:
        """All of it but ``(func`` and what stands before its parameters."""
        body = self.statements(self.chance.randrange(2, 7))
        results = " ".join(self.expression(type_, 0) for type_ in self.results)
        counters = "(local i32)" * self.counters
        head = "".join(f"(param {type_})" for type_ in self.parameters)
        head += "".join(f"(result {type_})" for type_ in self.results)
        head += "".join(f"(local {type_})" for type_ in self.locals[len(self.parameters) :])
        return f"{head}{counters} {body} {results}"

    # statements

    def statements(self, count: int) -> str:
        return " ".join(self.statement() for _ in range(count))

    def statement(self) -> str:
        self.left -= 1
        kinds: list[Callable[[], str]] = [self.set] * 6 + [self.store] * 3 + [self.set_global] * 2
        if self.left > 0:
            kinds += [self.when] * 2 + [self.loop] * 2 + [self.block] * 2 + [self.drop, self.switch, self.juggle]
            kinds += [self.in_place] * 2 + [self.leave] * bool(self.labels) + [self.bulk]
        return self.chance.choice(kinds)()

    def local(self, type_: str) -> int | None:
        """A local of a type, one of few as a rule: so they are written and read again soon."""
        found = [i for i, other in enumerate(self.locals) if other == type_]
        return self.chance.choice(found[:3] if self.chance.random() < 0.7 else found) if found else None

    def set(self) -> str:
        i = self.chance.randrange(len(self.locals))
        return f"(local.set {i} {self.expression(self.locals[i], 0)})"

    def in_place(self) -> str:
        """A copy, and then an instruction that reads the cell it writes."""
        i = self.chance.randrange(len(self.locals))
        type_ = self.locals[i]
        other = self.local(type_)
        x = f"(local.get {i})"
        if type_ == "i32" and self.chance.random() < 0.4:
            again = f"(i32.{self.chance.choice(_LOADS['i32'])} offset={self.offset()} {x})"
        else:
            y = self.chance.choice((x, x, self.expression(type_, 3)))
            pair = [x, y]
            self.chance.shuffle(pair)
            again = f"({type_}.{self.chance.choice(_BINARY)} {' '.join(pair)})"
        copy = f"(local.set {i} (local.get {other}))" if self.chance.random() < 0.7 else ""
        return f"{copy} (local.set {i} {again})"

    def juggle(self) -> str:
        """Values that wait on the stack while the locals, globals and bytes that they are of are overwritten."""
        place = f"(i32.const {self.chance.choice((0, 3, 100, 2046))})"
        types = [self.type() for _ in range(self.chance.randrange(2, 4))]
        pushed, popped = [], []
        for type_ in types:
            i, j = self.local(type_), self.local(type_)
            if i is None or j is None:
                continue
            pushed.append(self.chance.choice((
                f"local.get {i}", f"local.get {i}", self.expression(type_, 3), f"global.get ${type_}0",
                f"({type_}.{self.chance.choice(_LOADS[type_])} {place})",
            )))
            popped.insert(0, f"local.set {j}")
        store = f"(i32.store8 offset={self.chance.randrange(4)} {place} {self.expression('i32', 3)})"
        change = f"(global.set ${types[0]}0 {self.expression(types[0], 3)})"
        return " ".join([*pushed, self.set(), self.chance.choice((store, store, change)), *popped])

    def store(self) -> str:
        type_ = self.type()
        name = self.chance.choice(_STORES[type_])
        return f"({type_}.{name} offset={self.offset()} {self.address()} {self.expression(type_, 1)})"

    def bulk(self) -> str:
        """Many bytes at once, or more memory."""
        to, size = self.address(), f"(i32.and {self.expression('i32', 2)} (i32.const 31))"
        return self.chance.choice((
            f"(memory.fill {to} {self.expression('i32', 2)} {size})",
            f"(memory.copy {to} {self.address()} {size})",
            f"(memory.init $passive {to} {self.chance.choice(('(i32.const 3)', size))} (i32.const 5))",
            "(drop (memory.grow (i32.const 1)))",
            f"(local.set {self.local('i32')} (memory.size))" if self.local("i32") is not None else "(nop)",
        ))

    def set_global(self) -> str:
        type_ = self.type()
        return f"(global.set ${type_}{self.chance.randrange(2)} {self.expression(type_, 0)})"

    def drop(self) -> str:
        return f"(drop {self.expression(self.type(), 0)})"

    def when(self) -> str:
        otherwise = f"(else {self.statements(self.chance.randrange(1, 3))})" if self.chance.random() < 0.5 else ""
        then = self.statements(self.chance.randrange(1, 3))
        return f"(if {self.condition(1)} (then {then}) {otherwise})"

    def loop(self) -> str:
        """A loop that goes round some times, counted by a local that nothing else writes."""
        counter = len(self.locals) + self.counters
        self.counters += 1
        turns = self.chance.choice((1, 2, 3, 7, 20))
        if self.chance.random() < 0.5:
            return self.begun_anew(counter, turns)
        inside = self.statements(self.chance.randrange(1, 4))
        more = f"(local.tee {counter} (i32.sub (local.get {counter}) (i32.const 1)))"
        if self.chance.random() < 0.3:
            more = f"(i32.and (i32.gt_s {more} (i32.const 0)) {self.condition(2)})"
        name = f"$l{counter}"
        return f"(local.set {counter} (i32.const {turns})) (loop {name} {inside} (br_if {name} {more}))"

    def begun_anew(self, counter: int, turns: int) -> str:
        """A loop whose next turn may begin anywhere in it."""
        name, end = f"$l{counter}", f"$e{counter}"
        self.labels += [(end, []), (name, [])]
        inside = self.statements(self.chance.randrange(2, 5))
        del self.labels[-2:]
        return f"""(local.set {counter} (i32.const {turns})) (block {end} (loop {name}
            (br_if {end} (i32.eqz (local.get {counter})))
            (local.set {counter} (i32.sub (local.get {counter}) (i32.const 1))) {inside} (br {name})))"""

    def block(self) -> str:
        name = self.opened([])
        body = self.statements(self.chance.randrange(1, 4))
        self.labels.pop()
        return f"(block {name} {body})"

    def opened(self, types: list[str]) -> str:
        name = f"$b{len(self.labels)}"
        self.labels.append((name, types))
        return name

    def leave(self) -> str:
        """A conditional branch out of a block, with the values that it takes along."""
        name, types = self.chance.choice(self.labels)
        values = " ".join(self.expression(type_, 2) for type_ in types)
        drops = "(drop)" * len(types)
        return f"{values} (br_if {name} {self.condition(2)}) {drops}"

    def switch(self) -> str:
        """A ``br_table`` into the blocks that end one after another behind it."""
        count = self.chance.randrange(2, 6)
        targets = [f"$s{len(self.labels)}_{i}" for i in range(count)]
        table = " ".join(self.chance.choice(targets) for _ in range(self.chance.randrange(1, 9)))
        text = f"(br_table {table} {self.expression('i32', 1)})"
        if self.chance.random() < 0.5:
            text = f"(br_table {table} (i32.and {self.expression('i32', 1)} (i32.const 7)))"
        for target in targets:
            out = f"(br {targets[-1]})" if target != targets[-1] and self.chance.random() < 0.3 else ""
            text = f"(block {target} {text}) {self.statement()} {out if target in text else ''}"
        text = text.replace(f"(br {targets[-1]})", "")
        return text

    # expressions

    def constant(self, type_: str) -> str:
        value = self.chance.choice(_INTERESTING + (_WIDE if type_ == "i64" else ()))
        if self.chance.random() < 0.3:
            value = self.chance.getrandbits(64 if type_ == "i64" else 32)
        if self.chance.random() < 0.2:
            value = -value % (1 << (64 if type_ == "i64" else 32))
        return f"({type_}.const {value})"

    def offset(self) -> int:
        return self.chance.choice((0, 0, 0, 1, 2, 4, 8, 60, 255, 2040, 4096, 65280, 65536 - 8, 65536, 131000))

    def address(self) -> str:
        """Mostly in bounds, near the beginning; sometimes anything."""
        roll = self.chance.random()
        if roll < 0.1:
            return self.expression("i32", 2)
        if roll < 0.3:
            return f"(i32.const {self.chance.choice((0, 1, 2, 4, 100, 1024, 2045, 2048, 65000, 65532, 65535))})"
        mask = self.chance.choice((0x3F, 0xFC, 0xFF, 0x3FF, 0xFFF8, 0xFFFF))
        return f"(i32.and {self.expression('i32', 2)} (i32.const {mask}))"

    def condition(self, depth: int) -> str:
        return self.expression("i32", depth)

    def expression(self, type_: str, depth: int) -> str:
        self.left -= 1
        chance = self.chance
        if depth >= _DEEPEST or self.left < 0 or chance.random() < 0.15 + 0.1 * depth:
            i = self.local(type_)
            return f"(local.get {i})" if i is not None and chance.random() < 0.8 else self.constant(type_)
        kinds: list[Callable[[str, int], str]] = (
            [self.binary] * 6 + [self.unary] + [self.loaded] * 2 + [self.converted] * 3 + [self.select] * 2
            + [self.tee] * 2 + [self.global_, self.valued, self.chosen, self.called, self.division, self.by_float]
            + [self.same] * 2 + [self.truth] * 2
        )  # fmt: skip
        return chance.choice(kinds)(type_, depth + 1)

    def binary(self, type_: str, depth: int) -> str:
        x = self.expression(type_, depth)
        y = self.constant(type_) if self.chance.random() < 0.3 else self.expression(type_, depth)
        return f"({type_}.{self.chance.choice(_BINARY)} {x} {y})"

    def same(self, type_: str, depth: int) -> str:
        """One local on both sides, in any instruction."""
        i = self.local(type_)
        if i is None:
            return self.binary(type_, depth)
        x = self.chance.choice((f"(local.get {i})", f"(local.tee {i} {self.expression(type_, depth)})"))
        return f"({type_}.{self.chance.choice(_BINARY)} {x} (local.get {i}))"

    def division(self, type_: str, depth: int) -> str:
        x, y = self.expression(type_, depth), self.expression(type_, depth)
        if self.chance.random() < 0.7:
            y = self.chance.choice((f"({type_}.or {y} ({type_}.const 1))", f"({type_}.const {self.divisor()})"))
        if self.chance.random() < 0.2 and (i := self.local(type_)) is not None:
            x = y = f"(local.get {i})"
        return f"({type_}.{self.chance.choice(_DIVISIONS)} {x} {y})"

    def divisor(self) -> int:
        return self.chance.choice((1, 2, 3, 10, 255, 65535, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF))

    def unary(self, type_: str, depth: int) -> str:
        return f"({type_}.{self.chance.choice(_UNARY[type_])} {self.expression(type_, depth)})"

    def truth(self, type_: str, depth: int) -> str:
        of = self.type()
        x, y = self.expression(of, depth), self.expression(of, depth)
        if self.chance.random() < 0.2 and (i := self.local(of)) is not None:
            x = y = f"(local.get {i})"
        text = f"({of}.{self.chance.choice(_COMPARISONS)} {x} {y})"
        if self.chance.random() < 0.2:
            text = f"(i32.eqz {text})" if self.chance.random() < 0.5 else f"({of}.eqz {x})"
        return text if type_ == "i32" else f"(i64.extend_i32_u {text})"

    def loaded(self, type_: str, depth: int) -> str:
        return f"({type_}.{self.chance.choice(_LOADS[type_])} offset={self.offset()} {self.address()})"

    def converted(self, type_: str, depth: int) -> str:
        if type_ == "i32":
            return f"(i32.wrap_i64 {self.expression('i64', depth)})"
        return f"(i64.extend_i32_{self.chance.choice('su')} {self.expression('i32', depth)})"

    def by_float(self, type_: str, depth: int) -> str:
        """There and back by way of a float, whose arithmetic is in kernels."""
        kind = self.chance.choice(_FLOATS)
        x = f"({kind}.convert_{type_}_{self.chance.choice('su')} {self.expression(type_, depth)})"
        if self.chance.random() < 0.5:
            x = f"({kind}.{self.chance.choice(('add', 'mul', 'sub'))} {x} ({kind}.const 1.5))"
        return f"({type_}.trunc_sat_{kind}_{self.chance.choice('su')} {x})"

    def select(self, type_: str, depth: int) -> str:
        x, y = self.expression(type_, depth), self.expression(type_, depth)
        return f"(select {x} {y} {self.condition(depth)})"

    def tee(self, type_: str, depth: int) -> str:
        i = self.local(type_)
        value = self.expression(type_, depth)
        return value if i is None else f"(local.tee {i} {value})"

    def global_(self, type_: str, depth: int) -> str:
        return f"(global.get ${type_}{self.chance.randrange(2)})"

    def valued(self, type_: str, depth: int) -> str:
        """A block with a value, which may be left early with another one."""
        name = self.opened([type_])
        body = self.statement() if self.chance.random() < 0.8 else ""
        value = self.expression(type_, depth)
        self.labels.pop()
        return f"(block {name} (result {type_}) {body} {value})"

    def chosen(self, type_: str, depth: int) -> str:
        then, otherwise = self.expression(type_, depth), self.expression(type_, depth)
        return f"(if (result {type_}) {self.condition(depth)} (then {then}) (else {otherwise}))"

    def called(self, type_: str, depth: int) -> str:
        found = [i for i, (_, results) in enumerate(self.before) if results[0] == type_]
        if not found or self.chance.random() < 0.3:
            return self.binary(type_, depth)
        i = self.chance.choice(found)
        parameters, results = self.before[i]
        arguments = " ".join(self.expression(parameter, depth) for parameter in parameters)
        drops = "(drop)" * (len(results) - 1)
        if self.chance.random() < 0.3:
            index = f"(i32.const {i})"
            kind = "".join(f"(param {one})" for one in parameters) + "".join(f"(result {one})" for one in results)
            text = f"call_indirect {kind}"
            return f"(block (result {type_}) {arguments} {index} {text} {drops})"
        return f"(block (result {type_}) {arguments} call {i} {drops})"


def module(seed: int, functions: int = 6) -> bytes:
    """A module of so many exported functions."""
    chance = random.Random(f"expressions {seed}")
    before: list[tuple[list[str], list[str]]] = []
    texts = []
    for i in range(functions):
        function = _Function(chance, before)
        texts.append(f'(func (export "f{i}") {function.text()})')
        before.append((function.parameters, function.results))
    data = "".join(f"\\{chance.randrange(256):02x}" for _ in range(400))
    globals_ = "".join(
        f'(global ${type_}{i} (export "{type_}{i}") (mut {type_}) ({type_}.const {chance.getrandbits(31)}))'
        for type_ in ("i32", "i64") for i in range(2)
    )  # fmt: skip
    elements = " ".join(str(i) for i in range(functions))
    return wat(f"""(module (memory (export "memory") 1 {chance.choice((1, 2, 4))}) {globals_}
        (table funcref (elem {elements})) (data $passive "passive")
        (data (i32.const 0) "{data}") (data (i32.const {PAGE - 400}) "{data}") {" ".join(texts)})""")

