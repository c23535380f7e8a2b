"""The API on the board's REPL, through plain mpremote: what was flashed is loaded by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev import folders
from wasmdev_sim import SimBoard

from tests.hil.sim_client import Terminal, mpremote
from tests.wat import wat

pytestmark = pytest.mark.ports("sim")

BLINK = Path(__file__).parents[2] / "examples" / "blink" / "blink.wasm"

LINES = """
import wasm
app = wasm.load("blink")
app.add(2, 3)                                        # 5
app.exports["add"]                                   # '(i32,i32)->i32'
app.memory[0:4] = b"abcd"
app.memory[0:4]                                      # bytearray(b'abcd')
len(app.memory)                                      # 65536
app.memory.grow(0)                                   # 1
app.run()                                            # 0
app = None
app = wasm.load("/guest.wasm", imports={"env": {"log": print}}, memory=16384, fuel=1_000_000)
app.shout(42)                                        # 42
app.globals["g"]                                     # 7
app.two()                                            # (1, -2)
kind = lambda f, *a: exec("try: f(*a)\\nexcept wasm.Trap as t: print(t.kind)", {"f": f, "a": a, "wasm": wasm})
kind(app.divide, 1, 0)                               # integer divide by zero
kind(app.spin)                                       # all fuel consumed
app.divide(6, 3)                                     # 2
"""

GUEST = """(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (global (export "g") (mut i32) (i32.const 7))
  (func (export "shout") (param i32) (call $log (local.get 0)))
  (func (export "two") (result i32 i64) (i32.const 1) (i64.const -2))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "spin") (loop (br 0))))"""


@pytest.fixture
def sim(wasmdev) -> Iterator[SimBoard]:
    assert wasmdev("flash", BLINK).code == 0
    (folders.sim() / "guest.wasm").write_bytes(wat(GUEST))
    with SimBoard(folders.sim(), "pico2") as board:  # objects of 64 bits take the last of a Pico's heap
        yield board


def test_lines_typed_at_the_prompt(sim):
    with Terminal(sim.port) as terminal:
        for line in LINES.strip().splitlines():
            code, _, expected = line.partition("  # ")
            printed = terminal.run(code.rstrip())
            assert "Traceback" not in printed, line + printed
            if expected:
                assert printed.replace("\r\n", "\n").strip() == expected.strip(), line
    assert [change.value for change in sim.events if change.pin == 25] == [1, 0] * 5


def test_mpremote_exec(sim):
    code = "import wasm; app = wasm.load('blink'); print(app.add(2, 3))"
    assert mpremote(sim.port, "exec", code) == "5\n"


def test_a_module_without_its_grant(sim):
    code = "import wasm, wasi; print(wasm.load('blink', grants={}).run(), wasi.denied)"
    assert mpremote(sim.port, "exec", code) == "76 {'wasi_gpio.get_digital_out': 1}\n"
    assert not sim.events


def test_an_import_that_nobody_gives(sim):
    said = mpremote(sim.port, "exec", "import wasm; wasm.load('/guest.wasm', memory=64)", fails=True)
    assert said.strip().splitlines()[-1] == "LinkError: unknown import: function env.log; give it in imports="
