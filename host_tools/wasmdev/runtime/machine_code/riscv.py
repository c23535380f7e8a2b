"""What MicroPython's emitter for RV32 gets wrong without a word (``py/asmrv32.c`` of 1.29).

- A load with a constant index that doesn't fit into an instruction, from 2 KB on, makes the address in the
  register that the result goes to. Where the pointer is there as well, the offset is added to itself.

A store makes it in a register that no value is in. The check finds its way along the instructions by their sizes.
"""

from __future__ import annotations

from .fault import FAR_LOAD


def check(code: bytes, start: int, end: int) -> list[str]:
    """The faults of a function whose instructions are in this part of its machine code."""
    faults = []
    upper = 0  # the register that a lui has just written
    at = start
    while at < end:
        size = 4 if code[at] & 3 == 3 else 2
        one = int.from_bytes(code[at : at + size], "little")
        target = one >> 7 & 31
        if upper and _is_add(one) and target == one >> 2 & 31 == upper:
            faults.append(FAR_LOAD)
        upper = target if _is_lui(one) else 0
        at += size
    return faults


def _is_lui(one: int) -> bool:
    """In four bytes or in two; c.lui of the stack pointer is c.addi16sp."""
    return one & 0x7F == 0x37 or (one < 1 << 16 and one & 0xE003 == 0x6001 and one >> 7 & 31 != 2)


def _is_add(one: int) -> bool:
    """An addition of two bytes, of two registers."""
    return one < 1 << 16 and one & 0xF003 == 0x9002 and bool(one >> 2 & 31)
