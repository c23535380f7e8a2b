"""Which tier a module gets on a board: native code where it pays and fits, else it is interpreted.

It *pays* where a function that can be native has a loop that calls nothing imported, or is part of a recursion:
what a module spends in the host's functions doesn't get faster. It *fits* where it leaves at least half of the
heap that the portable image would leave: native code takes RAM for itself and for linear memory in one piece, an
interpreted module only for the KiB that it writes to. Where code is copied out of the heap (ESP32) it has to fit
in one piece there, and in the heap on its way. A program does the same in both tiers; memory beyond the piece is
only slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wasmdev.app import needs
from wasmdev.app.native import Native, build
from wasmdev.board.board import Board
from wasmdev.console import count
from wasmdev.errors import WasmdevError
from wasmdev.module import modules

_INSTANCE = 6144  # bytes of heap that an instance takes besides what its module needs
_LEAST_LEFT = 8192  # bytes of heap that native code leaves at least where it is insisted on
_GROWTH = 8  # the part of the heap that memory may grow into in one piece
_NO_GAIN = "no loop or recursion that native code would speed up"

Show = Callable[[str, str], None]
"""Says that a stage is done: its name and details."""


def choose(board: Board, module: Any, image: bytes, memory: int | None, portable: Mapping[str, int], show: Show,
           wanted: bool | None = None, stops: bool = False) -> Native | None:
    """The native code that a valid module gets on a board, or None where it is to be interpreted; and say so.

    ``memory`` is what linear memory is capped to, in bytes, if it is, ``portable`` what its ``image`` needs of the
    heap (:func:`needs.of`). ``wanted`` is True where native code has to be, also where it doesn't pay or leaves
    little room, and False where it may not; it ``stops`` for other tasks. Raises :class:`WasmdevError` where it
    has to be and can't.
    """
    if wanted is False:
        return None
    try:
        code = _native(board, module, image, memory, sum(portable.values()), wanted is True, stops)
    except WasmdevError as why:
        if wanted:
            raise WasmdevError(f"can't be native on this board: {why}", "flash it without --native") from None
        show("portable", f"interpreted: {why}")
        return None
    total = count(len(module.bodies), "function")
    size = _size(module, memory)
    piece = f", as fast in the first {code.piece:,} of {size:,} bytes of memory" if code.piece < size else ""
    show("native", f"{code.taken} of {total}, {len(code.mpy):,} bytes for {board.facts.arch}{piece}")
    return code


def _native(board: Board, module: Any, image: bytes, memory: int | None, portable: int, insist: bool,
            stops: bool) -> Native:
    """Native code for a board. Raises WasmdevError with the reason where the module is to be interpreted."""
    hot = hot_functions(module)
    if not hot and not insist:
        raise WasmdevError(f"it has {_NO_GAIN}")
    rooms = board.rooms()
    free = rooms.heap - _INSTANCE
    left = max(0, free - portable)
    room = free - (_LEAST_LEFT if insist else (left + 1) // 2)
    for piece in _pieces(module, memory, free):
        if piece < room:
            break
    else:
        if insist:
            raise WasmdevError(f"{piece:,} bytes of memory in one piece don't fit in {max(room, 0):,} of the heap")
        raise WasmdevError(f"{piece:,} bytes of memory in one piece would leave less than half of the {left:,} "
                           "that are free without")

    besides = 0 if rooms.code is None or board.facts.frozen else needs.code_besides(board.facts.arch, image)

    def excess(native: bytes, mpy: bytes) -> int:
        kept = sum(needs.of_image(native).values())
        size = len(mpy)  # what is around the code in it is more than what an allocator puts around it
        if rooms.code is None:
            return kept + size + piece - room
        taken = 0 if rooms.holds_apart(size) else size
        return max(kept + taken + piece - room, kept + taken + size - free, size + besides - rooms.code)

    arch = board.facts.arch
    code = build(module, arch, everything=insist, memory=memory, piece=piece, excess=excess, stops=stops)
    if not code.taken or not (insist or _pays(hot, code)):
        raise WasmdevError(_why(code, hot) if hot else "it has no functions")
    return code


def _size(module: Any, memory: int | None) -> int:
    """Bytes of memory that a module has at first."""
    size = modules.memory_bytes(module)
    return size if memory is None else min(size, memory)


def _pieces(module: Any, memory: int | None, free: int) -> Iterator[int]:
    """How many bytes of memory may be in one piece, the best first: all, with what it grows to where that takes
    little of the heap; else what holds the stack and the data of the beginning."""
    size = _size(module, memory)
    most = min(modules.most_memory_bytes(module), free // _GROWTH) if memory is None else size
    yield max(size, most & -needs.BLOCK)
    begins = needs.begins_with(module)
    if 0 < begins < size:
        yield begins


def _why(code: Native, hot: set[int]) -> str:
    """Why functions that would be worth it are not native, want of room before all else."""
    from wasmc.native import NO_ROOM

    reasons = [code.refused[index] for index in sorted(hot & code.refused.keys())]
    return NO_ROOM if NO_ROOM in reasons else reasons[0]


def _pays(hot: set[int], code: Native) -> bool:
    """Whether functions that are worth it are native, and no more of them are left out for want of room."""
    from wasmc.native import NO_ROOM

    left_out = [index for index in hot if code.refused.get(index) == NO_ROOM]
    return len(hot - code.refused.keys()) > len(left_out)


def forecast(module: Any, names: dict[int, str], arch: str) -> tuple[int, list[tuple[int, str, int, str]]]:
    """What a valid module gets where there is room for it: bytes of native code, 0 for none, and its functions.

    Of each function index, name, bytes and tier, with the reason where it is interpreted. ``arch`` is spelled as
    mpy-cross does. Raises :class:`WasmdevError` where that fails.
    """
    from wasmc.binary.module import FUNC

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
    """The tier of a module that :func:`app.installed` found, and what ran last where that was not it."""
    if "native" not in manifest:
        return "portable"
    ran: str | None = manifest["ran"]
    return "native" if ran is None else f"native, ran interpreted: {ran.partition('; ')[0]}"


def hot_functions(module: Any) -> set[int]:
    """The functions with a loop that calls nothing imported, and those of a recursion, by index."""
    from wasmc.binary.module import FUNC

    first = module.imported(FUNC)
    calls: dict[int, set[int]] = {}
    hot = set()
    for index, body in enumerate(module.bodies, first):
        looping, calls[index] = _walk(module, body, first)
        if looping:
            hot.add(index)
    return hot | _recursive(calls)


def _walk(module: Any, body: Any, first: int) -> tuple[bool, set[int]]:
    """Whether a function has a loop that calls nothing imported, and which functions of the module it calls."""
    from wasmc.binary.instructions import Instructions

    code: Any = Instructions(module.data, body.start, body.end, "function")
    calls_out = 0
    # Of each block around an instruction: of a loop how many calls of imports came before it, else -1.
    around = [-1]
    looping = False
    called = set()
    while code.pos < body.end:
        code.next()
        name = code.row[0]
        if name in ("block", "loop", "if"):
            around.append(calls_out if name == "loop" else -1)
        elif name == "end":
            looping |= around.pop() == calls_out
        elif name in ("call", "return_call") and code.a >= first:
            called.add(code.a)
        elif name in ("call", "return_call"):
            calls_out += 1
    return looping, called


def _recursive(calls: dict[int, set[int]]) -> set[int]:
    """The functions that call themselves, directly or not, by Tarjan's algorithm."""
    found = set()
    number: dict[int, int] = {}  # in the order in which they are come to
    lowest: dict[int, int] = {}  # of those that one leads back to, among the open ones
    opened: dict[int, None] = {}
    for start in calls:
        path = [(start, iter(calls[start]))] if start not in number else []
        while path:
            function, rest = path[-1]
            if function not in number:
                number[function] = lowest[function] = len(number)
                opened[function] = None
            for callee in rest:
                if callee not in number:
                    path.append((callee, iter(calls.get(callee, ()))))
                    break
                if callee in opened:
                    lowest[function] = min(lowest[function], number[callee])
            else:
                path.pop()
                if path:
                    caller = path[-1][0]
                    lowest[caller] = min(lowest[caller], lowest[function])
                if lowest[function] == number[function]:
                    together: list[int] = []
                    while not together or together[-1] != function:
                        together.append(opened.popitem()[0])
                    if len(together) > 1 or function in calls.get(function, ()):
                        found.update(together)
    return found
