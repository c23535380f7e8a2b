"""The emulated Pico itself: its pins, converters and buses as MicroPython's machine module drives them."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev.board.link import Link
from wasmdev_pico import PicoBoard, PicoError
from wasmdev_sim.chips import Registers

from tests.hil.conftest import FIRMWARE
from tests.hil.models import Inverter
from tests.hil.sim_client import mpremote

pytestmark = pytest.mark.ports("pico")
STOCK = FIRMWARE / "pico.uf2"


@pytest.fixture(scope="module")
def pico(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PicoBoard]:
    flash = tmp_path_factory.mktemp("pico") / "flash.bin"
    chips = {(0, 0x48): Registers({0: 0x19, 1: 0x80, 2: 0xFF}), (1, 0x76): Registers({0xD0: 0x60})}
    with PicoBoard(flash, STOCK, i2c=chips, spi={0: Inverter()}) as board:
        yield board


@pytest.fixture
def run(pico: PicoBoard):
    with Link(pico.port) as link:

        def run(code: str) -> str:
            return link.exec("from machine import *\nimport time\n" + code).decode().strip()

        yield run


def test_an_output_is_seen_with_its_times(pico, run):
    run("p = Pin('LED', Pin.OUT)\nfor i in range(6):\n p.toggle()\n time.sleep_us(1000)")
    changes = [change for change in pico.events if change.pin == 25][-6:]
    assert [change.value for change in changes] == [1, 0] * 3
    for before, after in itertools.pairwise(changes):
        assert after.time_us - before.time_us == pytest.approx(1000, rel=0.3)
    assert pico.pin("LED") == 0


def test_an_input_reads_the_outside_or_else_its_pull(pico, run):
    run("p = Pin(14, Pin.IN, Pin.PULL_UP)")
    read = []
    for level in (None, 0, 1, None):
        pico.set_pin(14, level)
        read.append(run("print(p.value())"))
    assert read == ["1", "0", "1", "1"]


def test_an_edge_calls_the_handler(pico, run):
    pico.set_pin(15, 1)
    run("hits = []\np = Pin(15, Pin.IN)\np.irq(lambda p: hits.append(p.value()), Pin.IRQ_FALLING)")
    for level in (0, 1, 0):
        pico.set_pin(15, level)
        run("time.sleep_ms(1)")
    assert run("print(hits); p.irq(None)") == "[0, 0]"


def test_a_wire_joins_two_pins(pico, run):
    pico.wire(6, 7)
    code = "o = Pin(6, Pin.OUT)\ni = Pin(7, Pin.IN)\nfor v in (1, 0, 1):\n o.value(v)\n print(i.value(), end='')"
    assert run(code) == "101"


def test_adc(pico, run):
    pico.set_adc("GP26", 0x8000)
    pico.set_adc(1, 65535)
    first, second = map(int, run("print(ADC(26).read_u16(), ADC(1).read_u16())").split())
    assert first == pytest.approx(0x8000, abs=16)
    assert second == 65535
    pico.set_temperature(31.5)
    formula = "print(27 - (ADC(4).read_u16() * 3.3 / 65535 - 0.706) / 0.001721)"
    assert float(run(formula)) == pytest.approx(31.5, abs=0.5)


def test_i2c(pico, run):
    code = "b = I2C(0, sda=Pin(4), scl=Pin(5))\nb.writeto_mem(0x48, 3, b'\\x12\\x34')\n"
    assert run(code + "print(b.readfrom_mem(0x48, 0, 5))") == repr(b"\x19\x80\xff\x12\x34")
    assert pico.i2c(0, 0x48).registers[:6] == b"\x19\x80\xff\x12\x34\0"
    assert run("print(I2C(1, sda=Pin(2), scl=Pin(3)).readfrom_mem(0x76, 0xD0, 1))") == repr(b"\x60")


def test_i2c_without_a_chip_at_the_address(run):
    code = "try:\n I2C(0, sda=Pin(4), scl=Pin(5)).readfrom(0x20, 1)\nexcept OSError as e:\n print(e)"
    assert run(code) == "[Errno 5] EIO"


def test_spi(run):
    code = "s = SPI(0, sck=Pin(18), mosi=Pin(19), miso=Pin(16))\nr = bytearray(3)\n"
    assert run(code + "s.write_readinto(b'\\0\\1\\x80', r)\nprint(r)") == repr(bytearray(b"\xff\xfe\x7f"))


def test_uart_both_ways(pico, run):
    run("u = UART(1, 115200, tx=Pin(8), rx=Pin(9))\nu.write('hello')\ntime.sleep_ms(2)")
    assert pico.uart_read(1) == b"hello"
    pico.uart_write(1, b"pong")
    assert run("time.sleep_ms(2); print(u.read())") == repr(b"pong")


def test_pwm(pico, run):
    pico.wire(16, 17)
    run("w = PWM(Pin(16), freq=1000, duty_u16=16384)\np = Pin(17, Pin.IN)")
    hertz, duty = pico.pwm(16)
    assert (hertz, duty) == (1000, pytest.approx(16384, abs=2))
    high, low = map(int, run("time_pulse_us(p, 0)\nprint(time_pulse_us(p, 1), time_pulse_us(p, 0))").split())
    assert high == pytest.approx(250, abs=40)
    assert low == pytest.approx(750, abs=40)
    run("w.deinit()")
    assert pico.pwm(16) == (0, 0)
    assert not [change for change in pico.events if change.pin == 16]


def test_time_is_counted_in_cycles_of_the_board(pico, run):
    before = pico.cycles
    loop = "t = time.ticks_us()\nfor i in range(500): pass\n"
    took_us = int(run(loop + "print(time.ticks_diff(time.ticks_us(), t))"))
    first = pico.cycles
    passed = pico.time_us * 125
    assert first - before > took_us * 125
    assert 0.99 * first <= passed <= 1.01 * pico.cycles


def test_reset_button_keeps_flash_and_forgets_the_rest(pico):
    boot = pico.boot
    with Link(pico.port) as link:
        link.exec("forgotten = 1\nf = open('/kept', 'w')\nf.write('kept')\nf.close()")
    pico.reset()
    with Link(pico.port) as link:
        assert link.exec("print('forgotten' in globals(), open('/kept').read())") == b"False kept\r\n"
    assert pico.boot == boot + 1


def test_a_program_resets_the_board(pico):
    boot = pico.boot
    with Link(pico.port) as link:
        link._begin(b"import machine\nmachine.reset()")
        while pico.boot == boot:
            time.sleep(0.05)
    with Link(pico.port) as link:
        assert link.eval("__import__('machine').reset_cause()") == 3
    assert pico.boot == boot + 1


def test_flash_survives_the_plug(tmp_path):
    for i in range(2):
        with PicoBoard(tmp_path / "flash.bin", STOCK) as board:
            with Link(board.port) as link:
                link.exec(f"f = open('/{i}', 'w')\nf.write('{i}' * 300)\nf.close()")
            board.kill()
    with PicoBoard(tmp_path / "flash.bin", STOCK) as board, Link(board.port) as link:
        assert link.eval("[len(open(p).read()) for p in '01']") == [300, 300]


def test_mpremote_at_once_after_the_start(tmp_path):
    for _ in range(5):
        with PicoBoard(tmp_path / "flash.bin", STOCK) as board:
            assert mpremote(board.port, "exec", "print(6 * 7)") == "42\n"


def test_one_flash_is_for_one_board(pico, tmp_path):
    with PicoBoard(tmp_path / "flash.bin", STOCK), pytest.raises(PicoError, match="another program runs"):
        PicoBoard(tmp_path / "flash.bin", STOCK)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "can't read the firmware"),
        (b"", "is no UF2 file"),
        (bytes(512), "is no UF2 file"),
        (b"x" * 700, "is no UF2 file"),
    ],
)
def test_what_is_no_firmware(tmp_path, content, why):
    path = tmp_path / "bad.uf2"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PicoError, match=why):
        PicoBoard(tmp_path / "flash.bin", path)


def test_firmware_of_another_chip(tmp_path):
    path = tmp_path / "rp2350.uf2"
    firmware = bytearray(STOCK.read_bytes())
    for start in range(0, len(firmware), 512):
        firmware[start + 28 : start + 32] = (0xE48BFF59).to_bytes(4, "little")
    path.write_bytes(firmware)
    with pytest.raises(PicoError, match="isn't made for the RP2040"):
        PicoBoard(tmp_path / "flash.bin", path)


def test_the_emulator_ends_with_its_program(tmp_path):
    code = "import os\nfrom wasmdev_pico import PicoBoard\n"
    code += f"b = PicoBoard({str(tmp_path / 'f')!r}, {str(STOCK)!r})\nprint(b.pid, flush=True)\nos._exit(0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    pid = int(done.stdout)
    with PicoBoard(tmp_path / "f", STOCK):  # the flash is free once that process is gone
        assert not Path(f"/proc/{pid}/exe").exists()
