"""Where the cells of a frame are: in locals of the native code, or in the frame.

In a segment (flow.py) cells live in locals. They are brought there at its beginning if they are read in it, and
written back (*spilled*) where it is left if they may have changed and are wanted later, or by whoever is called.
"""

from __future__ import annotations

from .code import Instr
from .flow import ROOT, Flow

# What has no effect but on the cells that it writes.
EFFECTS = ("i32.load", "i64.load", "i32.div", "i32.rem", "i32.store", "i64.store", "global.set", "kernel", "call")


class Cells:
    """What is known of the cells of a function: ``loads`` are those that each state begins with, ``live`` those
    whose local is wanted at the beginning of each block and ``after`` behind each instruction, ``edges`` those to
    spill on the way to a state, and ``exits``, where functions keep their image code, those to spill before each
    access to memory if it is left to the interpreter; ``stops`` are those to spill where a call stops at the
    head of a loop, ``resumed`` those that a segment begins with where it goes on at a head inside."""

    def __init__(self, flow: Flow, keeps: bool, stops: bool = False) -> None:
        self.flow = flow
        self.wanted = self._wanted()
        self.edges: dict[tuple[int, int], int] = {}
        self.exits: dict[int, int] = {}
        newer = self._spill()
        self.stops = {i: newer[i] & self.wanted[i] for i in flow.order if stops and flow.stops(i)}
        if keeps:
            self._leave(newer)
        self.after: dict[int, int] = {}
        self.loads: dict[int, int] = {}
        self._live()

    def _wanted(self) -> dict[int, int]:
        """Cells that are read at or behind the beginning of each block, in a segment or a later one."""
        flow = self.flow
        wanted = dict.fromkeys(flow.order, 0)
        changed = True
        while changed:
            changed = False
            for i in reversed(flow.order):
                block = flow.blocks[i]
                cells = wanted[block.resumes] if block.resumes != ROOT else 0
                for to in block.follow:
                    cells |= wanted[to]
                for one in reversed(flow.code[block.start : block.end]):
                    cells = _before(one, cells)
                if cells != wanted[i]:
                    wanted[i] = cells
                    changed = True
        return wanted

    def _spill(self) -> dict[int, int]:
        """Finds which cells may be newer in their local than in the frame, and with that what is spilled; those at
        the beginning of each block."""
        flow = self.flow
        found: dict[int, int] = {}
        out: dict[int, int] = {}
        changed = True
        while changed:
            changed = False
            for i in flow.order:
                block = flow.blocks[i]
                newer = 0
                for before in block.before:
                    if not flow.leaves_segment(before, i):
                        newer |= out.get(before, 0)
                found[i] = newer
                for one in flow.code[block.start : block.end]:
                    newer = self._spill_at(one, newer, block.resumes)
                if out.get(i) != newer:
                    out[i] = newer
                    changed = True
        for i in flow.order:
            for to in flow.blocks[i].follow:
                if flow.leaves_segment(i, to):
                    self.edges[i, to] = out[i] & self.wanted[to]
        return found

    def _leave(self, begins: dict[int, int]) -> None:
        """Finds what is spilled where an access leaves the native code."""
        flow = self.flow
        for i in flow.order:
            block = flow.blocks[i]
            wanted = self.wanted[block.resumes] if block.resumes != ROOT else 0
            for to in block.follow:
                wanted |= self.wanted[to]
            places = range(block.start, block.end)
            for at in reversed(places):
                wanted = _before(flow.code[at], wanted)
                if flow.code[at].accesses:
                    self.exits[at] = wanted
            newer = begins[i]
            for at in places:
                if at in self.exits:
                    self.exits[at] &= newer
                newer = self._spill_at(flow.code[at], newer, block.resumes)

    def _spill_at(self, one: Instr, newer: int, resumes: int) -> int:
        if one.leaves:
            one.spilled = newer & (one.reads | self.wanted[resumes] & ~one.writes)
            return 0
        if one.name == "kernel" or one.name in ("return", "return1") or one.name[:11] == "return_call":
            one.spilled = newer & one.reads
            if one.name == "return1":
                one.spilled = 0  # it writes its result itself
            return newer & ~one.spilled & ~one.writes
        return newer | one.writes

    def local_reads(self, one: Instr) -> int:
        """The cells whose local an instruction reads, spills included."""
        if one.leaves or one.name == "kernel" or one.name == "return" or one.name[:11] == "return_call":
            index = 1 << one.a if one.name == "call_indirect" else 0
            return one.spilled | index
        return one.reads

    def _live(self) -> None:
        flow = self.flow
        live = dict.fromkeys(flow.order, 0)
        changed = True
        while changed:
            changed = False
            for i in reversed(flow.order):
                block = flow.blocks[i]
                cells = 0
                for to in block.follow:
                    cells |= self.edges[i, to] if flow.leaves_segment(i, to) else live[to]
                for at in range(block.end - 1, block.start - 1, -1):
                    one = flow.code[at]
                    self.after[at] = cells
                    if not self.needless(at):
                        cells = cells & ~one.writes | self.local_reads(one) | self.exits.get(at, 0)
                cells |= self.stops.get(i, 0)
                if cells != live[i]:
                    live[i] = cells
                    changed = True
        self.live = live
        self.resumed: dict[int, int] = {}
        for head, inner in flow.inner.items():
            self.resumed[inner.segment] = self.resumed.get(inner.segment, 0) | live[head]
        for state in flow.states:
            self.loads[state] = live[state]

    def needless(self, at: int) -> bool:
        """Whether an instruction only writes what nobody reads."""
        return _is_needless(self.flow.code[at], self.after[at])


def _is_needless(one: Instr, wanted: int) -> bool:
    return one.writes != 0 and one.writes & wanted == 0 and not one.name.startswith(EFFECTS)


def _before(one: Instr, wanted: int) -> int:
    """The cells that are wanted before an instruction, by those that are behind it."""
    return wanted if _is_needless(one, wanted) else wanted & ~one.writes | one.reads
