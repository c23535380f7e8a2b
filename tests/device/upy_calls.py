"""Calls both ways between Python and a guest: values, exceptions, calls in calls, what waits for their end."""

import wasm
from modules import load, raised
from wasm.life import between


def _nothing(*_):
    return 0


def _load(stack=8192, memory=None, **functions):
    env = {name: functions.get(name, _nothing) for name in ("many", "four", "three", "note", "tick")}
    return load("calls", imports={"env": env}, stack=stack, memory=memory)


def test_python_gets_each_argument():
    notes = []
    app = _load(
        many=lambda a, b, c, d, e: a + 10 * b + 100 * c + 1000 * d + 10000 * e,
        four=lambda a, b, c, d: a * b * c * d,
        three=lambda a, b, c: a + 10 * b + 100 * c,
        note=notes.append,
    )
    assert app.many(3) == 54321
    assert app.four(0x7FFFFFFF, -1) == 0x7FFFFFFF * 8 - (1 << 34)
    assert app.three(1, 2, 3) == 318
    assert app.note(1, 2, 0xFFFFFFFF) is None and app.note(1, 2, -0x80000000) is None
    assert notes == [-1, -0x80000000]


def test_what_is_no_int_is_refused_in_each_place():
    app = _load(three=lambda a, b, c: a)
    for wrong in (b"12345678", "1", 1.5, None, []):
        raised(TypeError, app.three, wrong, 2, 3)
        raised(TypeError, app.three, 1, wrong, 3)
        raised(TypeError, app.three, 1, 2, wrong)
        assert app.three(1, 2, 3) == -2
    app = _load(three=lambda a, b, c: ("1", None, [])[a])
    for kind in range(3):
        raised(TypeError, app.three, kind, 2, 3)


def test_an_exception_leaves_no_trace():
    def tick():
        raise OSError("bus is gone")

    apps = []

    def three(a, b, c):
        try:
            apps[0].deeper(a)
        except OSError:
            return 5
        raise AssertionError("no exception came through")

    apps.append(_load(stack=2048, tick=tick, three=three))
    app = apps[0]
    seen = []
    for _ in range(300):
        assert raised(OSError, app.deeper, 3) == "bus is gone"
        assert app.three(2, 0, 1) == 4
        between(lambda: seen.append(1))
    assert len(seen) == 300
    deep = 0
    try:
        while True:
            raised(OSError, app.deeper, deep)
            deep += 1
    except wasm.Trap:
        assert deep > 20


def test_frames_stay_when_python_calls_the_guest():
    apps = []
    app = _load(tick=lambda: apps[0].many(7), many=lambda *_: apps[0].four(1, 1), four=lambda *_: 1)
    apps.append(app)
    assert app.deeper(40) == 820


def test_what_waits_runs_between_calls():
    seen = []
    app = _load(tick=lambda: between(lambda: seen.append(apps[0].three(1, 1, 1))), three=lambda *_: len(seen))
    apps = [app]
    assert app.deeper(2) == 3 and seen == [-1]
    assert app.deeper(0) == 0 and seen == [-1, 0]


def test_memory_may_move_while_python_is_called():
    apps = []

    def tick():
        apps[0].memory.grow(8192)
        apps[0].memory.set_u32(4, 1000)
        apps[0].memory.set_u32(4096, 77)

    for memory in "flat", "sparse":
        app = _load(memory=memory, tick=tick)
        apps[:] = [app]
        raised(wasm.Trap, app.last)
        assert app.deeper(1) == 1001 and app.last() == 77
