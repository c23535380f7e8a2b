"""sim's simulated machine: pins, their changes and interrupts, ADC, timers."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev_sim import PinChange, SimBoard, SimError, load_board

from tests.hil.sim_client import LIMIT, Terminal, mpremote

pytestmark = pytest.mark.ports("sim")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimBoard]:
    with SimBoard(tmp_path_factory.mktemp("root")) as board:
        yield board


@pytest.fixture
def sim(board: SimBoard) -> SimBoard:
    """The one board, just reset, its inputs free."""
    for pin in range(board.board.gpio):
        board.set_pin(pin, None)
    board.reset()
    return board


def run(sim: SimBoard, code: str) -> str:
    return mpremote(sim.port, "resume", "exec", "from machine import *\nimport time\n" + code)


def changes(sim: SimBoard) -> list[PinChange]:
    """Those of the present process."""
    return [change for change in sim.events if change.boot == sim.boot]


def test_pin_changes_come_in_order_with_their_times(sim: SimBoard) -> None:
    run(sim, "led = Pin('LED', Pin.OUT)\nfor i in range(6):\n    led.toggle()\n    time.sleep_ms(20)")
    seen = changes(sim)
    assert [(change.pin, change.value) for change in seen] == [(25, 1), (25, 0)] * 3
    gaps = [b.time_us - a.time_us for a, b in itertools.pairwise(seen)]
    assert all(19_000 <= gap < 2_000_000 for gap in gaps), gaps


def test_all_changes_before_an_output_are_known_when_it_is_read(sim: SimBoard) -> None:
    for n in (1, 10, 1000):
        before = len(sim.events)
        run(sim, f"p = Pin(2, Pin.OUT, value=0)\nfor i in range({n}): p(1); p(0)")
        assert len(sim.events) - before == 2 * n
    times = [change.time_us for change in changes(sim)]
    assert times == sorted(times)


def test_writing_the_same_level_is_no_change(sim: SimBoard) -> None:
    run(
        sim,
        "p = Pin(3, Pin.OUT)\np.off(); p.on(); p.on(); p.high(); p.value(1); p(True); p.low(); p.value(0)",
    )
    assert [change.value for change in changes(sim)] == [1, 0]
    assert sim.pin(3) == 0


def test_an_input_shows_nothing_until_it_is_an_output(sim: SimBoard) -> None:
    run(sim, "p = Pin(4, Pin.IN, value=1)")
    assert sim.pin(4) == 0
    run(sim, "p.init(Pin.OUT)")
    assert sim.pin(4) == 1
    run(sim, "p.init(Pin.IN)")
    assert sim.pin(4) == 0


def test_a_reset_releases_the_pins(sim: SimBoard) -> None:
    run(sim, "Pin(5, Pin.OUT, value=1)")
    assert sim.pin(5) == 1
    sim.reset()
    assert sim.pin(5) == 0
    assert [(change.pin, change.value) for change in sim.events[-2:]] == [(5, 1), (5, 0)]


def test_pins_by_name_and_number(sim: SimBoard) -> None:
    said = run(sim, "print(Pin('LED', Pin.OUT), Pin(25), Pin('GP7'), Pin(Pin(8)), Pin.board.LED)")
    led = "Pin(GPIO25, mode=OUT)"
    assert said == f"{led} {led} Pin(GPIO7, mode=IN) Pin(GPIO8, mode=IN) {led}\n"
    for pin in ("30", "-1", "'GP30'", "'nix'"):
        assert "ValueError: invalid pin" in mpremote(
            sim.port, "exec", f"from machine import Pin; Pin({pin})", fails=True
        )
    with pytest.raises(SimError, match="no pin GP30; use 0 to 29 or one of"):
        sim.set_pin("GP30", 1)


def test_an_input_reads_the_outside_or_else_its_pull(sim: SimBoard) -> None:
    code = "for i in range(16): print(Pin(i, Pin.IN, (None, Pin.PULL_UP, Pin.PULL_DOWN)[i % 3]).value(), end='')"
    assert run(sim, code) == "0100100100100100"
    for pin in range(16):
        sim.set_pin(pin, 1 - (pin % 3 == 1))
    assert run(sim, code) == "1011011011011011"
    for pin in range(16):
        sim.set_pin(pin, None)
    assert run(sim, code) == "0100100100100100"


def test_open_drain(sim: SimBoard) -> None:
    run(sim, "p = Pin(6, Pin.OPEN_DRAIN, Pin.PULL_UP, value=1)")
    assert run(sim, "print(p.value())") == "1\n"
    sim.set_pin(6, 0)
    assert run(sim, "print(p.value())") == "0\n"
    sim.set_pin(6, None)
    assert run(sim, "p(0); print(p.value())") == "0\n"


def test_a_busy_loop_sees_an_input_that_the_host_sets(sim: SimBoard) -> None:
    with Terminal(sim.port) as terminal:
        terminal.run("from machine import Pin")
        terminal.run("p = Pin(9, Pin.IN)")
        terminal.type("\x05for i in range(20):\n    while p.value() == i % 2: pass\n    print(i)\n\x04")
        terminal.until("=== \r\n")
        for i in range(20):
            sim.set_pin(9, 1 - i % 2)
            terminal.until(f"{i}\r\n")


def test_every_edge_asked_for_calls_the_handler(sim: SimBoard) -> None:
    run(
        sim,
        "seen = []\np = Pin(10, Pin.IN, Pin.PULL_UP)\n"
        "p.irq(lambda pin: seen.append((pin.value(), pin.irq().flags())), Pin.IRQ_FALLING)\n"
        "q = Pin(11, Pin.IN)\nq.irq(trigger=Pin.IRQ_RISING, handler=lambda pin: seen.append(pin))",
    )
    for value in (0, 0, 1, 1):
        sim.set_pin(10, value)
        time.sleep(0.05)
    assert run(sim, "print(seen)") == "[(0, 4)]\n"
    sim.set_pin(10, None)
    sim.set_pin(11, 0)
    sim.set_pin(11, 1)
    assert run(sim, "while len(seen) < 2: pass\nprint(seen[1])") == "Pin(GPIO11, mode=IN)\n"
    sim.set_pin(10, 0)
    assert run(sim, "while len(seen) < 3: time.sleep_ms(1)\np.irq(None); print(len(seen))") == "3\n"
    sim.set_pin(10, 1)
    sim.set_pin(10, 0)
    assert run(sim, "time.sleep_ms(50)\nprint(len(seen))") == "3\n"


def test_edges_are_counted_while_code_runs(sim: SimBoard) -> None:
    with Terminal(sim.port) as terminal:
        terminal.run("from machine import Pin; n = []")
        terminal.run("i = Pin(12).irq(n.append, Pin.IRQ_RISING | Pin.IRQ_FALLING)")
        terminal.type("\x05print('ready')\nwhile len(n) < 200: pass\n\x04")
        terminal.until("ready\r\n")
        for i in range(200):
            sim.set_pin(12, 1 - i % 2)
        terminal.until(">>> ")
        assert terminal.run("len(n)") == "200\r\n"


def test_an_interrupt_wakes_a_sleep_and_the_prompt(sim: SimBoard) -> None:
    with Terminal(sim.port) as terminal:
        terminal.run("from machine import *; import time")
        terminal.run("p = Pin(13).irq(lambda p: print('edge', p.value()), 12)")
        sim.set_pin(13, 1)
        terminal.until("edge 1\r\n")
        terminal.type("time.sleep(2)\r")
        terminal.until("sleep(2)\r\n")
        sim.set_pin(13, 0)
        assert ">>>" not in terminal.until("edge 0\r\n")
        terminal.until(">>> ")
        terminal.type("lightsleep()\r")
        time.sleep(0.05)
        sim.set_pin(13, 1)
        terminal.until("edge 1\r\n>>> ")


def test_adc_channels_by_number_pin_and_name(sim: SimBoard) -> None:
    sim.set_adc(0, 12345)
    sim.set_adc("GP27", 65535)
    said = run(sim, "print([ADC(x).read_u16() for x in (0, 26, Pin(26), 'GP26', 1, Pin(27), 2)])")
    assert said == "[12345, 12345, 12345, 12345, 65535, 65535, 0]\n"
    assert "ADC capabilities" in mpremote(sim.port, "exec", "from machine import *; ADC(Pin(5))", fails=True)
    with pytest.raises(SimError, match="no ADC channel 5"):
        sim.set_adc(5, 1)
    with pytest.raises(ValueError, match="0 to 65535"):
        sim.set_adc(0, 65536)


def test_the_temperature_by_the_data_sheets_formula(sim: SimBoard) -> None:
    code = "print(27 - (ADC(ADC.CORE_TEMP).read_u16() * 3.3 / 65535 - 0.706) / 0.001721)"
    sim.set_temperature(24)
    assert abs(float(run(sim, code)) - 24) < 0.05
    sim.set_temperature(-12.5)
    assert abs(float(run(sim, code)) + 12.5) < 0.05


def test_a_new_board_is_at_24_degrees(tmp_path: Path) -> None:
    with SimBoard(tmp_path) as fresh:
        assert run(fresh, "print(ADC(4).read_u16())") == "14123\n"


def test_timers(sim: SimBoard) -> None:
    said = run(
        sim,
        "seen = []\nstart = time.ticks_ms()\n"
        "fast = Timer(mode=Timer.PERIODIC, period=20, callback=lambda t: seen.append('fast'))\n"
        "slow = Timer(-1)\nslow.init(freq=10, callback=lambda t: seen.append('slow'))\n"
        "once = Timer(period=30, mode=Timer.ONE_SHOT, callback=lambda t: seen.append('once'))\n"
        "while seen.count('slow') < 3: pass\n"
        "fast.deinit(); slow.deinit()\nn = len(seen)\ntime.sleep(0.1)\n"
        "print(seen.count('once'), seen.count('fast'), time.ticks_ms() - start, len(seen) - n)",
    )
    once, fast, ms, late = map(int, said.split())
    assert once == 1
    assert 1 <= fast <= ms // 20
    assert 400 <= ms < 10_000
    assert late <= 1


def test_a_timer_blinks_behind_the_prompt(sim: SimBoard) -> None:
    with Terminal(sim.port) as terminal:
        terminal.run("from machine import *")
        before = len(sim.events)
        terminal.run("t = Timer(period=10, callback=lambda t: Pin.board.LED.toggle())")
        terminal.run("Pin.board.LED.init(Pin.OUT)")
        end = time.monotonic() + LIMIT
        while len(sim.events) < before + 10:
            assert time.monotonic() < end
            time.sleep(0.01)
        assert terminal.run("6 * 7") == "42\r\n"


def test_memory_is_collected_safely_under_interrupts(sim: SimBoard) -> None:
    said = run(
        sim,
        "ticks = []\nt = Timer(freq=500, callback=lambda t: ticks.append(bytes(9)))\n"
        "live = [bytes([i]) * 9 for i in range(200)]\n"
        "while len(ticks) < 100:\n"
        "    for i in range(1000): x = [i] * 20\n"
        "t.deinit()\nprint(live == [bytes([i]) * 9 for i in range(200)])",
    )
    assert said == "True\n"


def test_the_rest_of_machine(sim: SimBoard) -> None:
    said = run(
        sim,
        "s = Signal(Pin(14, Pin.OUT), invert=True); s.on(); s.off()\n"
        "idle(); lightsleep(1); freq(250_000_000)\n"
        "print(len(unique_id()), freq(), reset_cause() == PWRON_RESET)",
    )
    assert said == "8 250000000 True\n"
    assert [(change.pin, change.value) for change in changes(sim)] == [(14, 1)]
    mpremote(sim.port, "resume", "exec", "--no-follow", "import machine; machine.reset()")
    assert (
        mpremote(sim.port, "exec", "import machine; print(machine.reset_cause() == machine.WDT_RESET)") == "True\n"
    )


def test_inputs_and_output_at_full_speed_on_several_threads(sim: SimBoard) -> None:
    stop = threading.Event()

    def drive() -> None:
        while not stop.is_set():
            sim.set_pin(16, 1)
            sim.set_pin(16, 0)

    driver = threading.Thread(target=drive)
    driver.start()
    try:
        said = run(
            sim,
            "p = Pin(15, Pin.IN); q = Pin(16, Pin.IN)\nlow = high = 0\n"
            "while low < 100 or high < 100:\n"
            "    if q(): high += 1\n"
            "    else: low += 1\n"
            "    if p(): print('wrong pin')\n"
            "print('both')",
        )
    finally:
        stop.set()
        driver.join()
    assert said == "both\n"


def test_watch_ends_when_nothing_happens_or_the_board_does(tmp_path: Path) -> None:
    sim = SimBoard(tmp_path)
    assert list(sim.watch(timeout=0.05)) == []
    run(sim, "p = Pin(1, Pin.OUT, value=1)")
    seen = []
    watcher = threading.Thread(target=lambda: seen.extend(sim.watch()))
    watcher.start()
    run(sim, "p(0)")
    sim.close()
    watcher.join(LIMIT)
    assert [change.value for change in seen] == [1, 0]


def test_serve_prints_the_port_and_the_changes(tmp_path: Path) -> None:
    code = f"from wasmdev_sim import serve; serve({str(tmp_path)!r})"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as server:
        assert isinstance(server.stdout, io.TextIOBase)
        port = server.stdout.readline().strip()
        mpremote(port, "exec", "from machine import Pin; Pin('LED', Pin.OUT, value=1)(0); Pin(2, Pin.OUT)(1)")
        lines = [server.stdout.readline().split() for _ in range(3)]
        assert [line[1:] for line in lines] == [
            ["s", "GP25", "LED", "=", "1"],
            ["s", "GP25", "LED", "=", "0"],
            ["s", "GP2", "=", "1"],
        ]
        server.send_signal(2)
        assert server.wait(LIMIT) == 0


def test_the_picos_description() -> None:
    pico = load_board("pico")
    assert pico.pin("LED") == 25
    assert pico.channel("temperature") == 4
    assert pico.heap == 242_048


def test_a_bad_description_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[board]\nname = 'bad'\n")
    with pytest.raises(SimError, match=r"bad\.toml: \[board\] lacks 'title'; see boards/README\.md"):
        load_board(tmp_path / "bad.toml")


def test_a_pin_without_a_number(tmp_path: Path) -> None:
    with SimBoard(tmp_path, "pico_w") as sim:
        run(sim, "Pin('LED', Pin.OUT).on(); Pin('WL_GPIO0').off()")
        assert [(sim.board.label(change.pin), change.value) for change in sim.events] == [
            ("WL_GPIO0 LED", 1),
            ("WL_GPIO0 LED", 0),
        ]
