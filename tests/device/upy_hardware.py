"""The interfaces to a board's hardware: pins, analog inputs, sensors."""

from struct import unpack

import machine
from guest import OUT, Guest

Pin = machine.Pin
GPIO = "wasi_gpio"
OUTPUT = ("gpio.out", 25)
INPUT = ("gpio.in", 14)
TEMPERATURE = ("sensor.temperature", 4, 437227, -8924, 305)


def _output(*words):
    guest = Guest({"led": OUTPUT + words})
    assert guest.call(GPIO, "get_digital_out", b"led", OUT) == 0
    return guest


def _levels():
    return [call[2] for call in machine.calls if call[0] == "value"]


def test_output_starts_inactive_and_follows():
    guest = _output()
    assert machine.calls == [("new", 25, Pin.OUT, -1, 0)]
    assert [guest.call(GPIO, name, 3) for name in ("set_active", "toggle", "toggle", "set_inactive")] == [0] * 4
    assert guest.call(GPIO, "set_state", 3, 0) == 0
    assert guest.call(GPIO, "set_state", 3, 1) == 0
    assert _levels() == [1, 0, 1, 0, 1, 0]


def test_active_low_turns_the_levels_around():
    guest = _output("active-low")
    assert machine.calls == [("new", 25, Pin.OUT, -1, 1)]
    for name in ("toggle", "set_active", "set_inactive", "toggle"):
        guest.call(GPIO, name, 3)
    assert _levels() == [0, 0, 1, 0]


def test_states_other_than_two_are_invalid():
    guest = _output()
    assert [guest.call(GPIO, "set_state", 3, state) for state in (2, -1)] == [28, 28]
    assert _levels() == []


def test_an_output_cannot_be_read_nor_an_input_driven():
    guest = Guest({"led": OUTPUT, "button": INPUT})
    guest.call(GPIO, "get_digital_out", b"led", OUT)
    guest.call(GPIO, "get_digital_in", b"button", OUT)
    for name in ("read", "is_active", "is_inactive"):
        assert guest.call(GPIO, name, 3, OUT) == 76
    for name in ("set_active", "set_inactive", "toggle"):
        assert guest.call(GPIO, name, 4) == 76
    assert guest.call(GPIO, "set_state", 4, 0) == 76
    assert _levels() == []


def test_input_with_pulls():
    for words, pull in (((), None), ((None,), None), (("up",), Pin.PULL_UP), (("down",), Pin.PULL_DOWN)):
        machine.calls.clear()
        guest = Guest({"button": INPUT + words})
        assert guest.call(GPIO, "get_digital_in", b"button", OUT) == 0
        assert machine.calls == [("new", 14, Pin.IN, pull, None)]
        guest.table.close()


def _read(guest, name):
    assert guest.call(GPIO, name, 3, OUT) == 0
    return guest.out()


def test_input_states():
    for words, active in ((("up",), 1), (("up", "active-low"), 0)):
        guest = Guest({"button": INPUT + words})
        guest.call(GPIO, "get_digital_in", b"button", OUT)
        for level in (0, 1):
            machine.levels[14] = level
            is_active = int(level == active)
            assert _read(guest, "is_active") == is_active
            assert _read(guest, "is_inactive") == 1 - is_active
            assert _read(guest, "read") == 1 - is_active
        guest.table.close()


def test_config():
    for grant, expected in (
        (("gpio.out", 1), b"\1\0\0\0"),
        (("gpio.out", 1, "active-low"), b"\1\1\0\0"),
        (("gpio.in", 1, None), b"\0\0\0\0"),
        (("gpio.in", 1, "up", "active-low"), b"\0\1\1\0"),
        (("gpio.in", 1, "down"), b"\0\0\2\0"),
    ):
        guest = Guest({"pin": grant})
        guest.call(GPIO, "get_digital_in" if grant[0] == "gpio.in" else "get_digital_out", b"pin", OUT)
        assert guest.call(GPIO, "get_config", 3, OUT) == 0
        assert guest.memory.read(OUT, 4) == expected
        guest.table.close()


def test_broken_pins_are_io_errors():
    guest = Guest({"led": OUTPUT, "button": INPUT})
    guest.call(GPIO, "get_digital_out", b"led", OUT)
    guest.call(GPIO, "get_digital_in", b"button", OUT)
    machine.broken.extend([25, 14])
    assert guest.call(GPIO, "set_active", 3) == 29
    assert guest.call(GPIO, "read", 4, OUT) == 29


def test_driving_a_pin_leaves_the_heap_alone():
    import micropython

    guest = _output()
    toggle = guest.table.bind(GPIO, "toggle")[0]
    machine.Pin.value = lambda self, level: None
    toggle(3)
    micropython.heap_lock()
    errnos = (toggle(3) << 8) | toggle(9)
    micropython.heap_unlock()
    assert errnos == 8


def test_adc():
    machine.readings[26] = 0
    guest = Guest({"light": ("adc", 26), "low": ("adc", 26, 1100)})
    assert guest.call("wasi_adc", "open", b"light", OUT) == 0
    for raw, millivolts in ((0, 0), (65535, 3300), (32768, 1650), (10, 1), (9, 0)):
        machine.readings[26] = raw
        assert guest.call("wasi_adc", "read_raw", 3, OUT) == 0
        assert guest.out() == raw
        assert guest.call("wasi_adc", "read_millivolts", 3, OUT) == 0
        assert guest.out() == millivolts
    assert guest.call("wasi_adc", "close", 3) == 0
    assert guest.call("wasi_adc", "open", b"low", OUT) == 0
    machine.readings[26] = 65535
    guest.call("wasi_adc", "read_millivolts", 3, OUT)
    assert guest.out() == 1100
    assert guest.call("wasi_adc", "read_raw", 3, 4093) == 21


def test_adc_of_a_port_that_calibrates():
    machine.readings[26] = 65535
    machine.ADC.read_uv = lambda self: 949500
    guest = Guest({"light": ("adc", 26)})
    guest.call("wasi_adc", "open", b"light", OUT)
    assert guest.call("wasi_adc", "read_millivolts", 3, OUT) == 0
    assert guest.out() == 950


def test_sensor_describes_itself():
    machine.readings[4] = 14000
    guest = Guest({"temperature": TEMPERATURE})
    assert guest.call("wasi_sensor", "open", b"temperature", OUT) == 0
    assert guest.call("wasi_sensor", "channel_count", 3, OUT) == 0
    assert guest.out() == 1
    for name, text in (("channel_name", b"temperature"), ("channel_unit", b"Cel")):
        for size in (0, 2, 3, 11, 64):
            guest.memory.write(100, b"." * 64)
            assert guest.call("wasi_sensor", name, 3, 0, 100, size, OUT) == 0
            assert guest.out() == len(text)
            assert guest.memory.read(100, 64).rstrip(b".") == text[:size]
        assert guest.call("wasi_sensor", name, 3, 1, 100, 64, OUT) == 28
        assert guest.call("wasi_sensor", name, 3, 0, 4090, 64, OUT) == 21
        assert guest.call("wasi_sensor", name, 3, 0, 100, -1, OUT) == 21


def test_temperature_is_that_of_the_data_sheet():
    machine.readings[4] = 0
    guest = Guest({"temperature": TEMPERATURE})
    guest.call("wasi_sensor", "open", b"temperature", OUT)
    for raw in (0, 12000, 13500, 14000, 14021, 15500, 65535):
        machine.readings[4] = raw
        celsius = 27 - (raw * 3.3 / 65535 - 0.706) / 0.001721
        assert guest.call("wasi_sensor", "read_milli", 3, 0, OUT) == 0
        (milli,) = unpack("<i", guest.memory.read(OUT, 4))
        assert abs(milli / 1000 - celsius) < 0.003, (raw, milli, celsius)
        assert guest.call("wasi_sensor", "read", 3, 0, OUT) == 0
        assert guest.memory.read(OUT, 4) == _f32(milli)
    assert milli < 0


def _f32(milli):
    from struct import pack

    return pack("<f", milli / 1000)


def test_sensor_refuses_what_is_wrong():
    machine.readings[4] = 14000
    guest = Guest({"temperature": TEMPERATURE})
    guest.call("wasi_sensor", "open", b"temperature", OUT)
    for name in ("read", "read_milli"):
        assert guest.call("wasi_sensor", name, 3, 1, OUT) == 28
        assert guest.call("wasi_sensor", name, 3, -1, OUT) == 28
        assert guest.call("wasi_sensor", name, 3, 0, 4093) == 21
        assert guest.call("wasi_sensor", name, 2, 0, OUT) == 8
    assert guest.call("wasi_sensor", "open", b"temperature", OUT) == 10
    assert guest.call("wasi_sensor", "close", 3) == 0
    assert guest.call("wasi_sensor", "read_milli", 3, 0, OUT) == 8
