"""The blocks of a segment (analysis/flow.py) as a tree of *nodes*, along the tree of dominators.

In it a jump only says where it leads: what it takes to get there is known when the whole tree is.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...image import isa
from ..analysis.code import Unfit
from ..analysis.flow import ROOT

DISPATCH = -2  # where states are entered
_DEEPEST = 40  # nested regions
_MOST_NESTED = 6  # blocks that each begin where a while of their own ends; more share one

# Returns to the caller's call, whose offset is in ``y``.
BACK = [
    "x = ptr16(code + y)[1] << 2",
    "f = ptr32(int(f) - x)",
    "s[FP] -= x",
    "x = ptr16(code + y)[4]",
    "if x != %d:" % isa.OPS["native"][0],
    "    s[PC] = y + 8",
    "    s[FUEL] = fuel",
    "    return",
    "st = ptr16(code + y)[5]",
]

Nodes = list  # of lines and of what follows


@dataclass
class Jump:
    """From the end of a block to another one, or to DISPATCH."""

    block: int
    target: int


@dataclass
class If:
    """``conditions`` has the one of ``yes`` and its opposite."""

    conditions: tuple[str, str]
    yes: Nodes
    no: Nodes


@dataclass
class Table:
    """A ``br_table``: ``first`` has the index from which on each of ``cases`` holds. Both texts are the index, as
    a number and as one without a sign."""

    index: str
    unsigned: str
    first: list[int]
    cases: list[Nodes]


@dataclass
class Loop:
    head: int
    body: Nodes


@dataclass
class Merge:
    """``content``, whose jumps to ``target`` lead to the nodes behind it."""

    content: Nodes
    target: int


@dataclass
class Switch:
    """``content``, whose jumps to many targets lead to the region of each."""

    content: Nodes
    regions: dict[int, Nodes]


class Shape:
    """Makes the nodes of one function, whose blocks are ``straight``: lines and two texts by number."""

    def __init__(self, function, straight: dict[int, tuple[list[str], str, str]]) -> None:
        self.flow = flow = function.flow
        self.straight = straight
        # Where calls are most of the work, the way back is worth its bytes at each return.
        self.recursive = any(one.callee == function.index and one.name == "call" for one in function.code)
        self.depth = 0
        self.behind: dict[int, list[int]] = {}  # by loop's head: blocks that it leads to
        self.merges: dict[int, list[int]] = {}  # by block: what it dominates and several ways lead to
        self.placed: set[int] = set()
        for i in flow.order:
            above = flow.dominator[i]
            if above == ROOT:
                continue
            left = [head for head, body in flow.loops.items() if above in body and i not in body]
            ways = [b for b in flow.blocks[i].before if not flow.dominates(i, b)]
            if left:
                outermost = min(left, key=lambda head: flow.rank[head])
                self.behind.setdefault(outermost, []).append(i)
                self.placed.add(i)
            elif len(ways) != 1:
                self.merges.setdefault(above, []).append(i)
                self.placed.add(i)

    def region(self, block: int) -> Nodes:
        """A block and all that it dominates."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unfit("too deeply nested")
        nodes: Nodes = []
        self._extend(nodes, block)
        self.depth -= 1
        return nodes

    def _extend(self, nodes: Nodes, block: int | None) -> None:
        """Appends a block, and what comes behind it as long as that is the region of one block."""
        while block is not None:
            if block not in self.flow.loops:
                block = self._sequence(nodes, *self._content(block), self.merges.get(block, []))
                continue
            body: Nodes = []
            self._extend(body, self._sequence(body, *self._content(block), self.merges.get(block, [])))
            block = self._sequence(nodes, [Loop(block, body)], None, self.behind.get(block, []))

    def _sequence(self, nodes: Nodes, content: Nodes, following: int | None, merges: list[int]) -> int | None:
        """Appends ``content`` and the regions of the blocks that several of its jumps lead to, but the last one.

        That is returned, or else ``following``.
        """
        if not merges:
            nodes += content
            return following
        if len(merges) > _MOST_NESTED:
            nodes.append(Switch(content, {block: self.region(block) for block in merges}))
            return None
        *inner, last = sorted(merges, key=lambda block: self.flow.rank[block])
        for block in inner:
            content = [Merge(content, block), *self.region(block)]
        nodes.append(Merge(content, last))
        return last

    def _content(self, block: int) -> tuple[Nodes, int | None]:
        """The straight code of a block and its branch; the block that comes next, where it leads nowhere else."""
        follow = self.flow.blocks[block].follow
        if follow and follow.count(follow[0]) == len(follow) and not self._is_jump(block, follow[0]):
            return list(self.straight[block][0]), follow[0]
        return self._branching(block), None

    def _branching(self, block: int) -> Nodes:
        lines, condition, other = self.straight[block]
        nodes: Nodes = list(lines)
        last = self.flow.code[self.flow.blocks[block].end - 1]
        follow = self.flow.blocks[block].follow
        if last.name in ("return", "return1"):
            return [*nodes, *(BACK if self.recursive else ["st = 0"]), Jump(block, DISPATCH)]
        if lines and lines[-1] == "return" and not follow:
            return nodes
        if not follow:  # a call, whose lines have set the state
            return [*nodes, Jump(block, DISPATCH)]
        if last.name == "br_table":
            return [*nodes, self._table(block, condition, other)]
        if not condition or follow[0] == follow[1]:
            return nodes + self._jump(block, follow[0])
        return [*nodes, If((condition, other), self._jump(block, follow[0]), self._jump(block, follow[1]))]

    def _table(self, block: int, index: str, unsigned: str) -> Table:
        """Neighbours that lead to one place are one case."""
        found = Table(index, unsigned, [], [])
        before = None
        for i, target in enumerate(self.flow.blocks[block].follow):
            if target != before:
                found.first.append(i)
                found.cases.append(self._jump(block, target))
            before = target
        return found

    def _jump(self, block: int, target: int) -> Nodes:
        return [Jump(block, target)] if self._is_jump(block, target) else self.region(target)

    def _is_jump(self, block: int, target: int) -> bool:
        """Whether a block is not the only way to another one, which doesn't stand in its place therefore."""
        flow = self.flow
        return flow.dominator[target] == ROOT or target in self.placed or flow.dominates(target, block)


def targets(nodes: Nodes) -> set[int]:
    """Where the jumps in nodes lead."""
    found: set[int] = set()
    for node in nodes:
        for part in _parts(node):
            found |= targets(part)
        if isinstance(node, Jump):
            found.add(node.target)
    return found


def heads(nodes: Nodes) -> list[int]:
    """The heads of the loops in nodes."""
    found: list[int] = []
    for node in nodes:
        if isinstance(node, Loop):
            found.append(node.head)
        for part in _parts(node):
            found += heads(part)
    return found


def strays(nodes: Nodes, target: int) -> bool:
    """Whether jumps lead to ``target``, which comes behind the nodes, from where more comes between."""
    if not nodes:
        return False
    if any(target in targets([node]) for node in nodes[:-1]):
        return True
    match nodes[-1]:
        case If(_, yes, no):
            return strays(yes, target) or strays(no, target)
        case Table(cases=cases):
            return any(strays(case, target) for case in cases)
    return False  # what leaves a while leads behind it


def _parts(node: object) -> list[Nodes]:
    match node:
        case If(_, yes, no):
            return [yes, no]
        case Table(cases=cases):
            return cases
        case Loop(_, body):
            return [body]
        case Merge(content, _):
            return [content]
        case Switch(content, regions):
            return [content, *regions.values()]
    return []
