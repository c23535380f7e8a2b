"""What modules reach through buses and pins, with models of chips, on sim and on the emulated Pico."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from wasmdev.board.link import Link
from wasmdev_sim.chips import Bme280, Ds18b20, Mpu6050, Registers

from tests.hil.conftest import EMULATED
from tests.hil.models import Echo

if TYPE_CHECKING:
    from wasmdev.board.board import Emulated

    Run = Callable[[str], list[str]]

pytestmark = pytest.mark.ports(*EMULATED)

BME280 = '("sensor.bme280", 0, 4, 5, 400000, 0x76)'
OPEN = """
from guest import OUT, Guest
from struct import pack, unpack
def opened(module, *grants, function="open"):
    global g
    g = Guest({chr(97 + i): grant for i, grant in enumerate(grants)})
    errnos = [g.call(module, function, bytes([97 + i]), OUT) for i in range(len(grants))]
    return errnos[0] if len(grants) == 1 else errnos
def milli(channel):
    errno = g.call("wasi_sensor", "read_milli", 3, channel, OUT)
    return errno or unpack("<i", g.memory.read(OUT, 4))[0] / 1000
"""


@pytest.fixture
def chips(guest_board: Emulated) -> Emulated:
    return guest_board


@pytest.fixture
def run(chips: Emulated) -> Iterator[Run]:
    """Runs code there: the lines that it prints."""
    with Link(chips.port) as link:
        yield lambda code: link.exec(OPEN + code).decode().splitlines()


@pytest.mark.parametrize(
    ("celsius", "pascal", "humidity"),
    [(21.5, 100_800, 45), (-20.25, 95_000, 5), (60, 108_000, 95), (0, 101_325, 50)],
)
def test_bme280(chips: Emulated, run: Run, celsius: float, pascal: float, humidity: float) -> None:
    chips.attach_i2c(0, 0x76, Bme280(celsius, pascal, humidity))
    code = f'print(opened("wasi_sensor", {BME280}))\nfor i in range(3): print(milli(i))'
    errno, *values = run(code)
    assert errno == "0"
    t, p, h = map(float, values)
    assert abs(t - celsius) < 0.02
    assert abs(p - pascal) < 2
    assert abs(h - humidity) < 0.1


def test_a_sensor_that_is_not_there_or_something_else(chips: Emulated, run: Run) -> None:
    chips.attach_i2c(0, 0x76, Registers())
    chips.attach_i2c(0, 0x77, None)
    other = BME280.replace("0x76", "0x77")
    assert run(f'print(opened("wasi_sensor", {BME280}, {other}))') == ["[43, 43]"]


def test_a_sensor_that_goes_away(chips: Emulated, run: Run) -> None:
    chips.attach_i2c(0, 0x76, Bme280())
    assert run(f'print(opened("wasi_sensor", {BME280}))') == ["0"]
    chips.attach_i2c(0, 0x76, None)
    assert run('print(g.call("wasi_sensor", "read_milli", 3, 0, OUT))') in (["29"], ["43"])


def test_mpu6050(chips: Emulated, run: Run) -> None:
    chip = Mpu6050()
    chip.acceleration, chip.rotation, chip.celsius = (0.5, -1.0, 0.25), (90, -180, 0), 31.0
    chips.attach_i2c(1, 0x68, chip)
    grant = '("sensor.mpu6050", 1, 6, 7, 100000, 0x68)'
    errno, *values = run(f'print(opened("wasi_sensor", {grant}))\nfor i in range(7): print(milli(i))')
    assert errno == "0"
    expected = (4.903, -9.807, 2.452, 1.5708, -3.1416, 0, 31.0)
    assert all(abs(float(got) - want) < 0.02 for got, want in zip(values, expected, strict=True)), values


def test_ds18b20(chips: Emulated, run: Run) -> None:
    chip = Ds18b20(-10.125)
    chips.attach_onewire(15, chip)
    code = 'print(opened("wasi_sensor", ("sensor.ds18b20", 15)))\nprint(milli(0))'
    assert run(code) == ["0", "-10.125"]
    chip.celsius = 85.5
    chips.attach_onewire(15, chip)
    assert run("print(milli(0))") == ["85.5"]
    chips.attach_onewire(15, None)
    assert run('print(g.call("wasi_sensor", "read_milli", 3, 0, OUT))') == ["29"]


def test_analog_sensor(chips: Emulated, run: Run) -> None:
    chips.set_adc("GP26", 40000)
    grant = '("sensor.analog", 0, -500, 1, 20, "moisture", "%RH")'
    assert run(f'print(opened("wasi_sensor", {grant}), milli(0))') == ["0 1.5"]


def test_i2c_reaches_granted_addresses_only(chips: Emulated, run: Run) -> None:
    chips.attach_i2c(0, 0x50, Registers())
    chips.attach_i2c(0, 0x51, Registers())
    result = run("""
import wasi
print(opened("wasi_i2c", ("i2c", 0, 4, 5, 400000, [0x50, 0x20])))
i2c = lambda name, *a: g.call("wasi_i2c", name, 3, *a)
g.memory.write(3000, bytes((0x10, 1, 2, 3)))
print(i2c("write", 0x50, 3000, 4), i2c("write", 0x51, 3000, 4), i2c("read", 0x51, 3000, 4))
print(i2c("write_read", 0x50, 3000, 1, 3100, 3), g.memory.read(3100, 3))
print(i2c("write", 0x20, 3000, 1), i2c("read", 0x50, 4090, 9), i2c("read", 0x50, 3000, -1))
g.memory.write(3200, pack("<IIIIII", 1, 3000, 1, 0, 3300, 2))
print(i2c("transaction", 0x50, 3200, 2), g.memory.read(3300, 2))
print(i2c("transaction", 0x51, 3200, 2), i2c("transaction", 0x50, 3200, 17), i2c("transaction", 0x50, 4090, 2))
print(g.call("wasi_i2c", "close", 3), g.call("wasi_i2c", "read", 3, 0x50, 3000, 1), sorted(wasi.denied.items()))
""")
    assert result == [
        "0",
        "0 76 76",
        r"0 b'\x01\x02\x03'",
        "60 21 21",
        r"0 b'\x01\x02'",
        "76 28 21",
        "0 8 [('wasi_i2c.read', 1), ('wasi_i2c.transaction', 1), ('wasi_i2c.write', 1)]",
    ]
    assert chips.i2c(0, 0x51).registers == bytes(256)
    assert chips.i2c(0, 0x50).registers[0x10:0x14] == b"\1\2\3\0"


def test_spi_selects_its_chip(chips: Emulated, run: Run) -> None:
    chips.attach_spi(0, Echo())
    before = len(chips.events)
    result = run("""
print(opened("wasi_spi", ("spi", 0, 18, 19, 16, 17, 1000000, 3)))
spi = lambda name, *a: g.call("wasi_spi", name, 3, *a)
g.memory.write(3000, b"abcd")
print(spi("transfer", 3000, 3100, 4), g.memory.read(3100, 4))
print(spi("write", 3000, 2), spi("read", 3100, 2), g.memory.read(3100, 2))
g.memory.write(3200, pack("<IIIIIIII", 1, 3000, 0, 2, 2, 3002, 3300, 2))
print(spi("transaction", 3200, 2), g.memory.read(3300, 2))
print(spi("read", 4095, 2), spi("transaction", 3200, -1), g.call("wasi_spi", "close", 3))
""")
    assert result == ["0", "0 b'Zabc'", r"0 0 b'b\x00'", "0 b'bc'", "21 28 0"]
    selects = [change.value for change in chips.events[before:] if change.pin == 17]
    assert selects == [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]


def test_uart_and_waiting_for_it(chips: Emulated, run: Run) -> None:
    chips.uart_read(0)
    assert run("""
print(opened("wasi_uart", ("uart", 0, 0, 1, 115200)))
uart = lambda name, *a: g.call("wasi_uart", name, 3, *a)
g.memory.write(3000, b"abcd")
print(uart("write", 3000, 4, OUT), g.out())
""") == ["0", "0 4"]
    chips.uart_write(0, b"hello")
    result = run("""
g.memory.write(16, pack("<QBxxxxxxxIxxxxQQHxxxxxx", 9, 1, 3, 0, 0, 0))
print(g.call("wasi_snapshot_preview1", "poll_oneoff", 16, 512, 1, OUT), g.out())
import time
time.sleep_ms(5)
print(uart("available", OUT), g.out(), uart("read", 3100, 3, OUT), g.memory.read(3100, 3))
print(uart("read", 3100, 90, OUT), g.out(), uart("read", 3100, 90, OUT), g.out(), uart("read", 4090, 90, OUT))
""")
    assert result == ["0 1", "0 5 0 b'hel'", "0 2 0 0 21"]
    assert chips.uart_read(0) == b"abcd"


def close(pwm: tuple[int, int], hertz: int, duty: int) -> bool:
    """Whether a PWM is what it should be, to what the chip's counter divides."""
    return pwm[0] == hertz and abs(pwm[1] - duty) < 30


def test_pwm(chips: Emulated, run: Run) -> None:
    assert run("""
print(opened("wasi_pwm", ("pwm", 16, 1000), ("pwm", 18, 50, "active-low")))
pwm = lambda name, *a: g.call("wasi_pwm", name, *a)
""") == ["[0, 0]"]
    assert close(chips.pwm(16), 1000, 0)
    assert close(chips.pwm(18), 50, 65535)
    assert run("""
print(pwm("set_duty", 3, 32768), pwm("set_duty", 4, 65535), pwm("set_duty", 3, 65536), pwm("set_duty", 3, -1))
print(*[pwm("set_frequency", 3, hertz) for hertz in (25000, 0, 2)], pwm("get_duty", 3, OUT))
print(g.out(), pwm("get_frequency", 3, OUT), g.out())
""") == ["0 0 28 28", "0 28 28 0", "32768 0 25000"]
    assert close(chips.pwm(16), 25000, 32768)
    assert close(chips.pwm(18), 50, 0)
    assert run("print(pwm('close', 3), pwm('close', 3))") == ["0 8"]
    assert chips.pwm(16) == (0, 0)


def test_buses_are_shared_and_chips_are_not(chips: Emulated, run: Run) -> None:
    chips.attach_i2c(0, 0x76, Bme280())
    chips.attach_i2c(0, 0x50, Registers())
    result = run(f"""
print(opened("wasi_sensor", {BME280}))
h = Guest({{"same": {BME280}, "raw": ("i2c", 0, 4, 5, 400000, [0x76]), "other": ("i2c", 0, 4, 5, 400000, [0x50]),
           "pin": ("gpio.out", 4), "slow": ("i2c", 0, 4, 5, 100000, [0x51])}})
print(h.call("wasi_sensor", "open", b"same", OUT), h.call("wasi_i2c", "open", b"raw", OUT),
      h.call("wasi_i2c", "open", b"other", OUT), h.call("wasi_gpio", "get_digital_out", b"pin", OUT),
      h.call("wasi_i2c", "open", b"slow", OUT))
h.table.close()
g.table.close()
print(h.call("wasi_gpio", "get_digital_out", b"pin", OUT))
""")
    assert result == ["0", "10 10 0 10 10", "0"]


def test_a_watched_pin(chips: Emulated, run: Run) -> None:
    chips.set_pin(14, None)
    assert run("""
print(opened("wasi_gpio", ("gpio.in", 14, "up", "active-low"), function="get_digital_in"))
gpio = lambda name, *a: g.call("wasi_gpio", name, 3, *a)
print(gpio("watch", 1), gpio("watch", 4), gpio("take_edges", OUT), g.out())
""") == ["0", "0 28 0 0"]
    for level in (0, 1, 0, 1):
        chips.set_pin(14, level)
        run("import time; time.sleep_ms(50)")
    assert run("""
g.memory.write(16, pack("<QBxxxxxxxIxxxxQQHxxxxxx", 9, 1, 3, 0, 0, 0))
print(g.call("wasi_snapshot_preview1", "poll_oneoff", 16, 512, 1, OUT), g.out(), g.memory.u32(512 + 16))
print(gpio("take_edges", OUT), g.out(), gpio("take_edges", OUT), g.out(), gpio("watch", 0), gpio("close"))
""") == ["0 1 2", "0 2 0 0 0 0"]
