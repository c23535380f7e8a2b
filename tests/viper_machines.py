"""Random functions of viper (viper_functions.py) on a machine, against their model. Each day takes 80 of the
10,000 of ``make soak``; ``WASM_VIPER`` says another number.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wasmdev.errors import WasmdevError
from wasmdev.runtime.runtime import cross_compile

from tests.sampling import of_the_day
from tests.viper_functions import Function, source

_ALL = 10_000
_CASES = int(os.environ.get("WASM_VIPER", "80"))

_PER_MODULE = 20
_AT_ONCE = 500  # functions that a machine gets
_MEMORY = 1024  # bytes
# What a function is called with: memory as factor and rest of its bytes, and two words.
_CALLS = ((37, 11, 0, 1), (101, 200, -0x12345678, 0x3FFFFFFF), (0, 255, 5, -0x40000000))
# Calls the functions of a module, and prints for each what its calls come to.
_SCRIPT = '''
import gc, sys
def go(name):
    gc.collect()
    module = __import__(name)
    for function, call in module.every:
        found = []
        for factor, rest, a, b in CALLS:
            for i in range(1024):
                memory[i] = i * factor + rest & 255
            found.append((call(memory, a, b, [memory, module.mix, module.note, a, b]), module.digest(memory)))
        print(function, found)
    del sys.modules[name]
memory = bytearray(1024)
CALLS = %r
'''


def results(seed: int, bits: int) -> str:
    """What a machine with words of so many bits prints of a function, if it is right."""
    function = Function(seed)
    found = []
    for factor, rest, a, b in _CALLS:
        memory = bytearray(i * factor + rest & 255 for i in range(_MEMORY))
        names = _model(memory, bits)
        exec("\n".join(function.model), names)
        result = names[function.name](a, b)
        total = 0
        for byte in memory:
            total = (total * 31 + byte) & 0xFFFFFF
        found.append((result, total))
    return f"{function.name} {found}"


def _model(memory: bytearray, bits: int) -> dict[str, Any]:
    """What the model of a function is made of."""
    sign, mask = 1 << bits - 1, (1 << bits) - 1

    def word(number: int) -> int:
        return (number & mask ^ sign) - sign

    def load(size: int, base: int, index: int) -> int:
        at = base + size * index
        number = int.from_bytes(memory[at : at + size], "little")
        return word(number) if 8 * size == bits else number

    def store(size: int, base: int, index: int, number: int) -> None:
        at = base + size * index
        memory[at : at + size] = (number & (1 << 8 * size) - 1).to_bytes(size, "little")

    def mix(x: int, y: int) -> int:
        return word(word(x ^ word(y << 3)) + (y >> 2))

    def note(memory: bytearray, x: int) -> int:
        memory[5] = memory[5] ^ x & 255
        return memory[5] - 100

    return {"w": word, "u": lambda number: number & mask, "load": load, "store": store, "mix": mix, "note": note,
            "memory": memory}


Run = Callable[[Mapping[str, bytes], str], str]
"""Puts files where a machine imports from, runs a script there, and gives what it prints."""


def parts() -> list[range]:
    """The functions of the day, so many at a time as a machine gets."""
    seeds = of_the_day(_ALL, _CASES)
    return [seeds[at : at + _AT_ONCE] for at in range(0, len(seeds), _AT_ONCE)]


def differences(run: Run, arch: str, seeds: Sequence[int], bits: int = 32) -> list[str]:
    """The functions that come to something else on a machine than in the model, with both; one that the machine
    does not come back from, with why. Raises :class:`WasmdevError` for code that mpy-cross gets wrong."""
    files = {}
    modules = {f"z{seeds[at]}": seeds[at : at + _PER_MODULE] for at in range(0, len(seeds), _PER_MODULE)}
    with tempfile.TemporaryDirectory() as folder:
        for name, part in modules.items():
            files[f"{name}.mpy"] = cross_compile(arch, f"{name}.py", source(part), Path(folder, name))
    script = _SCRIPT % (_CALLS,) + "".join(f"go({name!r})\n" for name in modules)
    try:
        found = run(files, script).split("\n")
    except WasmdevError as error:
        if len(seeds) == 1:
            return [f"f{seeds[0]}: {error}"]
        half = len(seeds) // 2
        return differences(run, arch, seeds[:half], bits) + differences(run, arch, seeds[half:], bits)
    right = [results(seed, bits) for seed in seeds]
    lines = [line.strip() for line in found if line.strip()]
    if len(lines) != len(right):
        return [f"{len(lines)} lines of {len(right)} functions"]
    return [f"{line}, and right is {wanted}" for line, wanted in zip(lines, right, strict=True) if line != wanted]
