"""What a module does to pins and sensors, seen from outside where the board lets one look."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import pytest

from tests.hil.conftest import Bench
from tests.wat import wat

EXAMPLES = Path(__file__).parents[2] / "examples"
PERIOD_US = 500_000

# Toggles an output and counts how often the input behind the wire agreed: its exit code.
LOOPBACK = """(module
  (import "wasi_gpio" "get_digital_out" (func $out (param i32 i32 i32) (result i32)))
  (import "wasi_gpio" "get_digital_in" (func $in (param i32 i32 i32) (result i32)))
  (import "wasi_gpio" "toggle" (func $toggle (param i32) (result i32)))
  (import "wasi_gpio" "is_active" (func $read (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "out")
  (data (i32.const 8) "in")
  (func $sleep
    (i32.store (i32.const 272) (i32.const 1))
    (i64.store (i32.const 280) (i64.const 20000000))
    (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 600))))
  (func (export "_start") (local $turn i32) (local $agreed i32)
    (drop (call $out (i32.const 0) (i32.const 3) (i32.const 100)))
    (drop (call $in (i32.const 8) (i32.const 2) (i32.const 104)))
    (loop $again
      (drop (call $toggle (i32.load (i32.const 100))))
      (call $sleep)
      (drop (call $read (i32.load (i32.const 104)) (i32.const 108)))
      (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
      (local.set $agreed (i32.add (local.get $agreed)
        (i32.eq (i32.load (i32.const 108)) (i32.and (local.get $turn) (i32.const 1)))))
      (br_if $again (i32.lt_u (local.get $turn) (i32.const 10))))
    (call $exit (local.get $agreed))))"""

# Waits for a button, then ends with 7; with 1 if it can't have the button.
BUTTON = """(module
  (import "wasi_gpio" "get_digital_in" (func $in (param i32 i32 i32) (result i32)))
  (import "wasi_gpio" "is_active" (func $read (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "button")
  (func (export "_start")
    (if (call $in (i32.const 0) (i32.const 6) (i32.const 100)) (then (call $exit (i32.const 1))))
    (loop $again
      (drop (call $read (i32.load (i32.const 100)) (i32.const 108)))
      (br_if $again (i32.eqz (i32.load (i32.const 108)))))
    (call $exit (i32.const 7))))"""


@pytest.fixture
def emulated(bench: Bench):
    if not bench.emulated:
        pytest.skip("nothing sees the pins of a real board from outside")
    return bench.emulated


@pytest.mark.long_on("pico")
def test_blink_has_the_right_period(bench, emulated):
    assert bench.wasmdev("flash", EXAMPLES / "blink/blink.wasm").code == 0
    assert bench.wasmdev("run", "blink").code == 0
    changes = [change for change in emulated.events if change.pin == 25]
    assert [change.value for change in changes] == [1, 0] * 5
    rises = [change.time_us for change in changes if change.value]
    for before, after in itertools.pairwise(rises):
        assert after - before == pytest.approx(PERIOD_US, rel=0.1)


@pytest.mark.parametrize("celsius", [31.5, -4.0])
def test_thermometer_reads_what_the_adc_measures(bench, emulated, celsius):
    emulated.set_temperature(celsius)
    assert bench.wasmdev("flash", EXAMPLES / "thermometer/thermometer.wasm").code == 0
    done = bench.wasmdev("run", "thermometer")
    readings = [float(line.removesuffix(" C")) for line in done.out.splitlines()]
    assert len(readings) == 5
    # One step of the RP2040's converter is half a degree.
    assert all(reading == pytest.approx(celsius, abs=0.5) for reading in readings)


@pytest.mark.long_on("pico")
def test_a_button_pressed_outside_reaches_the_guest(bench, emulated, tmp_path):
    path = tmp_path / "button.wasm"
    path.write_bytes(wat(BUTTON))
    assert bench.wasmdev("flash", path, "--grant", "button=gpio.in:14:up:active-low").code == 0
    pressed = threading.Event()

    def press() -> None:
        time.sleep(2)
        pressed.set()
        emulated.set_pin(14, 0)

    finger = threading.Thread(target=press)
    finger.start()
    done = bench.wasmdev("run", "button")
    assert pressed.is_set(), "the program ended before the button was pressed"
    finger.join()
    assert done.code == 7


def test_an_output_reaches_an_input_over_a_wire(bench, loopback, tmp_path):
    path = tmp_path / "loopback.wasm"
    path.write_bytes(wat(LOOPBACK))
    out, into = loopback
    grants = ["--grant", f"out=gpio.out:{out}", "--grant", f"in=gpio.in:{into}"]
    assert bench.wasmdev("flash", path, *grants).code == 0
    assert bench.wasmdev("run", "loopback").code == 10
