"""What MicroPython's emitters for Xtensa get wrong without a word (``py/asmxtensa.c`` of 1.29).

- A load with a constant index above 255 elements, or a negative one, makes the address in the register that the
  result goes to. Where the pointer is there as well, the offset is added to itself.
- A store with such an index makes it in a6. That is free where calls have no register windows; where they have,
  it holds the table of the module's names.
- ``~`` of a word brings -1 to the register of second operands, also where that holds a value that waits for its
  operator. Right code doesn't read it once more.
- A local lies at an offset from the stack pointer that is cut to 255 words.
- The address of an exception handler is an offset from where it is taken that is cut to 12 bits with its sign.
- A jump is cut to 18 bits with its sign.

The code is decoded from its first instruction to its last, and what the emitters don't write is a fault too: so
what was not understood is not taken for right. Two faults are told where they can be and not only where they are:
a jump, where the code is longer than a jump reaches; a handler, where it is longer than the offset of one. A frame
whose size is cut itself passes, but takes some thousand locals.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .fault import FAR_LOAD, FAR_STORE, FRAME, HANDLER, INVERSION, JUMP, UNKNOWN

_MOST_WORDS = 256  # of a frame: the last is at an offset of 255
_WINDOW_SAVE = 32  # bytes of a frame where the registers of callers go
_HANDLER_REACH = 1 << 11
_JUMP_REACH = 1 << 17
_STACK = 1
_OPERANDS = {True: (10, 11), False: (2, 3)}  # registers of results and of second operands, with windows or without
_NAMES = 6  # the register with the table of names where there are windows; loads alone write it

_LOADS = ("l8ui", "l16ui", "l32i")
_CONSTANTS = ("movi", "l32r")
_LEAVES = ("j", "jx", "callx0", "callx8", "ret")  # no value is in a register of operands behind these

# By the fields op1 and op2 of an instruction with three registers.
_ARITHMETIC = {
    (0, 1): "and", (0, 2): "or", (0, 3): "xor", (0, 6): "neg", (0, 9): "addx2", (0, 10): "addx4", (0, 12): "sub",
    (1, 9): "srl", (1, 10): "sll", (1, 11): "sra", (2, 8): "mull",
}  # fmt: skip
_MEMORY = {0: "l8ui", 1: "l16ui", 2: "l32i", 4: "s8i", 5: "s16i", 6: "s32i"}
_CALLS = {0xA: "jx", 0xC: "callx0", 0xE: "callx8"}


class Instruction(NamedTuple):
    """One of the emitters' instructions: its bytes, the register that it writes, those that it reads, and the
    number in it as far as the check wants that."""

    name: str
    size: int
    writes: int | None = None
    reads: tuple[int, ...] = ()
    number: int = 0


def check(code: bytes, start: int, end: int, windowed: bool) -> list[str]:
    """The faults of a function whose instructions are in this part of its machine code."""
    faults = [JUMP] if end - start >= _JUMP_REACH else []
    operand = _OPERANDS[windowed][1]
    inverts = False  # whether the register of second operands has the -1 of a ~
    before = Instruction("", 0)
    at = start
    while at < end:
        one = decode(code[at : at + 3])
        if one is None:
            return [*faults, UNKNOWN]
        if one.name == "add" and before.name in _CONSTANTS and {one.writes, *one.reads} == {before.writes}:
            faults.append(FAR_LOAD)
        if windowed and one.writes == _NAMES and one.name not in _LOADS:
            faults.append(FAR_STORE)
        if inverts and operand in one.reads:
            faults.append(INVERSION)
        if one.name in _LEAVES or one.writes == operand:
            inverts = False
        inverts |= _is_inversion(one, before, *_OPERANDS[windowed])
        if not 0 <= _frame(one, before) <= 4 * _MOST_WORDS:
            faults.append(FRAME)
        following = at + one.size
        if one.name == "call0" and max(following - start - 1, end - following) >= _HANDLER_REACH:
            faults.append(HANDLER)
        if one.name == "call0":
            at = (at & ~3) + 4 + 4 * one.number
        elif one.name == "j" and at == start and one.number >= 0:
            at += 4 + one.number  # over the function's constants
        else:
            at = following
        before = one
    return faults


def _is_inversion(one: Instruction, before: Instruction, result: int, operand: int) -> bool:
    """Whether a ``~`` ends here."""
    ends = one.name == "xor" and one.writes == result and one.reads == (result, operand)
    return ends and before.name == "movi" and before.writes == operand and before.number == -1


def _frame(one: Instruction, before: Instruction) -> int:
    """The bytes of a frame, of the instruction that makes it."""
    if one.name == "entry":
        return one.number - _WINDOW_SAVE
    if one.writes == _STACK and one.name == "sub":
        return before.number
    if one.writes == _STACK and one.name == "addi" and one.number < 0:
        return -one.number
    return 0


@lru_cache(1 << 14)
def decode(code: bytes) -> Instruction | None:
    """The instruction that these three bytes begin with; None for what isn't one of the emitters'."""
    word = int.from_bytes(code, "little")
    op, t, s, r, op1, op2 = (word >> shift & 15 for shift in range(0, 24, 4))
    if len(code) < (2 if op >= 8 else 3):
        return None
    if op >= 8:
        return _narrow(op, t, s, r)
    byte = word >> 16
    match op:
        case 0 if (op1, op2) in _ARITHMETIC:
            return Instruction(_ARITHMETIC[op1, op2], 3, r, (s, t))
        case 0 if byte == 0x40 and r < 2:
            return Instruction("ssl" if r else "ssr", 3, None, (s,))
        case 0 if not byte and not r and t in _CALLS:
            return Instruction(_CALLS[t], 3, None, (s,))
        case 1:
            return Instruction("l32r", 3, t)
        case 2 if r in _MEMORY:
            name = _MEMORY[r]
            return Instruction(name, 3, t, (s,)) if name in _LOADS else Instruction(name, 3, None, (s, t))
        case 2 if r == 10:
            return Instruction("movi", 3, t, (), _signed(s << 8 | byte, 12))
        case 2 if r == 12:
            return Instruction("addi", 3, t, (s,), _signed(byte, 8))
        case 5 if not t & 3 and word >> 6 < 2:  # only to behind what aligns
            return Instruction("call0", 3, 0, (), word >> 6)
        case 6 if not t & 3:
            return Instruction("j", 3, None, (), _signed(word >> 6, 18))
        case 6 if t in (1, 5):
            return Instruction("beqz" if t == 1 else "bnez", 3, None, (s,))
        case 6 if t == 3:
            return Instruction("entry", 3, None, (), 8 * (word >> 12))
        case 7:
            return Instruction("b", 3, None, (s, t))
    return None


def _narrow(op: int, t: int, s: int, r: int) -> Instruction | None:
    """An instruction of two bytes."""
    match op:
        case 8:
            return Instruction("l32i", 2, t, (s,))
        case 9:
            return Instruction("s32i", 2, None, (s, t))
        case 10:
            return Instruction("add", 2, r, (s, t))
        case 12 if t < 8:
            number = t << 4 | r
            return Instruction("movi", 2, s, (), number if number < 96 else number - 128)
        case 13 if r == 0:
            return Instruction("mov", 2, t, (s,))
        case 13 if r == 15 and t < 2:
            return Instruction("ret", 2)
    return None


def _signed(number: int, bits: int) -> int:
    return number - (number >> bits - 1 << bits)
