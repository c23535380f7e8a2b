"""The control flow of a function: blocks, the states in which it is entered, dominators and loops.

Native code is entered at a function's beginning and behind every instruction that left it (``Instr.leaves``).
All of them are successors of one root that is no block. A block whose immediate dominator is the root can't be
nested in another one's code: it is a *state* of its own, and what it dominates is its *segment*. So a loop
without calls is a loop of the code, and one with calls goes round by way of states.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .code import Instr, Unfit

ROOT = -1
_MOST_LABELS = 255
_ENDS = ("return", "return1", "trap", "exit", "return_call", "return_call_indirect")


@dataclass
class Block:
    """Instructions ``start`` to ``end`` (exclusive), and the blocks that follow: what a branch leads to first,
    in the order of its targets, then the next instruction's."""

    start: int
    end: int
    follow: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    resumes: int = ROOT  # the block to come back to where the last instruction leaves


@dataclass(frozen=True)
class Inner:
    """The head of a loop inside a segment, where a call may stop and go on: ``label`` is its number there, from 1,
    in the order of the code, ``depth`` how many loops of the segment are around it."""

    segment: int
    label: int
    depth: int


class Flow:
    """The control flow of ``code``, in which no block is unreachable."""

    def __init__(self, code: list[Instr]) -> None:
        self.code = code
        self.blocks = _blocks(code)
        self.entries = self._entries()
        self.order = self._order()  # blocks in reverse postorder
        self.rank = {block: i for i, block in enumerate(self.order)}
        for i in self.order:
            for to in self.blocks[i].follow:
                self.blocks[to].before.append(i)
        self.dominator = self._dominators()
        self.children: dict[int, list[int]] = {ROOT: []}
        for i in self.order:
            self.children[i] = []
        for i in self.order:
            self.children[self.dominator[i]].append(i)
        self.states = self.children[ROOT]
        self.segment: dict[int, int] = {}
        for i in self.order:
            above = self.dominator[i]
            self.segment[i] = i if above == ROOT else self.segment[above]
        self.loops = self._loops()
        self.inner: dict[int, Inner] = {}  # heads of loops that are no states; known where calls may stop there

    def dominates(self, one: int, other: int) -> bool:
        while other != ROOT and other != one:
            other = self.dominator[other]
        return other == one

    def leaves_segment(self, block: int, to: int) -> bool:
        """Whether the way from a block to one that follows it leads to a state; a loop whose head is a state goes
        round inside its segment."""
        return self.dominator[to] == ROOT and not self.dominates(to, block)

    def depth(self, block: int) -> int:
        """How many loops a block is in."""
        return sum(block in body for body in self.loops.values())

    def stops(self, block: int) -> bool:
        """Whether a block is where branches lead back to: each turn of a loop is counted there."""
        return self.code[self.blocks[block].start].back

    def find_inner(self) -> None:
        """Fills ``inner``. Raises :class:`Unfit` where there are too many."""
        labels: dict[int, int] = {}
        for i in self.order:
            if not self.stops(i) or self.dominator[i] == ROOT:
                continue
            if i not in self.loops:
                raise Unfit("a loop with two entrances")
            if labels.get(self.segment[i]) == _MOST_LABELS:
                raise Unfit("too many loops")
            segment = self.segment[i]
            labels[segment] = labels.get(segment, 0) + 1
            around = [h for h, body in self.loops.items() if i in body and h != i and self.segment[h] == segment]
            self.inner[i] = Inner(segment, labels[segment], len(around))

    def _entries(self) -> list[int]:
        """The blocks that native code is entered at, of those that can be reached."""
        entries = [0]
        seen = {0}
        waiting = [0]
        while waiting:
            block = self.blocks[waiting.pop()]
            if block.resumes != ROOT and block.resumes not in entries:
                entries.append(block.resumes)
            for to in [*block.follow, block.resumes]:
                if to != ROOT and to not in seen:
                    seen.add(to)
                    waiting.append(to)
        return entries

    def _order(self) -> list[int]:
        order: list[int] = []
        seen = set()
        for entry in self.entries[::-1]:
            if entry in seen:
                continue
            seen.add(entry)
            path = [(entry, iter(self.blocks[entry].follow[::-1]))]
            while path:
                block, rest = path[-1]
                to = next((to for to in rest if to not in seen), None)
                if to is None:
                    order.append(block)
                    path.pop()
                else:
                    seen.add(to)
                    path.append((to, iter(self.blocks[to].follow[::-1])))
        return order[::-1]

    def _dominators(self) -> dict[int, int]:
        """Immediate dominators, by the algorithm of Cooper, Harvey and Kennedy."""
        found: dict[int, int] = dict.fromkeys(self.entries, ROOT)
        rank = self.rank

        def common(one: int, other: int) -> int:
            while one != other:
                if one == ROOT or other == ROOT:
                    return ROOT
                if rank[one] > rank[other]:
                    one = found[one]
                else:
                    other = found[other]
            return one

        changed = True
        while changed:
            changed = False
            for i in self.order:
                if i in self.entries:
                    continue
                known = [before for before in self.blocks[i].before if before in found]
                best = known[0]
                for before in known[1:]:
                    best = common(best, before)
                if found.get(i) != best:
                    found[i] = best
                    changed = True
        return found

    def _loops(self) -> dict[int, set[int]]:
        """The blocks of each loop that has one entrance, by its head."""
        loops: dict[int, set[int]] = {}
        for i in self.order:
            for head in self.blocks[i].follow:
                if self.dominates(head, i):
                    body = loops.setdefault(head, {head})
                    waiting = [i]
                    while waiting:
                        block = waiting.pop()
                        if block not in body:
                            body.add(block)
                            waiting += self.blocks[block].before
        return loops


def _blocks(code: list[Instr]) -> list[Block]:
    starts = {0}
    for i, one in enumerate(code):
        starts.update(one.targets)
        if one.targets or one.leaves or one.name in _ENDS:
            starts.add(i + 1)
    starts.discard(len(code))
    bounds = sorted(starts)
    number = {start: i for i, start in enumerate(bounds)}
    blocks = []
    for i, start in enumerate(bounds):
        end = bounds[i + 1] if i + 1 < len(bounds) else len(code)
        block = Block(start, end)
        last = code[end - 1]
        block.follow = [number[target] for target in last.targets]
        if last.leaves:
            block.resumes = i + 1
        elif last.name not in _ENDS and last.name not in ("br", "br_table"):
            block.follow.append(i + 1)
        blocks.append(block)
    return blocks
