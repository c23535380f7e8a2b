"""Which names of the native code get the registers that MicroPython's emitter has for locals: the most used.

They are the parameters of the function, since its first locals are. The cells of a function are named anew, by how
much each is used: so ``v0`` is the most used one of every function.
"""

from __future__ import annotations

import re

COUNT = 3
_NAME = re.compile(r"\b[a-z]\w*")
_POINTERS = {"f": "ptr32", "s": "ptr32", "g": "ptr32", "table": "ptr32", "offsets": "ptr32", "m8": "ptr8"}
# No numbers, or no locals.
_OTHERS = {
    *"if else while not and or return break continue int uint ptr8 ptr16 ptr32 broken refuel token ctx go".split()
}
_STEEP = 8  # times as often does a loop run as what is around it
_DEEPEST = 6


class Registers:
    """Counts the names of functions, as they are written out."""

    def __init__(self) -> None:
        self.used: dict[str, int] = {}

    def rank(self, flow, straight: dict[int, tuple[list[str], str, str]]) -> dict[str, str]:
        """Counts what the blocks of a function use; locals for the cells that :func:`named` names."""
        used: dict[str, int] = {}
        for i in flow.order:
            lines, condition, _ = straight[i]
            weight = _STEEP ** min(flow.depth(i), _DEEPEST)
            names = _NAME.findall("\n".join([*lines, condition]))
            if i in flow.loops:
                names += ["fuel"] * COUNT
            if i in flow.states:
                names += ["st"] * COUNT
            for name in names:
                used[name] = used.get(name, 0) + weight
        ranked = sorted(filter(is_cell, used), key=lambda name: -used[name])
        locals_ = {name: "v%d" % i for i, name in enumerate(ranked)}
        for name, count in used.items():
            if not name.startswith("q") and name not in _OTHERS:
                name = locals_.get(name, name)
                self.used[name] = self.used.get(name, 0) + count
        return locals_

    def parameters(self) -> dict[str, str]:
        """The names that get registers, with their types."""
        found = sorted(self.used, key=lambda name: -self.used[name])[:COUNT]
        return {name: _POINTERS.get(name, "int") for name in [*found, "x", "y", "r"][:COUNT]}


def named(cell: int) -> str:
    """What a cell is called until its function is written."""
    return "c%d" % cell


def is_cell(name: str) -> bool:
    return name[0] == "c" and name[1:].isdigit()


def renamed(lines: list[str], locals_: dict[str, str]) -> list[str]:
    """Lines with the names of locals for those of cells; a cell that no block uses gets one here."""

    def local(match: re.Match[str]) -> str:
        name = match.group()
        return locals_.setdefault(name, "v%d" % len(locals_)) if is_cell(name) else name

    return [_NAME.sub(local, line) for line in lines]
