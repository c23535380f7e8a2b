"""Finds between which numbers the addresses of a function's accesses to memory lie, and what is computed with.

The cells' ranges are followed through the blocks until they don't change any more. A comparison narrows what its
branches know, of cells too that were computed from the one that it compares (``kin``). Counted loops
(induction.py) tell how far their cells come.
"""

from __future__ import annotations

from .code import Instr, each
from .flow import Flow
from .induction import added, loops, reached
from .ranges import ANY, OPPOSITE, TRUTH, Range, computed, exactly, holds, made

_MOST_CHANGES = 8  # of a cell at the beginning of a block, before nothing is known of it but its low bits
_MOST_ROUNDS = 60  # over all blocks, before nothing is known at all

Known = dict[int, Range]  # a cell that is not in it may be anything
Kin = dict[int, tuple[int, int]]  # cell -> another one, and what was added to that

_LOADED = {
    "i32.load8_u": Range(0, 0xFF),
    "i32.load16_u": Range(0, 0xFFFF),
    "i32.load8_s": Range(-0x80, 0x7F),
    "i32.load16_s": Range(-0x8000, 0x7FFF),
    "i32.extend8_s": Range(-0x80, 0x7F),
    "i32.extend16_s": Range(-0x8000, 0x7FFF),
    "i32.clz": Range(0, 32),
    "i32.ctz": Range(0, 32),
    "i32.popcnt": Range(0, 32),
}


class Spans:
    """By index of an instruction: ``addresses`` has the range of an access's address, without its offset, and
    ``operands`` those of what is computed with or compared. ``begins`` tells by number of a block what is known at
    its beginning."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.loops = loops(flow)
        self.addresses: dict[int, Range] = {}
        self.operands: dict[int, tuple[Range, Range]] = {}
        self._before: dict[int, list[int]] = {i: list(flow.blocks[i].before) for i in flow.order}
        for i in flow.order:
            if flow.blocks[i].resumes in self._before:
                self._before[flow.blocks[i].resumes].append(i)
        self._out: dict[tuple[int, int], Known] = {}  # by edge
        self._changes: dict[tuple[int, int], int] = {}
        self.begins = self._find()
        for i, known in self.begins.items():
            self._run(i, dict(known), True)

    def _find(self) -> dict[int, Known]:
        found: dict[int, Known] = {}
        changed = True
        rounds = 0
        while changed:
            changed = False
            rounds += 1
            if rounds > _MOST_ROUNDS:
                return {i: {} for i in self.flow.order}
            for i in self.flow.order:
                known = self._begin(i)
                if i in found and known == found[i]:
                    continue
                if i in found:
                    for cell in found[i]:
                        if known.get(cell) != found[i][cell]:
                            self._changes[i, cell] = self._changes.get((i, cell), 0) + 1
                            if cell in known and self._changes[i, cell] > _MOST_CHANGES:
                                known[cell] = _vague(known[cell])
                found[i] = known
                self._run(i, dict(known), False)
                changed = True
        return found

    def _begin(self, i: int) -> Known:
        ways = [(before, self._out[before, i]) for before in self._before[i] if (before, i) in self._out]
        if i == 0:
            return {}
        known = _join([out for _, out in ways])
        loop = self.loops.get(i)
        if loop:
            first = _join([out for before, out in ways if before not in loop.body])
            turns = loop.turns(first)
            if turns is not None:
                for cell, step in loop.steps.items():
                    if cell in first:
                        known[cell] = reached(first[cell], step, turns)
        for cell in known:
            if self._changes.get((i, cell), 0) > _MOST_CHANGES:
                known[cell] = _vague(known[cell])
        return known

    def _run(self, i: int, known: Known, final: bool) -> None:
        """Follows a block; tells what is known on each way out, or at last what the instructions work on."""
        block = self.flow.blocks[i]
        kin: Kin = {}
        for at in range(block.start, block.end):
            one = self.flow.code[at]
            if final:
                self._note(at, one, known)
            _step(one, known, kin)
        if final:
            return
        last = self.flow.code[block.end - 1]
        for number, to in enumerate(block.follow):
            out = dict(known)
            if last.name[:5] == "br_if" and block.follow[0] != block.follow[1]:
                _narrow(last, number == 0, out, kin)
            self._out[i, to] = out
        if block.resumes in self._before:
            self._out[i, block.resumes] = known

    def _note(self, at: int, one: Instr, known: Known) -> None:
        if one.accesses:
            self.addresses[at] = known.get(one.b, ANY)
        elif one.name[:4] == "i32." or one.name[:6] == "br_if ":
            first, second = (one.a, one.b) if one.targets else (one.b, one.c)
            right = exactly(one.value) if one.value is not None else known.get(second, ANY)
            self.operands[at] = known.get(first, ANY), right


def _vague(one: Range) -> Range:
    return made(ANY.low, ANY.high, one.bits, one.rest)


def _join(ways: list[Known]) -> Known:
    if not ways:
        return {}
    known = dict(ways[0])
    for way in ways[1:]:
        known = {cell: found.join(way[cell]) for cell, found in known.items() if cell in way}
    return known


def _step(one: Instr, known: Known, kin: Kin) -> None:
    result = _result(one, known)
    step = 0 if one.name == "copy" else added(one)
    relative = None
    if step is not None and one.a != one.b:
        relative = one.b, step
    for cell in each(one.writes):
        known.pop(cell, None)
        kin.pop(cell, None)
        for other in [other for other, (source, _) in kin.items() if source == cell]:
            del kin[other]
    if result:
        known[one.a] = result
    if relative:
        kin[one.a] = relative


def _result(one: Instr, known: Known) -> Range | None:
    """The range of the one cell that an instruction writes."""
    if one.name == "const":
        return exactly(one.value or 0)
    if one.name == "copy":
        return known.get(one.b)
    if one.name == "select":
        return known[one.b].join(known[one.c]) if one.b in known and one.c in known else None
    if one.name in _LOADED:
        return _LOADED[one.name]
    if one.name[:4] == "i32." and one.writes == 1 << one.a and not one.name.startswith("i32.load"):
        right = exactly(one.value) if one.value is not None else known.get(one.c, ANY)
        return computed(one.name[4:], known.get(one.b, ANY), right)
    return TRUTH if one.name[:4] == "i64." and one.writes == 1 << one.a else None


def _narrow(branch: Instr, taken: bool, known: Known, kin: Kin) -> None:
    """What a conditional branch tells on one of its ways."""
    name = {"br_if": "ne", "br_if zero": "eq"}.get(branch.name, branch.name[6:])
    name = name if taken else OPPOSITE[name]
    simple = branch.name in ("br_if", "br_if zero")
    x = known.get(branch.a, ANY)
    y = exactly(branch.value or 0) if simple or branch.value is not None else known.get(branch.b, ANY)
    cell, now = branch.a, holds(name, x, y)
    if now == x:
        return
    known[cell] = now
    if cell in kin:
        base, plus = kin[cell]
        known[base] = _smaller(known.get(base, ANY), now.minus(exactly(plus)))
    for other, (source, step) in kin.items():
        if source == cell:
            known[other] = _smaller(known.get(other, ANY), now.plus(exactly(step)))


def _smaller(one: Range, other: Range) -> Range:
    """One of two ranges that both hold."""
    return other if other.high - other.low < one.high - one.low else one
