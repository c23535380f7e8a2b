"""Which accesses to memory are known to be in bounds: those at an address that was checked before."""

from __future__ import annotations

from .code import Instr, each
from .flow import ROOT, Flow

Known = dict[int, int]  # cell with an address -> how many bytes from there on are in bounds


def step(one: Instr, known: Known) -> None:
    """Follows one instruction. Memory never shrinks, so nothing but a new address ends what is known."""
    source = known.get(one.b) if one.name == "copy" else None
    if one.accesses:
        known[one.b] = max(known.get(one.b, 0), one.value or 0)
    for cell in each(one.writes):
        known.pop(cell, None)
    if source:
        known[one.a] = source


def known_at(flow: Flow) -> dict[int, Known]:
    """What is known at the beginning of each block, on whichever way it is reached."""
    out: dict[int, Known] = {}
    found: dict[int, Known] = {}
    changed = True
    while changed:
        changed = False
        for i in flow.order:
            block = flow.blocks[i]
            known: Known = {}
            if flow.dominator[i] != ROOT:
                ways = [out[before] for before in block.before if before in out]
                known = dict(ways[0])
                for way in ways[1:]:
                    known = {cell: min(end, way[cell]) for cell, end in known.items() if cell in way}
            found[i] = dict(known)
            for one in flow.code[block.start : block.end]:
                step(one, known)
            if out.get(i) != known:
                out[i] = known
                changed = True
    return found
