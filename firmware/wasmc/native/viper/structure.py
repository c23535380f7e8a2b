"""Writes the nodes of a segment down as loops and ifs.

A jump is nothing at all where what it leads to comes next anyway, or ``break`` or ``continue`` where the innermost
``while`` ends or begins at its target. Another one sets ``go`` and leaves one ``while`` after another: behind each
that is left so stands a check of ``go``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...interpreter.weave import indent
from ..analysis.code import each
from .nodes import DISPATCH, If, Jump, Loop, Merge, Nodes, Shape, Switch, Table, heads, strays
from .writer import refuel

_NOWHERE = -3


@dataclass
class While:
    """A ``while True`` around what is being written: ``head`` and ``after`` are where continue and break lead, and
    a Switch begins with its ``targets``."""

    head: int
    after: int
    targets: frozenset[int] = frozenset()
    left_for: set[int] = field(default_factory=set)

    def jump(self, target: int) -> list[str] | None:
        """The lines that lead to a target from directly inside."""
        if target in self.targets:
            return ["go = %d" % _label(target), "continue"]
        return ["continue"] if target == self.head else ["break"] if target == self.after else None


class Structure:
    """Writes the segments of one function, whose blocks are ``straight``: lines and two texts by number."""

    def __init__(self, function, straight: dict[int, tuple[list[str], str, str]]) -> None:
        self.function = function
        self.flow = function.flow
        self.shape = Shape(function, straight)

    def segment(self, state: int) -> list[str]:
        """The lines of a state, for the body of the loop that dispatches states."""
        cells = self.function.cells
        begin = self._loaded(cells.loads[state])
        resumed = self._loaded(cells.resumed.get(state, 0))
        if state in cells.resumed:  # each loop around the head counts a turn on the way
            resumed.append("fuel += ptr8(code + s[PC])[6]")
        nodes = self.shape.region(state)
        return self.written([*begin, *nodes], [While(DISPATCH, _NOWHERE)], DISPATCH, tuple(resumed))

    def _loaded(self, cells: int) -> list[str]:
        return ["%s = f[%d]" % (self.function.names[cell], cell) for cell in each(cells)]

    def written(
        self, nodes: Nodes, scope: list[While], following: int, resumed: tuple[str, ...] = ()
    ) -> list[str]:
        """The lines of nodes behind which ``following`` comes. ``resumed`` are for the way to the head of a loop
        in them, where ``into`` is its label: past all that stands before it."""
        labels = [self._labels([node]) for node in nodes]
        at = max((i for i, inside in enumerate(labels) if inside), default=0)
        lines: list[str] = []
        if labels and labels[at]:
            before = self.written(nodes[:at], scope, self._behind(nodes, at - 1, following)) if at else []
            if resumed:
                lines = ["if into:", *indent(list(resumed))]
            if resumed and before and not any(labels[:at]):
                lines += ["else:", *indent(before)]
            elif before:
                lines += ["if %s:" % self._before(labels[:at], labels[at]), *indent(before)]
            lines += self._arrive(nodes[at])
        for i in range(at, len(nodes)):
            lines += self._written(nodes[i], scope, self._behind(nodes, i, following))
        return lines

    @staticmethod
    def _behind(nodes: Nodes, i: int, following: int) -> int:
        """What comes behind the node ``i``."""
        node = nodes[i]
        return node.target if isinstance(node, Merge) else following if i == len(nodes) - 1 else _NOWHERE

    def _labels(self, nodes: Nodes) -> list[int]:
        """The labels of the heads in nodes where a call may go on."""
        inner = self.flow.inner
        return sorted(inner[head].label for head in heads(nodes) if head in inner)

    def _arrive(self, node: object) -> list[str]:
        """For a loop: the end of the way to its head, where that is what is wanted."""
        if not isinstance(node, Loop) or node.head not in self.flow.inner:
            return []
        if not self._labels(node.body):
            return ["into = 0"]
        return ["if into == %d:" % self.flow.inner[node.head].label, "    into = 0"]

    @staticmethod
    def _before(earlier: list[list[int]], labels: list[int]) -> str:
        """The condition under which what stands before the heads of these labels runs."""
        if not any(earlier):
            return "not into"
        if max(map(max, filter(None, earlier))) < labels[0]:
            return "into < %d" % labels[0]
        return " and ".join("into != %d" % label for label in labels)

    @staticmethod
    def _wanted(labels: list[int]) -> str:
        """The condition under which the head of one of these labels is where a call goes on."""
        return " or ".join("into == %d" % label for label in labels)

    def _written(self, node: object, scope: list[While], following: int) -> list[str]:
        match node:
            case str():
                return [node]
            case Jump(block, target):
                return self._jump(block, target, scope, following)
            case If(conditions, yes, no):
                ways = [self.written(way, scope, following) for way in (yes, no)]
                return self._if(self._led(conditions, yes, no), *ways)
            case Table():
                return self._table(node, scope, following)
            case Loop():
                return self._loop(node, scope, following)
            case Merge():
                return self._merge(node, scope)
        assert isinstance(node, Switch)
        return self._switch(node, scope, following)

    def _if(self, conditions: tuple[str, str], yes: list[str], no: list[str]) -> list[str]:
        condition, other = conditions
        if not yes:
            yes, no, condition = no, yes, other
        lines = ["if %s:" % condition, *indent(yes)] if yes else []
        if no:
            lines += no if yes[-1] in ("continue", "break", "return") else ["else:", *indent(no)]
        return lines

    def _led(self, conditions: tuple[str, str], yes: Nodes, no: Nodes) -> tuple[str, str]:
        """Conditions that are also right on the way to the head of a loop in one of two ways."""
        ways = [self._labels(way) for way in (yes, no)]
        if not any(ways):
            return conditions
        texts = []
        for condition, labels, others in zip(conditions, ways, reversed(ways)):
            text = "not into and (%s)" % condition
            if labels:
                wanted = self._wanted(labels) if others else "into"
                text = "%s or %s" % (wanted, "(%s)" % text if others else "(%s)" % condition)
            texts.append(text)
        return texts[0], texts[1]

    def _table(self, table: Table, scope: list[While], following: int) -> list[str]:
        """A tree of comparisons, in which cases that are the regions of a Switch in their order are one."""
        starts, cases = [], []
        lines: list[str] = []
        index, unsigned = table.index, table.unsigned
        led = [(start, self._labels(case)) for start, case in zip(table.first, table.cases)]
        if any(labels for _, labels in led):
            lines = ["x = " + index]
            unsigned = "x" if index == unsigned else "uint(x)"
            index = "x"
            for start, labels in led:
                if labels:
                    lines += ["if %s:" % self._wanted(labels), "    x = %d" % start]
        at = 0
        while at < len(table.cases):
            starts.append(table.first[at])
            end = _end_of_row(table, at, scope[-1].targets)
            if end - at < 3:
                cases.append(self.written(table.cases[at], scope, following))
                at += 1
            else:
                label = _label(table.cases[at][0].target) - table.first[at]
                cases.append(["go = %s + %d" % (index, label), "continue"])
                at = end
        return lines + self._tree(unsigned, index != unsigned, starts, cases)

    def _tree(self, subject: str, is_narrow: bool, starts: list[int], cases: list[list[str]]) -> list[str]:
        """A tree of comparisons: each of the cases holds from where it starts on."""

        def tree(first: int, end: int) -> list[str]:
            if end - first == 1:
                return cases[first]
            middle = (first + end) // 2
            limit = "uint(%d)" % starts[middle] if is_narrow else str(starts[middle])
            low, high = tree(first, middle), tree(middle, end)
            if low == high:
                return low
            lines = ["if %s < %s:" % (subject, limit), *indent(low or ["pass"])]
            return lines + (["else:", *indent(high)] if high else [])

        return tree(0, len(cases))

    def _loop(self, loop: Loop, scope: list[While], following: int) -> list[str]:
        """A loop goes round while there is fuel; ``break`` leaves it past the line that asks for more."""
        around = While(loop.head, following)
        lines = self.written(loop.body, [*scope, around], loop.head)
        if not self.function.module.metered:
            return ["while True:", *indent(lines or ["pass"]), *self._leave(around, scope)]
        turns = ["while fuel:", *indent(["fuel -= 1", *lines])]
        more = ["else:", *indent([*refuel(self.function, loop.head), "continue"])]
        return ["while True:", *indent([*turns, *more, "break"]), *self._leave(around, scope)]

    def _merge(self, merge: Merge, scope: list[While]) -> list[str]:
        if not strays(merge.content, merge.target):
            return self.written(merge.content, scope, merge.target)
        around = While(_NOWHERE, merge.target)
        lines = self.written(merge.content, [*scope, around], _NOWHERE)
        return ["while True:", *indent(_ended(lines)), *self._leave(around, scope)]

    def _switch(self, switch: Switch, scope: list[While], following: int) -> list[str]:
        """Its content, and from then on whichever region ``go`` tells, as the cases of a tree of comparisons."""
        around = While(_NOWHERE, following, frozenset(switch.regions))
        inside = [*scope, around]
        cases = {0: self.written(switch.content, inside, _NOWHERE)}
        lines: list[str] = []
        for target in sorted(switch.regions):
            if labels := self._labels(switch.regions[target]):
                lines += ["if %s:" % self._wanted(labels), "    go = %d" % _label(target)]
            cases[_label(target)] = ["go = 0", *self.written(switch.regions[target], inside, _NOWHERE)]
        tree = self._tree("go", False, list(cases), [_ended(case) for case in cases.values()])
        return [*lines, "while True:", *indent(tree), *self._leave(around, scope)]

    def _leave(self, done: While, scope: list[While]) -> list[str]:
        """Goes on with the jumps that left a while but lead further."""
        lines: list[str] = []
        for target in sorted(done.left_for):
            jump = scope[-1].jump(target)
            if jump is None:
                scope[-1].left_for.add(target)
                jump = ["break"]
            elif target not in scope[-1].targets:
                jump = ["go = 0", *jump]
            test = "if go == %d:" % _label(target) if len(done.left_for) > 1 else "if go:"
            lines += [test, *indent(jump)]
        return lines

    def _jump(self, block: int, target: int, scope: list[While], following: int) -> list[str]:
        lines: list[str] = []
        if target != DISPATCH and self.flow.leaves_segment(block, target):
            names = self.function.names
            edges = each(self.function.cells.edges[block, target])
            lines = ["f[%d] = %s" % (cell, names[cell]) for cell in edges]
            lines.append("st = %d" % self.function.states[target])
            target = DISPATCH
        if target == following:
            return lines
        jump = scope[-1].jump(target)
        if jump:
            return lines + jump
        for one in reversed(scope):
            if one.jump(target):
                break
            one.left_for.add(target)
        return [*lines, "go = %d" % _label(target), "break"]


def _end_of_row(table: Table, start: int, targets: frozenset[int]) -> int:
    """The end of the cases from one on that lead to one after another of some targets, at an index each."""
    end = start
    while end < len(table.cases) - 1 and table.first[end + 1] == table.first[start] + end - start + 1:
        case = table.cases[end]
        if len(case) != 1 or not isinstance(case[0], Jump) or case[0].target not in targets:
            break
        if case[0].target != table.cases[start][0].target + end - start:
            break
        end += 1
    return end


def _ended(lines: list[str]) -> list[str]:
    """The lines of what is to leave its while at its end."""
    return lines if lines and lines[-1] in ("break", "continue", "return") else [*lines, "break"]


def _label(target: int) -> int:
    return target + 10  # not zero, also for DISPATCH
