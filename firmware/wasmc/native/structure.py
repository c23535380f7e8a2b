"""Writes the blocks of a segment (flow.py) as loops and ifs, along the tree of dominators.

A jump costs nothing where its target comes next, and is ``break`` or ``continue`` where the innermost ``while``
ends or begins at it. Another one sets ``go`` and leaves one ``while`` after another: behind each that is left in
this way stands a check of ``go``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .. import isa
from ..viper.weave import indent
from .blocks import refuel
from .code import Unfit, each
from .flow import ROOT

DISPATCH = -2  # where states are entered
_NOWHERE = -3
_DEEPEST = 40  # nested whiles and ifs
_TRIALS = 4  # nested attempts to do without a while


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


@dataclass
class While:
    """A ``while True`` around what is being written: ``head`` and ``after`` are where continue and break lead."""

    head: int
    after: int
    left_for: set[int] = field(default_factory=set)


class Structure:
    """Writes the segments of one function, whose blocks are ``straight``: lines and two texts by number."""

    def __init__(self, function, straight: dict[int, tuple[list[str], str, str]]) -> None:
        self.function = function
        self.flow = function.flow
        self.straight = straight
        # Where calls are most of the work, the way back is worth its bytes at each return.
        self.recursive = any(one.callee == function.index and one.name == "call" for one in function.code)
        self.trials = 0
        self.depth = 0
        flow = self.flow
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

    def segment(self, state: int) -> list[str]:
        """The lines of a state, for the body of the loop that dispatches states."""
        lines = []
        names = self.function.names
        for cell in each(self.function.cells.loads[state]):
            lines.append("%s = f[%d]" % (names[cell], cell))
        return lines + self.region(state, [While(DISPATCH, _NOWHERE)], DISPATCH)

    def region(self, block: int, scope: list[While], following: int) -> list[str]:
        """A block and all that it dominates."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unfit("too deeply nested")
        try:
            if block not in self.flow.loops:
                return self.inside(block, scope, following)

            def loop(scope: list[While], following: int) -> list[str]:
                return self.loop(block, lambda *place: self.inside(block, *place), scope, following)

            return self.sequence(loop, self.behind.get(block, []), scope, following)
        finally:
            self.depth -= 1

    def inside(self, block: int, scope: list[While], following: int) -> list[str]:
        return self.sequence(
            lambda *place: self.content(block, *place), self.merges.get(block, []), scope, following
        )

    def sequence(self, content, merges: list[int], scope: list[While], following: int) -> list[str]:
        """``content``, then the blocks that several of its jumps lead to, in order."""
        if not merges:
            return content(scope, following)
        last = max(merges, key=lambda block: self.flow.rank[block])
        rest = [block for block in merges if block != last]
        if self.trials < _TRIALS or not rest:
            self.trials += 1
            marks = [set(one.left_for) for one in scope]
            try:
                lines = self.sequence(content, rest, scope, last)
            except _Unreached:
                lines = None
            finally:
                self.trials -= 1
            if lines is not None and not any(last in one.left_for for one in scope):
                return lines + self.region(last, scope, following)
            for one, mark in zip(scope, marks):
                one.left_for = mark
        around = While(_NOWHERE, last)
        lines = self.sequence(content, rest, [*scope, around], _NOWHERE)
        if not lines or lines[-1] not in ("break", "continue", "return"):
            lines = [*lines, "break"]
        return [
            "while True:",
            *indent(lines),
            *self.leave(around, scope, last),
            *self.region(last, scope, following),
        ]

    def loop(self, head: int, content, scope: list[While], following: int) -> list[str]:
        """A loop goes round while there is fuel; ``break`` leaves it past the line that asks for more."""
        around = While(head, following)
        lines = content([*scope, around], head)
        if not self.function.module.metered:
            return ["while True:", *indent(lines or ["pass"]), *self.leave(around, scope, following)]
        turns = ["while fuel:", *indent(["fuel -= 1", *lines])]
        more = ["else:", *indent([*refuel(self.flow.code[self.flow.blocks[head].start]), "continue"])]
        return ["while True:", *indent([*turns, *more, "break"]), *self.leave(around, scope, following)]

    def leave(self, done: While, scope: list[While], following: int) -> list[str]:
        """Goes on with the jumps that left a while but lead further."""
        lines: list[str] = []
        for target in sorted(done.left_for):
            around = scope[-1]
            if target in (around.head, around.after):
                jump = ["go = 0", "continue" if target == around.head else "break"]
            else:
                around.left_for.add(target)
                jump = ["break"]
            test = "if go == %d:" % _label(target) if len(done.left_for) > 1 else "if go:"
            lines += [test, *indent(jump)]
        return lines

    def jump(self, block: int, target: int, scope: list[While], following: int) -> list[str]:
        """From the end of a block to another one, or to DISPATCH."""
        if target != DISPATCH:
            if self.flow.dominator[target] == ROOT:
                return self.to_state(block, target, scope, following)
            if target not in self.placed and not self.flow.dominates(target, block):
                return self.region(target, scope, following)
        if target == following:
            return []
        if target == scope[-1].head:
            return ["continue"]
        if target == scope[-1].after:
            return ["break"]
        for i in range(len(scope) - 2, -1, -1):
            if target in (scope[i].head, scope[i].after):
                for one in scope[i + 1 :]:
                    one.left_for.add(target)
                return ["go = %d" % _label(target), "break"]
        raise _Unreached

    def to_state(self, block: int, target: int, scope: list[While], following: int) -> list[str]:
        names = self.function.names
        # A loop whose head is a state goes round inside its segment.
        if target in self.flow.loops and self.flow.dominates(target, block):
            for one in scope:
                if one.head == target:
                    return self.around(target, scope, following)
        lines = ["f[%d] = %s" % (cell, names[cell]) for cell in each(self.function.cells.edges[block, target])]
        lines.append("st = %d" % self.function.states[target])
        return lines + self.jump(block, DISPATCH, scope, following)

    def around(self, target: int, scope: list[While], following: int) -> list[str]:
        if target == following:
            return []
        if target == scope[-1].head:
            return ["continue"]
        for one in scope[[one.head for one in scope].index(target) + 1 :]:
            one.left_for.add(target)
        return ["go = %d" % _label(target), "break"]

    def content(self, block: int, scope: list[While], following: int) -> list[str]:
        """The straight code of a block and its branch."""
        lines, condition, other = self.straight[block]
        lines = list(lines)
        last = self.flow.code[self.flow.blocks[block].end - 1]
        follow = self.flow.blocks[block].follow
        if last.name in ("return", "return1"):
            back = BACK if self.recursive else ["st = 0"]
            return [*lines, *back, *self.jump(block, DISPATCH, scope, following)]
        if lines and lines[-1] == "return" and not follow:
            return lines
        if not follow:  # a call, whose lines have set the state
            return [*lines, *self.jump(block, DISPATCH, scope, following)]
        if last.name == "br_table":
            return [*lines, *self.table(block, condition, other, scope, following)]
        if not condition or follow[0] == follow[1]:
            return [*lines, *self.jump(block, follow[0], scope, following)]
        yes = self.jump(block, follow[0], scope, following)
        no = self.jump(block, follow[1], scope, following)
        if not yes:
            yes, no, condition = no, yes, other
        if yes:
            lines += ["if %s:" % condition, *indent(yes)]
            if no:
                lines += no if yes[-1] in ("continue", "break", "return") else ["else:", *indent(no)]
        return lines

    def table(self, block: int, index: str, unsigned: str, scope: list[While], following: int) -> list[str]:
        """A ``br_table`` as a tree of comparisons; neighbours that lead to one place are one leaf."""
        follow = self.flow.blocks[block].follow
        narrow = index != unsigned
        groups: list[tuple[int, int]] = []  # first index, target
        for i, target in enumerate(follow):
            if not groups or groups[-1][1] != target:
                groups.append((i, target))
        text: dict[int, list[str]] = {}

        def leaf(target: int) -> list[str]:
            if target not in text:
                text[target] = self.jump(block, target, scope, following)
            return text[target]

        def tree(part: list[tuple[int, int]]) -> list[str]:
            if len(part) == 1:
                return leaf(part[0][1])
            middle = len(part) // 2
            limit = "uint(%d)" % part[middle][0] if narrow else str(part[middle][0])
            low, high = tree(part[:middle]), tree(part[middle:])
            if low == high:
                return low
            return ["if %s < %s:" % (unsigned, limit), *indent(low or ["pass"]), *(
                ["else:", *indent(high)] if high else [])]

        return tree(groups)


class _Unreached(Exception):
    """A jump's target is not around it in this attempt."""


def _label(target: int) -> int:
    return target + 10  # not zero, also for DISPATCH
