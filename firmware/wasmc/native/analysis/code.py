"""Reads the code of one function back from an image (isa.py), as instructions that say what they read and write.

Cells are bits of an integer wherever they are a set: ``1 << cell``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ...image import isa
from ...lowering.instance import INSTANCE
from ...lowering.operands import cells_of
from ...opcodes import OPCODES

# Kernels that are written out: some always, some where the second operand is a constant.
PAIRED = ("i64.add", "i64.sub", "i64.mul", "i64.eq", "i64.ne", "i64.lt_s", "i64.ge_s", "i64.lt_u", "i64.ge_u")
SHIFTS = ("i64.shl", "i64.shr_s", "i64.shr_u", "i64.rotl", "i64.rotr")

_NAMES = {number: (name, shape) for name, (number, shape) in isa.OPS.items()}
_KERNELS = [
    (group, name) for group, names in isa.KERNELS for name in names.split()
]
_SIGNATURES = {row[0]: row[2] for row in map(OPCODES.get, range(0x45, 0xC5)) if row}
_SIGNATURES.update({row[0]: row[2] for row in map(OPCODES.get, range(0xFC00, 0xFC08)) if row})

_Reader = Callable[..., int]
_READERS: dict[str, _Reader] = {}


class Unfit(Exception):
    """Why a function stays interpreted."""


@dataclass
class Instr:
    """One instruction: ``value`` is its immediate, ``targets`` are indices of instructions, ``at`` its offset."""

    name: str
    at: int
    words: bytes
    origin: int
    a: int = 0
    b: int = 0
    c: int = 0
    value: int | None = None
    targets: list[int] = field(default_factory=list)
    reads: int = 0
    writes: int = 0
    kernel: str = ""
    group: int = 0  # of the kernel
    callee: int = -1  # function index of a direct call
    entered: bool = False  # whether a branch leads to it
    back: bool = False  # whether it is where a branch goes backwards to
    spilled: int = 0  # cells to be written to the frame before it
    meter: int = -1  # offset in the native image of the trap where fuel runs out before it
    stub: int = -1  # offset of what is left of it in the native image

    @property
    def accesses(self) -> bool:
        """Whether it loads from memory or stores to it."""
        return self.name.startswith(("i32.load", "i64.load", "i32.store", "i64.store"))

    @property
    def is_bulk(self) -> bool:
        """Whether it is a kernel that moves many bytes or references."""
        return self.kernel[:5] == "bulk."

    @property
    def leaves(self) -> bool:
        """Whether the native code is left or its frame changed, so that it comes back behind it by a state."""
        return self.name in ("call", "call_import", "call_indirect") or self.kernel[:9] == "instance."


def cells(first: int, count: int) -> int:
    """The set of ``count`` cells from ``first`` on."""
    return ((1 << count) - 1) << first


def width(letters: str) -> int:
    """How many cells values of these types take."""
    return sum(2 if letter in "IF" else 1 for letter in letters)


def each(found: int) -> Iterator[int]:
    """The cells of a set, the lowest first."""
    while found:
        low = found & -found
        yield low.bit_length() - 1
        found ^= low


def function(layout, header: int, marks: dict[int, int], calls: dict[int, int]) -> list[Instr]:
    """The instructions of the function whose header is at that offset of the emitter's code, to its end.

    ``marks`` maps offsets to bytes of the module, ``calls`` the offsets of words to the functions that they lead
    to. Raises :class:`Unfit`.
    """
    code = layout.emit.code
    found: list[Instr] = []
    at = header + 12  # behind the instruction that enters the native code
    origin = 0
    while at < len(code):
        number = code[at]
        name, shape = _NAMES.get(number) or _NAMES[number & ~isa.IMMEDIATE]
        immediate = number not in _NAMES
        origin = marks.get(at, origin)
        one = Instr(name, at, b"", origin, code[at + 1], code[at + 2], code[at + 3])
        read = _READERS.get(shape)
        if read is None:
            raise Unfit(name)
        size = read(one, code, at, immediate, layout, calls)
        one.words = bytes(code[at : at + size])
        found.append(one)
        at += size
    places = {one.at: i for i, one in enumerate(found)}
    for i, one in enumerate(found):
        one.targets = [places[target] for target in one.targets]
        for target in one.targets:
            found[target].back = found[target].back or target <= i
            found[target].entered = True
    _inline(found)
    return found


def _inline(code: list[Instr]) -> None:
    """Kernels on 64-bit integers that are written out instead become instructions of their own name."""
    for i, one in enumerate(code):
        if one.kernel in SHIFTS:
            for before in range(i - 1, max(i - 3, -1), -1):
                if code[before + 1].entered:
                    break
                if code[before].name == "const2" and code[before].a == one.c:
                    one.value = (code[before].value or 0) & 63
                    one.name = one.kernel
                    one.reads = cells(one.b, 2)
                if code[before].writes & cells(one.c, 2):
                    break
        elif one.kernel in PAIRED:
            one.name = one.kernel


def _reads(*shapes: str) -> Callable[[_Reader], _Reader]:
    """Says that a function reads the operands of instructions of these shapes; it returns their size."""

    def known(reader: _Reader) -> _Reader:
        _READERS.update(dict.fromkeys(shapes, reader))
        return reader

    return known


def _word(code, at: int, i: int) -> int:
    return int.from_bytes(code[at + 4 * i : at + 4 * i + 4], "little")


def _half(code, at: int, i: int) -> int:
    return int.from_bytes(code[at + 2 * i : at + 2 * i + 2], "little")


def _target(code, at: int, i: int) -> int:
    return _word(code, at, i) & ~1


@_reads("alu")
def _alu(one, code, at, immediate, layout, calls):
    one.writes = 1 << one.a
    one.reads = 1 << one.b
    if immediate:
        one.value = _word(code, at, 1)
        return 8
    one.reads |= 1 << one.c
    return 4


@_reads("cond")
def _cond(one, code, at, immediate, layout, calls):
    one.reads = 1 << one.a
    if immediate:
        one.value = _word(code, at, 1)
        one.targets = [_target(code, at, 2)]
        return 12
    one.reads |= 1 << one.b
    one.targets = [_target(code, at, 1)]
    return 8


@_reads("test")
def _test(one, code, at, immediate, layout, calls):
    one.reads = 1 << one.a
    one.targets = [_target(code, at, 1)]
    return 8


@_reads("load")
def _load(one, code, at, immediate, layout, calls):
    one.reads = 1 << one.b
    one.writes = cells(one.a, 2 if one.name == "i64.load" else 1)
    one.value = _word(code, at, 1)
    return 8


@_reads("store")
def _store(one, code, at, immediate, layout, calls):
    one.reads = 1 << one.b | cells(one.a, 2 if one.name == "i64.store" else 1)
    one.value = _word(code, at, 1)
    return 8


@_reads("cell")
def _cell(one, code, at, immediate, layout, calls):
    count = 2 if one.name == "copy2" else 1
    one.reads = cells(one.b, count)
    one.writes = cells(one.a, count)
    return 4


@_reads("const", "const2")
def _const(one, code, at, immediate, layout, calls):
    one.value = _word(code, at, 1)
    one.writes = 1 << one.a
    if one.name == "const2":
        one.value |= _word(code, at, 2) << 32
        one.writes = cells(one.a, 2)
        return 12
    return 8


@_reads("select")
def _select(one, code, at, immediate, layout, calls):
    one.value = _word(code, at, 1)
    one.writes = 1 << one.a
    one.reads = 1 << one.b | 1 << one.c | 1 << one.value
    return 8


@_reads("global")
def _global(one, code, at, immediate, layout, calls):
    one.value = _half(code, at, 1)
    if one.name == "global.get":
        one.writes = 1 << one.a
    else:
        one.reads = 1 << one.a
    return 4


@_reads("br")
def _br(one, code, at, immediate, layout, calls):
    one.targets = [_target(code, at, 1)]
    return 8


@_reads("table")
def _table(one, code, at, immediate, layout, calls):
    one.reads = 1 << one.a
    count = _word(code, at, 1) + 1
    one.targets = [_target(code, at, 2 + i) for i in range(count)]
    return 8 + 4 * count


@_reads("call")
def _call(one, code, at, immediate, layout, calls):
    one.value = _half(code, at, 1)
    one.callee = calls[at + 4] if one.name != "call_import" else _word(code, at, 1)
    _signature(one, *layout.module.types[layout.module.functions[one.callee]])
    return 8


@_reads("calli")
def _call_indirect(one, code, at, immediate, layout, calls):
    one.value = _half(code, at, 1)
    signature = layout.signatures[_half(code, at, 2)]
    parameters, results = map(width, signature.split(">"))
    one.reads = cells(one.value, parameters) | 1 << one.a
    one.writes = cells(one.value, results)
    return 8


def _signature(one, parameters, results):
    one.reads = cells(one.value, cells_of(parameters))
    one.writes = cells(one.value, cells_of(results))


@_reads("tail")
def _tail(one, code, at, immediate, layout, calls):
    if one.name == "return_call_indirect":
        size = _call_indirect(one, code, at, immediate, layout, calls)
    else:
        size = _call(one, code, at, immediate, layout, calls)
    one.writes = 0
    return size + 4


@_reads("return")
def _return(one, code, at, immediate, layout, calls):
    one.value = _half(code, at, 1)
    one.reads = 1 << one.a if one.name == "return1" else 0
    return 4  # the results of a plain return are in the first cells: whoever calls this adds them to `reads`


@_reads("kernel")
def _kernel(one, code, at, immediate, layout, calls):
    number = _word(code, at, 1)
    group, name = isa.KERNELS[number // isa.GROUP_SIZE]
    name = name.split()[number % isa.GROUP_SIZE]
    one.group = number // isa.GROUP_SIZE
    if group not in ("instance", "bulk"):
        one.kernel = name if group == "convert" else "%s.%s" % (group, name)
        operands, results = _SIGNATURES[one.kernel].split(">")
        one.writes = cells(one.a, width(results))
        one.reads = cells(one.b, width(operands[0]))
        if len(operands) == 2:
            one.reads |= cells(one.c, width(operands[1]))
        return 8
    one.kernel = "%s.%s" % (group, name)
    if name.startswith("global."):
        wide = 1 + layout.globals[_word(code, at, 2)][1]
        if name == "global.get":
            one.writes = cells(one.a, wide)
        else:
            one.reads = cells(one.a, wide)
        return 12
    operands, results = INSTANCE[name]
    taken = (one.b, one.c) if results else (one.a, one.b, one.c)
    for cell in taken[:operands]:
        one.reads |= 1 << cell
    if results:
        one.writes = 1 << one.a
    return 12


@_reads("trap")
def _trap(one, code, at, immediate, layout, calls):
    return 4
