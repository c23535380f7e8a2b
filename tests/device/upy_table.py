"""The capability table: grants, handles, rights, and what is refused."""

import sys

import machine
import wasi
from guest import OUT, Guest, refused

LED = {"led": ["gpio.out", 25]}
GPIO = "wasi_gpio"


def test_unknown_imports_are_none():
    table = wasi.Table({})
    assert table.bind("env", "log") is None
    assert table.bind("wasi_gpio", "__init__") is None
    assert table.bind("wasi_gpio", "Functions") is None
    assert table.bind("wasi_snapshot_preview1", "fd_fly") is None


def test_interfaces_are_imported_when_asked_for():
    table = wasi.Table(LED)
    assert "machine" in sys.modules
    assert "wasi.gpio" not in sys.modules and "wasi.streams" not in sys.modules
    table.bind("wasi_gpio", "toggle")
    assert "wasi.gpio" in sys.modules and "wasi.adc" not in sys.modules
    table.bind("wasi_snapshot_preview1", "fd_write")
    assert "wasi.streams" in sys.modules and "wasi.process" not in sys.modules
    table.bind("wasi_snapshot_preview1", "poll_oneoff")
    assert "wasi.poll" in sys.modules and "wasi.files" not in sys.modules


def test_open_gives_a_handle_after_the_streams():
    guest = Guest(LED)
    assert guest.call(GPIO, "get_digital_out", b"led", OUT) == 0
    assert guest.out() == 3


def test_what_is_not_granted_touches_no_hardware():
    guest = Guest({"led": ("gpio.out", 25), "button": ("gpio.in", 14, "up")})
    for label in (b"relay", b"", b"\xff\xfe", b"x" * 65, b"LED", b"button"):
        assert guest.call(GPIO, "get_digital_out", label, OUT) == 76, label
    assert guest.call(GPIO, "get_digital_in", b"led", OUT) == 76
    assert guest.call("wasi_adc", "open", b"led", OUT) == 76
    assert guest.call("wasi_sensor", "open", b"led", OUT) == 76
    assert machine.calls == []
    assert guest.out() == 0xAAAAAAAA
    assert guest.call(GPIO, "set_active", 3) == 8


def test_denied_calls_are_counted():
    one, other = Guest(), Guest({"button": ("gpio.in", 14, None)})
    one.call(GPIO, "get_digital_out", b"led", OUT)
    other.call(GPIO, "get_digital_out", b"led", OUT)
    assert other.call(GPIO, "get_digital_in", b"button", OUT) == 0
    assert other.call(GPIO, "set_active", 3) == 76
    assert (one.table.denied, other.table.denied) == (1, 2)
    assert wasi.denied == {"wasi_gpio.get_digital_out": 2, "wasi_gpio.set_active": 1}


def test_what_was_asked_for_is_kept_with_what_was_granted():
    wasi.asked.clear()
    grants = {"button": ("gpio.in", 14, None)}
    bare, guest = Guest(), Guest(grants)
    bare.call(GPIO, "get_digital_out", b"led", OUT)
    assert repr(wasi.asked) == "{'wasi_gpio.get_digital_out': (b'led', {})}"  # as the host reads it
    guest.call(GPIO, "get_digital_out", b"button", OUT)
    guest.call("wasi_adc", "open", b"\xff" * 65, OUT)
    guest.call("wasi_i2c", "open", b"", OUT)
    guest.call("wasi_snapshot_preview1", "fd_write", 0, 0, 0, OUT)
    assert wasi.asked == {
        "wasi_gpio.get_digital_out": (b"button", grants),
        "wasi_adc.open": (b"\xff" * 64, grants),
        "wasi_i2c.open": (b"", grants),
    }
    assert len(wasi.denied) == 4


def test_labels_that_no_guest_asks_for_are_refused():
    for label in ("", "x" * 65, "\u20ac" * 22, "a\0b", "\x1b[2J", "a\n", "\x7f", 7, None, b"led"):
        text = refused(wasi.Table, {label: ("gpio.out", 25)})
        assert "1 to 64 bytes" in text and "\x1b" not in text and "\n" not in text
    labels = ("x" * 64, "..", "/", "a b", "\u20ac", "'\"", "%s")
    grants = {label: ("gpio.out", pin) for pin, label in enumerate(labels)}
    guest = Guest(grants)
    for label in labels:
        assert guest.call(GPIO, "get_digital_out", label.encode(), OUT) == 0, label


def test_wrong_handles_are_bad():
    machine.readings[26] = 7
    guest = Guest({"led": ("gpio.out", 25), "light": ("adc", 26)})
    guest.call(GPIO, "get_digital_out", b"led", OUT)
    guest.call("wasi_adc", "open", b"light", OUT)
    before = list(machine.calls)
    for handle in (-1, 0, 1, 2, 4, 5, 0x7FFFFFFF, -0x80000000):
        assert guest.call(GPIO, "set_active", handle) == 8, handle
        assert guest.call(GPIO, "close", handle) == 8, handle
    assert guest.call("wasi_adc", "read_raw", 3, OUT) == 8
    assert guest.call("wasi_snapshot_preview1", "fd_write", 3, 0, 0, OUT) == 8
    assert machine.calls == before


def test_a_pin_is_open_once():
    guest = Guest({"led": ("gpio.out", 25), "again": ("gpio.in", 25)})
    assert guest.call(GPIO, "get_digital_out", b"led", OUT) == 0
    assert guest.call(GPIO, "get_digital_out", b"led", OUT) == 10
    assert guest.call(GPIO, "get_digital_in", b"again", OUT) == 10
    assert guest.call(GPIO, "close", 3) == 0
    assert guest.call(GPIO, "close", 3) == 8
    assert guest.call(GPIO, "get_digital_in", b"again", OUT) == 0
    assert guest.out() == 3


def test_what_one_module_holds_is_busy_for_another():
    one, other = Guest(LED), Guest({"lamp": ("gpio.out", 25), "free": ("gpio.out", 24)})
    assert one.call(GPIO, "get_digital_out", b"led", OUT) == 0
    assert other.call(GPIO, "get_digital_out", b"lamp", OUT) == 10
    assert other.call(GPIO, "get_digital_out", b"free", OUT) == 0
    assert other.call(GPIO, "toggle", 3) == 0
    one.table.close()
    assert other.call(GPIO, "get_digital_out", b"lamp", OUT) == 0
    assert one.call(GPIO, "get_digital_out", b"led", OUT) == 10


def test_fd_close_closes_any_handle_and_never_reuses_a_stream():
    guest = Guest(LED)
    close = "fd_close"
    assert guest.call("wasi_snapshot_preview1", close, 1) == 0
    assert guest.call("wasi_snapshot_preview1", close, 1) == 8
    assert guest.call("wasi_snapshot_preview1", "fd_write", 1, 0, 0, OUT) == 8
    guest.call(GPIO, "get_digital_out", b"led", OUT)
    assert guest.out() == 3
    assert guest.call("wasi_snapshot_preview1", close, 3) == 0
    assert guest.call(GPIO, "toggle", 3) == 8


def test_handles_are_reused_from_the_lowest():
    guest = Guest({str(pin): ("gpio.out", pin) for pin in range(4)})
    for pin in b"012":
        guest.call(GPIO, "get_digital_out", bytes([pin]), OUT)
    guest.call(GPIO, "close", 4)
    guest.call(GPIO, "close", 3)
    guest.call(GPIO, "get_digital_out", b"3", OUT)
    assert guest.out() == 3


def test_close_gives_all_pins_back():
    guest = Guest({"a": ("gpio.out", 1), "b": ("gpio.out", 2, "active-low"), "c": ("gpio.out", 3)})
    for label in (b"a", b"b", b"c"):
        guest.call(GPIO, "get_digital_out", label, OUT)
    guest.call(GPIO, "set_active", 3)
    guest.call(GPIO, "set_active", 4)
    machine.calls.clear()
    machine.broken.append(1)
    guest.table.close()
    machine.broken.clear()
    assert machine.calls == [
        ("value", 2, 1),
        ("init", 2, machine.Pin.IN, None, None),
        ("init", 3, machine.Pin.IN, None, None),
    ]
    assert guest.call(GPIO, "set_active", 4) == 8
    assert guest.call(GPIO, "get_digital_out", b"a", OUT) == 0
    guest.table.close()
    guest.table.close()


def test_pointers_out_of_bounds_fault_before_anything_moves():
    guest = Guest({"led": ("gpio.out", 25)})
    opens = guest.table.bind(GPIO, "get_digital_out")[0]
    guest.memory.write(0, b"led")
    for arguments in (
        (4094, 3, OUT),
        (-1, 3, OUT),
        (0, -1, OUT),
        (0, 5000, OUT),
        (0, 0x7FFFFFFF, OUT),
        (0, 3, 4093),
        (0, 3, -4),
        (0, 3, 0x7FFFFFFF),
    ):
        assert opens(*arguments) == 21, arguments
    assert machine.calls == []
    assert opens(0, 3, OUT) == 0
    assert guest.call(GPIO, "get_config", 3, 4093) == 21
    assert guest.table.denied == 0


def test_without_memory_every_pointer_faults():
    table = wasi.Table({"led": ("gpio.out", 25)})
    table.attach(None)
    assert table.bind(GPIO, "get_digital_out")[0](0, 3, 0) == 21
    assert table.bind("wasi_snapshot_preview1", "fd_write")[0](1, 0, 1, 0) == 21
    assert table.bind("wasi_snapshot_preview1", "clock_time_get")[0](1, 0, 0) == 21
    assert table.bind("wasi_snapshot_preview1", "random_get")[0](0, 4) == 21


def test_hardware_that_is_not_there():
    guest = Guest({"led": ("gpio.out", 99), "light": ("adc", 3)})
    assert guest.call(GPIO, "get_digital_out", b"led", OUT) == 43
    assert guest.call("wasi_adc", "open", b"light", OUT) == 43
    assert guest.table.denied == 0


def test_wrong_grants_are_one_line():
    for grant, words in (
        (["gpio.uot", 25], "unknown kind 'gpio.uot', expected one of adc, folder"),
        ("gpio.out", "must be a list"),
        ([], "must be a list"),
        (["gpio.out"], "needs a pin"),
        (["gpio.out", -1], "needs a pin"),
        (["gpio.out", True], "needs a pin"),
        (["gpio.out", ""], "needs a pin"),
        (["gpio.out", 25, "up"], "unknown option 'up', gpio.out takes active-low"),
        (["gpio.in", 14, "sideways"], "unknown option 'sideways'"),
        (["gpio.in", 14, "up", "down"], "choose one"),
        (["adc", 26, 0], "millivolts of full scale"),
        (["adc", 26, 3300, 1], "millivolts of full scale"),
        (["sensor.temperature", 4], "offset, numerator and denominator"),
        (["sensor.temperature", 4, 1, 2, 0], "the last above 0"),
        (["sensor.temperature", 4, 1.5, 2, 3], "whole numbers"),
    ):
        text = refused(wasi.Table, {"thing": grant})
        assert text.startswith("grant 'thing': it ") and words in text and "\n" not in text, text
    assert "a label is text" in refused(wasi.Table, {"": ["gpio.out", 1]})


def test_right_grants_are_taken():
    wasi.Table(None)
    wasi.Table(
        {
            "a": ["gpio.out", "LED", "active-low"],
            "b": ("gpio.in", 14, None),
            "c": ["gpio.in", 14, None, "active-low"],
            "d": ("adc", 26),
            "e": ("adc", "A0", 1100),
            "f": ["sensor.temperature", 4, 437227, -8924, 305],
        }
    )
