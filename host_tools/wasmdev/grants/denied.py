"""What modules were refused since a board started, and what they asked for."""

from __future__ import annotations

from wasmdev.board.board import Board
from wasmdev.grants.grants import Grants


def since_start(board: Board) -> dict[str, tuple[int, str]]:
    """How often each function was refused to modules since the board started, and what it last asked for.

    The second is "" for what opens nothing.
    """
    board.link.exec("import sys;_m=sys.modules.get('wasi')")
    wishes = "{n:(l,{k:tuple(v) for k,v in g.items()}) for n,(l,g) in _m.asked.items()}"
    shape = ({str: int}, {str: (bytes, {str: tuple})})
    counts, wanted = board.link.eval(f"(_m.denied,{wishes}) if _m else ({{}},{{}})", shape)
    told = {name: asked(*details) for name, details in wanted.items()}
    return {name: (times, told.get(name, "")) for name, times in counts.items()}


def asked(label: bytes, granted: Grants) -> str:
    """What a denied open wanted, and what there was: ``asked for 'led', granted: 'data' (folder read-only)``."""
    kinds = {name: " ".join(map(str, grant[:3:2] if "folder" in grant[:1] else grant[:1]))
             for name, grant in granted.items()}
    there = ", ".join(f"{name!r} ({kind})" for name, kind in sorted(kinds.items()))
    return f"asked for {label.decode('utf-8', 'replace')!r}, granted: {there or 'nothing'}"
