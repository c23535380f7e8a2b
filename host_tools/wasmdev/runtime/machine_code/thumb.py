"""What MicroPython's emitter for Thumb gets wrong without a word (``py/asmthumb.c`` of 1.29).

- The address of an exception handler is an offset from where it is taken that is cut to 16 bits with its sign.
- A conditional branch of four bytes is cut to 21 bits with its sign.
- The address of a value on the stack is cut to 255 words, and the size of a frame to 11 bits where one instruction
  of four bytes subtracts it.

The first two are told where they can be: where the code is longer than the offset. A frame so large has locals
that mpy-cross fails for; it is told all the same. The check goes along the instructions by their sizes, and over
the constants that the emitter for armv6m puts between them.
"""

from __future__ import annotations

from .fault import FRAME, HANDLER, JUMP

_HANDLER_REACH = 1 << 15
_BRANCH_REACH = 1 << 20
_MOST_WORDS = 256  # of a frame, besides the registers that push saves there

_SUB_SP_WIDE = 0xF2AD
_OVER_A_WORD = (0xE001, 0x448F)  # b to behind it; add of r1 to pc


def check(code: bytes, start: int, end: int) -> list[str]:
    """The faults of a function whose instructions are in this part of its machine code."""
    faults = []
    words = 0
    at = start
    before = 0
    while at < end:
        one, two = _half(code, at), _half(code, at + 2)
        wide = one >> 11 > 0b11100
        if one & 0xFF80 == 0xB080:
            words += one & 0x7F
        elif one == _SUB_SP_WIDE:
            words += (two >> 4 & 0x700 | two & 0xFF) >> 2
        reach = max(end - at - 4, at + 4 - start)
        if reach >= _BRANCH_REACH and _is_wide_branch(one, two):
            faults.append(JUMP)
        if reach >= _HANDLER_REACH and _is_sxth(before) and _is_add_pc(one):
            faults.append(HANDLER)
        at += 4 if wide else 2
        if _is_load_of_next(before) and one in _OVER_A_WORD:
            at += 4
        before = one
    if words > _MOST_WORDS:
        faults.append(FRAME)
    return faults


def _half(code: bytes, at: int) -> int:
    return int.from_bytes(code[at : at + 2], "little")


def _is_wide_branch(one: int, two: int) -> bool:
    """A conditional one."""
    return one & 0xF800 == 0xF000 and two & 0xD000 == 0x8000


def _is_sxth(one: int) -> bool:
    return one & 0xFFC0 == 0xB200


def _is_add_pc(one: int) -> bool:
    """An addition of pc to a low register."""
    return one & 0xFFF8 == 0x4478


def _is_load_of_next(one: int) -> bool:
    """A load of the word that lies behind the next instruction."""
    return one & 0xF8FF == 0x4800
