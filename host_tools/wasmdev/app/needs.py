"""What a module takes of a board's heap, and what it must have of linear memory, told before it is pushed.

Only what is sure is refused: a module may take more as it runs, and then the board says so.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from wasmdev.app.apps import FOLDER
from wasmdev.board.board import Board
from wasmdev.errors import WasmdevError
from wasmdev.grants.settings import Settings
from wasmdev.module import modules
from wasmdev.runtime.runtime import Runtime

_SURE = 32768  # bytes that every board has: nothing is asked for less
BLOCK = 1024  # bytes that linear memory comes in (wasm.sparse)
_HEADER_GROUPS = 2  # of an image's header: a bit for each group of kernels
_HEADER_SIZES = slice(9, 13)  # of an image's header: bytes of what stays, of numbers, of names and of data

_CODE, _TABLES, _STACK = "code", "tables and names", "stack"
_NATIVE, _FLAT = "native code", "memory in one piece for it"
_DATA, _WRITTEN, _PIECE = "data", "memory that it wrote to", "memory in one piece"

_REMEDIES = {
    _CODE: "build it for size, as with -Os, and without what it doesn't use",
    _TABLES: "build it with fewer functions in tables and shorter names",
    _STACK: "give a smaller --stack",
    _DATA: "let it begin with less in its arrays and constants",
    _WRITTEN: "let it use less: smaller buffers, or one in place of several",
    _PIECE: "give a smaller --memory; or none, and memory takes RAM only where it is written to",
}
"""What to do about the largest of the needs."""


def of(module: Any, image: bytes, settings: Settings) -> dict[str, int]:
    """Bytes of heap that a valid module takes at least, by what takes them."""
    needs = of_image(image)
    needs[_STACK] = settings.stack or 0
    if settings.memory is not None and module.memories:
        needs[_PIECE] = min(settings.memory, modules.memory_bytes(module))
    else:
        needs[_DATA] = BLOCK * len(_blocks(module))
    return needs


def exhausted(board: Board, name: str, manifest: Mapping[str, Any], said: str, running: bool) -> WasmdevError:
    """The error for an app that the board has no heap for, which ``said`` so. Restarts the board.

    What isn't ``running`` yet was interpreted at last: native code is given up for it.
    """
    from wasmc.image.file import HEADER

    native = running and "native" in manifest
    image, code = (f"{FOLDER}/{manifest.get(kind, '')}" for kind in ("native" if native else "image", "code"))
    rooms = board.rooms()
    free = rooms.heap
    board.link.exec(f"f=open({image!r},'rb')")
    needs, at, size = _of_image(board.link.eval(f"f.read({struct.calcsize(HEADER)})", bytes))
    needs[_STACK] = manifest.get("stack") or 0
    if native:
        board.link.exec(f"import sys;sys.path.append({FOLDER!r})")
        size = board.link.eval(f"__import__('os').stat({code!r})[6]", int)
        needs[_NATIVE] = 0 if rooms.holds_apart(size) else size
        needs[_FLAT] = board.link.eval(f"__import__({manifest['code'].removesuffix('.mpy')!r}).FLAT", int)
    if manifest.get("memory") is not None:
        needs.pop(_FLAT, None)
        needs[_PIECE] = manifest["memory"]
    elif blocks := re.search(r"linear memory: it has (\d+)", said):
        needs[_WRITTEN] = BLOCK * int(blocks[1])
    else:
        board.link.exec(f"f.seek({at})")
        count = f"sum(any(f.read({BLOCK}))for _ in range({-(-size // BLOCK)}))"
        needs[_DATA] = BLOCK * board.link.eval(count, int)
    what = f"{name} needs more heap than the board has: {_words(needs)}, of {free:,} that are free"
    if (excess := sum(needs.values()) - free) > 0:
        what += f", {excess:,} too many"
    elif asked := re.search(r"allocating (\d+) bytes", said):
        what += f", and {int(asked[1]):,} more in one piece"
    return WasmdevError(what, "flash it with --portable" if native else _remedy(needs))


def check_heap(board: Board, where: str, needs: Mapping[str, int]) -> None:
    """Raise :class:`WasmdevError` if a board with the runtime has no room for these needs; it may be restarted."""
    if sum(needs.values()) <= _SURE:
        return
    free = board.heap_for_modules()
    if (excess := sum(needs.values()) - free) > 0:
        takes = f"{_words(needs)}, of {free:,} that are free, {excess:,} too many"
        raise WasmdevError(f"{where} doesn't fit the board's heap: {takes}", _remedy(needs))


def check_limits(module: Any, settings: Settings, where: str) -> None:
    """Raise :class:`WasmdevError` for limits within which a valid module can't run."""
    if settings.fuel == 0:
        raise WasmdevError(f"{where} can't run on no fuel", "give the turns of loops and calls that it may take")
    if settings.memory is None or not module.memories:
        return
    top, end = _stack_top(module), max((last for _, last in _segments(module)), default=0)
    least = max(top, end)
    if settings.memory < least:
        what = f"its stack begins at {top:,}" if top == least else f"its data end at {end:,}"
        raise WasmdevError(f"{where} can't run in {settings.memory:,} bytes of memory: {what}",
                           f"give it {-(-least // BLOCK)}k at least, or build it with less")


def of_image(image: bytes) -> dict[str, int]:
    """Bytes of heap that it takes to load an image, by what takes them."""
    return _of_image(image)[0]


def code_besides(arch: str, image: bytes) -> int:
    """Bytes at most of the runtime's machine code that a board loads only with a module of that portable image."""
    from wasmc.image import isa
    from wasmc.image.file import HEADER

    groups = struct.unpack_from(HEADER, image)[_HEADER_GROUPS]
    wanted = [f"wasm/kernels/{name}" for bit, (name, _) in enumerate(isa.KERNELS) if groups >> bit & 1]
    parts = ("wasm/quick", "wasi/driven", *wanted)  # what a group imports by and by has its name before its own
    return sum(len(code) for path, code in Runtime(arch).modules().items() if path.startswith(parts))


def begins_with(module: Any) -> int:
    """Bytes of memory that hold the stack that compilers keep in it and the first data, in whole blocks."""
    end = max([_stack_top(module), *(last for _, last in _segments(module))])
    return -(-end // BLOCK) * BLOCK


def _of_image(head: bytes) -> tuple[dict[str, int], int, int]:
    """Bytes of heap that it takes to load an image, by its first bytes; where its data begin, and their size."""
    from wasmc.image.file import HEADER

    kept, numbers, names, data = struct.unpack_from(HEADER, head)[_HEADER_SIZES]
    return {_CODE: kept, _TABLES: numbers + names}, struct.calcsize(HEADER) + kept + numbers + names, data


def _words(needs: Mapping[str, int]) -> str:
    """``code 12,000 bytes, data 2,048``: the largest first, and what is worth a word."""
    largest, *others = sorted(needs.items(), key=lambda item: -item[1])
    told = [f"{name} {size:,}" for name, size in others if size >= BLOCK]
    return ", ".join([f"{largest[0]} {largest[1]:,} bytes", *told])


def _remedy(needs: Mapping[str, int]) -> str:
    return _REMEDIES[max(needs, key=lambda name: needs[name])]


def _stack_top(module: Any) -> int:
    """Where the stack begins that compilers keep in linear memory, and grows down from; 0 where there is none.

    It is in a global that functions take from: ``global.get``, ``i32.const``, ``i32.sub``.
    """
    from wasmc.binary.instructions import Instructions
    from wasmc.binary.module import GLOBAL

    imported = module.imported(GLOBAL)
    for body in module.bodies:
        code: Any = Instructions(module.data, body.start, body.end, "function")
        pair = [("", 0), ("", 0)]
        while code.pos < body.end:
            code.next()
            name = code.row[0]
            (first, index), (second, _) = pair
            if name == "i32.sub" and first == "global.get" and second == "i32.const" and index >= imported:
                return _constant(module, module.global_inits[index - imported]) or 0
            pair = [pair[1], (name, code.a)]
    return 0


def _blocks(module: Any) -> set[int]:
    """The blocks of linear memory that data segments write to."""
    found = set()
    for segment, end in _segments(module):
        start = end - (segment.end - segment.start)
        for block in range(start // BLOCK, -(-end // BLOCK)):
            at = segment.start + max(0, block * BLOCK - start)
            if any(module.data[at : min(segment.end, segment.start + (block + 1) * BLOCK - start)]):
                found.add(block)
    return found


def _segments(module: Any) -> Iterator[tuple[Any, int]]:
    """Active data segments that have a place of their own, and where each ends in linear memory."""
    from wasmc.binary.module import ACTIVE

    for segment in module.segments:
        if segment.mode == ACTIVE and (offset := _constant(module, segment.offset)) is not None:
            yield segment, offset + segment.end - segment.start


def _constant(module: Any, expression: tuple[int, int]) -> int | None:
    """The value of a constant expression that is a single ``i32.const``, unsigned."""
    from wasmc.binary.instructions import Instructions

    code: Any = Instructions(module.data, *expression, "constant expression")
    code.next()
    name, value = code.row[0], code.a
    code.next()
    return value & 0xFFFFFFFF if name == "i32.const" and code.row[0] == "end" else None
