"""Which tier a module gets on a board: native code where it pays and fits, else it is interpreted.

It *pays* where a function that can be native has a loop that calls nothing imported, or is part of a recursion:
what a module spends in the host's functions doesn't get faster. It *fits* where the code, and linear memory in one
piece, which native code needs, take at most half of the board's free heap together, so that the rest is still the
user's; an interpreted module takes RAM only for the KiB that it writes to. On boards with RAM of its own for code
(ESP32) the code has to fit there, in one piece.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wasmdev import modules
from wasmdev.board import Board
from wasmdev.console import count
from wasmdev.errors import WasmdevError
from wasmdev.native import Native, build

_HEAP_LEFT = 32768  # bytes that the runtime and an instance take besides code and linear memory
_NO_GAIN = "no loop or recursion that native code would speed up"

Show = Callable[[str, str], None]
"""Says that a stage is done: its name and details."""


def choose(board: Board, module: Any, memory: int | None, show: Show, wanted: bool | None = None) -> Native | None:
    """The native code that a valid module gets on a board, or None where it is to be interpreted; and say so.

    ``memory`` is what linear memory is capped to, in bytes, if it is. ``wanted`` is True where native code has to
    be, also where it doesn't pay or leaves little room, and False where it may not. Raises :class:`WasmdevError`
    where it has to be and can't.
    """
    if wanted is False:
        return None
    try:
        code = _native(board, module, memory, wanted is True)
    except WasmdevError as why:
        if wanted:
            raise WasmdevError(f"can't be native on this board: {why}", "flash it without --native") from None
        show("portable", f"interpreted: {why}")
        return None
    total = count(len(module.bodies), "function")
    show("native", f"{code.taken} of {total}, {len(code.mpy):,} bytes for {board.facts.arch}")
    return code


def _native(board: Board, module: Any, memory: int | None, insist: bool) -> Native:
    """Native code for a board. Raises WasmdevError with the reason where the module is to be interpreted."""
    hot = hot_functions(module)
    if not hot and not insist:
        raise WasmdevError(f"it has {_NO_GAIN}")
    size = modules.memory_bytes(module)
    if memory is not None:
        size = min(size, memory)
    board.restart()  # what ran before may hold the heap
    free, executable = board.rooms()
    most = free - _HEAP_LEFT if insist else free // 2
    if size > most:
        raise WasmdevError(f"{size:,} bytes of memory in one piece leave too little of {free:,} free")
    room = most - size if executable is None else executable
    code = build(module, board.facts.arch, everything=insist, memory=memory, room=room)
    if not code.taken or not (insist or _pays(hot, code)):
        raise WasmdevError(next(iter(code.refused.values()), "it has no functions"))
    return code


def _pays(hot: set[int], code: Native) -> bool:
    return not hot <= code.refused.keys()


def forecast(module: Any, names: dict[int, str], arch: str) -> tuple[int, list[tuple[int, str, int, str]]]:
    """What a valid module gets where there is room for it: bytes of native code, 0 for none, and its functions.

    Of each function index, name, bytes and tier, with the reason where it is interpreted. ``arch`` is spelled as
    mpy-cross does. Raises :class:`WasmdevError` where that fails.
    """
    from wasmc.module import FUNC

    hot = hot_functions(module)
    code = build(module, arch)
    pays = _pays(hot, code)
    rows = []
    for index, body in enumerate(module.bodies, module.imported(FUNC)):
        is_native = pays and index not in code.refused
        tier = "native" if is_native else f"interpreted: {code.refused.get(index, _NO_GAIN)}"
        rows.append((index, names.get(index, ""), body.end - body.start, tier))
    return len(code.mpy) if pays else 0, rows


def describe(manifest: dict[str, Any]) -> str:
    """The tier that a flashed module has, by its manifest."""
    return "native" if "native" in manifest else "portable"


def hot_functions(module: Any) -> set[int]:
    """The functions with a loop that calls nothing imported, and those of a recursion, by index."""
    from wasmc.module import FUNC

    first = module.imported(FUNC)
    calls: dict[int, set[int]] = {}
    hot = set()
    for index, body in enumerate(module.bodies, first):
        looping, calls[index] = _walk(module, body, first)
        if looping:
            hot.add(index)
    return hot | {index for index in calls if index in _reached(calls, index)}


def _walk(module: Any, body: Any, first: int) -> tuple[bool, set[int]]:
    """Whether a function has a loop that calls nothing imported, and which functions of the module it calls."""
    from wasmc.instructions import Instructions

    code: Any = Instructions(module.data, body.start, body.end, "function")
    # Of each block around an instruction, whether it is a loop that called nothing imported so far.
    around: list[bool] = [False]
    looping = False
    called = set()
    while code.pos < body.end:
        code.next()
        name = code.row[0]
        if name in ("block", "loop", "if"):
            around.append(name == "loop")
        elif name == "end":
            looping |= around.pop()
        elif name in ("call", "return_call") and code.a >= first:
            called.add(code.a)
        elif name in ("call", "return_call"):
            around = [False] * len(around)
    return looping, called


def _reached(calls: dict[int, set[int]], start: int) -> set[int]:
    """The functions that one calls, directly or not."""
    found: set[int] = set()
    left = [start]
    while left:
        new = calls.get(left.pop(), set()) - found
        found |= new
        left += new
    return found
