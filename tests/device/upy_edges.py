"""Edges of watched pins: counted, waited for, and told to a guest between its calls."""

from struct import pack

import machine
from guest import OUT, Guest
from modules import load

GPIO = "wasi_gpio"
WASI = "wasi_snapshot_preview1"


PRESS = {"env": {"press": lambda: None}}


def _edge(level):
    machine.levels[14] = level
    machine.handlers[14](None)


def _watched(*words):
    guest = Guest({"button": ("gpio.in", 14) + words})
    assert guest.call(GPIO, "get_digital_in", b"button", OUT) == 0
    return guest


def test_edges_follow_the_polarity():
    Pin = machine.Pin
    both = Pin.IRQ_RISING | Pin.IRQ_FALLING
    for words, triggers in (
        ((), (Pin.IRQ_RISING, Pin.IRQ_FALLING, both, 0)),
        (("active-low",), (Pin.IRQ_FALLING, Pin.IRQ_RISING, both, 0)),
    ):
        guest = _watched(*words)
        for edges, trigger in zip((1, 2, 3, 0), triggers):
            machine.calls.clear()
            assert guest.call(GPIO, "watch", 3, edges) == 0
            assert machine.calls == [("irq", 14, trigger)]
        guest.table.close()


def test_edges_are_counted_until_they_are_taken():
    guest = _watched()
    guest.call(GPIO, "watch", 3, 3)
    for level in (1, 0, 1):
        _edge(level)
    for count in (3, 0):
        assert guest.call(GPIO, "take_edges", 3, OUT) == 0
        assert guest.out() == count
    _edge(0)
    assert guest.call(GPIO, "take_edges", 3, 4093) == 21
    assert guest.call(GPIO, "take_edges", 3, OUT) == 0
    assert guest.out() == 1
    guest.call(GPIO, "close", 3)
    assert machine.handlers[14] is None


def test_poll_waits_for_an_edge_or_the_time():
    guest = _watched()
    guest.call(GPIO, "watch", 3, 1)
    guest.memory.write(16, pack("<QBxxxxxxxIxxxxQQHxxxxxx", 1, 1, 3, 0, 0, 0))
    guest.memory.write(64, pack("<QBxxxxxxxIxxxxQQHxxxxxx", 2, 0, 1, 5000000, 0, 0))
    for edges, userdata in ((0, 2), (2, 1)):
        for _ in range(edges):
            _edge(1)
        assert guest.call(WASI, "poll_oneoff", 16, 512, 2, OUT) == 0
        assert guest.out() == 1
        assert guest.memory.u32(512) == userdata
    assert guest.memory.u32(512 + 16) == 2


def test_a_guest_that_exports_a_function_is_told_between_calls():
    levels = [1, 0]
    app = load(
        "watcher",
        grants={"button": ("gpio.in", 14)},
        imports={"env": {"press": lambda: _edge(levels.pop(0))}},
        memory=4096,
    )
    assert app.begin() == 0
    _edge(1)
    assert (app.edges, app.state) == (1, 0)
    assert app.busy() == 1  # the one before: not while it runs
    assert (app.edges, app.state) == (2, 1)  # once, with the state of now, when it had ended
    app.close()
    assert machine.handlers[14] is None


def test_an_edge_that_comes_after_the_close_is_nothing():
    # MicroPython calls what was scheduled before the interrupt was given up.
    guest = _watched()
    guest.call(GPIO, "watch", 3, 3)
    late = machine.handlers[14]
    guest.call(GPIO, "watch", 3, 0)
    late(None)
    assert guest.call(GPIO, "take_edges", 3, OUT) == 0
    assert guest.out() == 0
    app = load("watcher", grants={"door": ("gpio.in", 13), "button": ("gpio.in", 14)}, imports=PRESS, memory=4096)
    guest.table.close()
    assert app.begin() == 0
    late = machine.handlers[14]
    app.close()
    late(None)
    assert app.edges == 0
    assert app.begin() == 0  # under the same number
    late(None)
    assert app.edges == 0
    _edge(1)
    assert app.edges == 1
