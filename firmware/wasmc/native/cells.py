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
    """What is known of the cells of a function: ``loads`` are those that each state begins with, ``after`` those
    whose local is wanted behind each instruction, ``edges`` those to spill on the way to a state."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.wanted = self._wanted()
        self.edges: dict[tuple[int, int], int] = {}
        self._spill()
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
                    cells = cells & ~one.writes | one.reads
                if cells != wanted[i]:
                    wanted[i] = cells
                    changed = True
        return wanted

    def _spill(self) -> None:
        """Finds which cells may be newer in their local than in the frame, and with that what is spilled."""
        flow = self.flow
        out: dict[int, int] = {}
        changed = True
        while changed:
            changed = False
            for i in flow.order:
                block = flow.blocks[i]
                newer = 0
                if flow.dominator[i] != ROOT:
                    for before in block.before:
                        newer |= out.get(before, 0)
                for one in flow.code[block.start : block.end]:
                    newer = self._spill_at(one, newer, block.resumes)
                if out.get(i) != newer:
                    out[i] = newer
                    changed = True
        for i in flow.order:
            for to in flow.blocks[i].follow:
                if flow.dominator[to] == ROOT:
                    self.edges[i, to] = out[i] & self.wanted[to]

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
                    cells |= self.edges[i, to] if flow.dominator[to] == ROOT else live[to]
                for at in range(block.end - 1, block.start - 1, -1):
                    one = flow.code[at]
                    self.after[at] = cells
                    if not self.needless(at):
                        cells = cells & ~one.writes | self.local_reads(one)
                if cells != live[i]:
                    live[i] = cells
                    changed = True
        for state in flow.states:
            self.loads[state] = live[state]

    def needless(self, at: int) -> bool:
        """Whether an instruction only writes what nobody reads."""
        one = self.flow.code[at]
        return one.writes != 0 and one.writes & self.after[at] == 0 and not one.name.startswith(EFFECTS)
