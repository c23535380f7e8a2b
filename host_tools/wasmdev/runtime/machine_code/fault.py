"""What a check of machine code tells."""

from __future__ import annotations

from collections.abc import Callable

FAR_LOAD = "the index of a load is a constant that is too far, and the pointer is lost"
FAR_STORE = "the index of a store is a constant that is too far, and a register that is in use is lost"
INVERSION = "a ~ takes the register of a value that is still wanted"
FRAME = "its frame is too large"
HANDLER = "an exception handler is too far"
JUMP = "it is too long for its jumps"
LENGTH = "it is longer than 64 KB, and not viper"
UNKNOWN = "it has an instruction that the check doesn't know"

Check = Callable[[bytes, int, int], list[str]]
"""Takes the machine code of a function, and the offsets where its instructions begin and end. Gives of the texts
above those that hold."""
