"""Loops whose turns are counted: what each turn adds to a cell, and how many turns there are at most."""

from __future__ import annotations

from dataclasses import dataclass

from .code import Instr
from .flow import Flow
from .ranges import OPPOSITE, Range, exactly, made

_WORD = 1 << 32
_HALF = 1 << 31


@dataclass(frozen=True)
class Exit:
    """Another turn begins only if the comparison ``name`` holds for what ``cell`` was at the beginning of the turn
    plus ``offset``, and ``bound``."""

    cell: int
    offset: int
    name: str
    bound: int


@dataclass
class Loop:
    """``steps`` has the cells to which each turn adds once, at most, a number, and ``sure`` those where it surely
    does; nothing else writes them in the loop."""

    body: set[int]
    steps: dict[int, int]
    sure: set[int]
    exits: list[Exit]

    def turns(self, first: dict[int, Range]) -> int | None:
        """How often the loop's head is reached at most, where cells were in these ranges when it was first."""
        found = [_turns(out, first[out.cell], self.steps[out.cell]) for out in self.exits if out.cell in first]
        return min((turns for turns in found if turns is not None), default=None)


def _turns(out: Exit, first: Range, step: int) -> int | None:
    first = first.plus(exactly(out.offset))
    if out.name == "ne":
        if first.number is None:
            return None
        away = (out.bound - first.number) % _WORD if step > 0 else (first.number - out.bound) % _WORD
        return away // abs(step) + 1 if away % abs(step) == 0 else None
    least, most = (-_HALF, _HALF - 1) if out.name[-1] == "s" else (0, _WORD - 1)
    low, high = first.signed if out.name[-1] == "s" else first.unsigned
    bound = out.bound - _WORD if out.bound > most else out.bound
    if out.name[:2] == "lt" and step > 0 and bound - 1 + step <= most:
        return max(-(-(bound - low) // step), 0) + 1
    if out.name[:2] == "ge" and step < 0 and bound + step >= least:
        return max(-(-(high - bound + 1) // -step), 0) + 1
    return None


def reached(first: Range, step: int, turns: int) -> Range:
    """What a cell may be at a loop's head."""
    far = step * (turns - 1)
    zeros = (step & -step).bit_length() - 1
    bits = min(first.bits, zeros)
    return made(first.low + min(far, 0), first.high + max(far, 0), bits, first.rest)


def loops(flow: Flow) -> dict[int, Loop]:
    """The loops with cells that are counted, by head. None if the code jumps into loops from outside."""
    for i in flow.order:
        for to in flow.blocks[i].follow:
            if flow.rank[to] <= flow.rank[i] and not flow.dominates(to, i):
                return {}
    found = {}
    for head, body in flow.loops.items():
        nested = [inner for other, inner in flow.loops.items() if other != head and other in body]
        own = body.difference(*nested)
        ends = [i for i in body if head in flow.blocks[i].follow]
        always = {i for i in own if all(flow.dominates(i, end) for end in ends)}
        loop = Loop(body, {}, set(), [])
        writers: dict[int, int] = {}  # the block that writes a cell
        for i in body:
            for one in flow.code[flow.blocks[i].start : flow.blocks[i].end]:
                step = added(one)
                for cell in range(one.writes.bit_length()):
                    if one.writes >> cell & 1:
                        if cell in writers or i not in own or step is None or one.a != one.b:
                            loop.steps.pop(cell, None)
                        else:
                            loop.steps[cell] = step
                        writers[cell] = i
        loop.sure = {cell for cell in loop.steps if writers[cell] in always}
        for i in always:
            out = _exit(flow, loop, i, writers)
            if out:
                loop.exits.append(out)
        if loop.steps and loop.exits:
            found[head] = loop
    return found


def added(one: Instr) -> int | None:
    """The number that an instruction adds to its operand, with a sign; None if 0 or if it does anything else."""
    if one.name not in ("i32.add", "i32.sub") or not one.value:
        return None
    number = (one.value + _HALF) % _WORD - _HALF
    return number if one.name == "i32.add" else -number


def _exit(flow: Flow, loop: Loop, number: int, writers: dict[int, int]) -> Exit | None:
    """What a block's branch says of the loop's turns, if it leaves the loop or not by a counted cell."""
    block = flow.blocks[number]
    stays = [to in loop.body for to in block.follow]
    branch = flow.code[block.end - 1]
    if sorted(stays) != [False, True] or branch.name[:5] != "br_if":
        return None
    name = {"br_if": "ne", "br_if zero": "eq"}.get(branch.name, branch.name[6:])
    if branch.name not in ("br_if", "br_if zero") and branch.value is None:
        return None
    cell, offset = branch.a, 0
    for one in reversed(flow.code[block.start : block.end - 1]):
        if one.writes >> cell & 1:
            step = added(one)
            if one.name != "copy" and step is None:
                return None
            cell, offset = one.b, offset + (step or 0)
    if cell not in loop.sure:
        return None
    if writers[cell] != number and flow.dominates(writers[cell], number):
        offset += loop.steps[cell]
    return Exit(cell, offset, name if stays[0] else OPPOSITE[name], branch.value or 0)
