"""Machine code that MicroPython's emitters get wrong without a word: found in a ``.mpy`` before anybody has it.

A file for each processor says what that is. On all of them the place in a function of Python (``native``, and not
``viper``) where its description begins is cut to 16 bits. Nothing is asked of x86 and x64, which no board has.
"""

from __future__ import annotations

from functools import partial

from wasmdev.errors import WasmdevError

from . import mpy, riscv, thumb, xtensa
from .fault import LENGTH, Check

_CHECKS: dict[str, Check] = {
    **dict.fromkeys(("armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp"), thumb.check),
    "xtensa": partial(xtensa.check, windowed=False),
    "xtensawin": partial(xtensa.check, windowed=True),
    "rv32imc": riscv.check,
}


def faults(data: bytes) -> list[str]:
    """What is wrong with a ``.mpy`` that mpy-cross has made, a line for each function and what it has.

    Raises :class:`ValueError` for what mpy-cross doesn't make. Functions of inline assembler are their author's.
    """
    arch, module = mpy.read(data)
    if (check := _CHECKS.get(arch)) is None:
        return []
    found: dict[str, None] = {}  # each once, in order
    for function in module.every():
        if function.kind == mpy.Kind.NATIVE and len(function.machine) > mpy.LONGEST_NATIVE:
            found[f"{function.name}: {LENGTH}"] = None
        elif function.kind in (mpy.Kind.NATIVE, mpy.Kind.VIPER):
            for fault in check(function.machine, function.start, function.end):
                found[f"{function.name}: {fault}"] = None
    return list(found)


class WrongCode(WasmdevError):
    """A ``.mpy`` must not get to a board; ``faults`` says why."""

    def __init__(self, name: str, arch: str, faults: list[str]) -> None:
        self.faults = "; ".join(faults)
        super().__init__(f"mpy-cross -march={arch} makes wrong code of {name}: {self.faults}")


def refuse(name: str, arch: str, data: bytes) -> None:
    """Raises :class:`WrongCode` for a ``.mpy`` with faults. ``name`` is its source's."""
    if found := faults(data):
        raise WrongCode(name, arch, found)
