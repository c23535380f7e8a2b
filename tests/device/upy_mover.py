"""Snapshots under attack: what came to something else, lost or gained something, or was taken forged."""

import asyncio
import gc
import hashlib
import io
import json
import os
import struct
import time

import machine
import wasi.gpio
import wasm
import wasm.attended
import wasm.checkpoint
import wasm.tasks as tasks
from modules import load, path, raised
from wasm.errors import ImageError
from wasm.execution import begin
from wasm.snapshot import Snapshot

ROOT = "/tmp/mover-%d" % time.time_ns()
GRANTS = {"led": ["gpio.out", 25]}


def _arrive(name="mover", **given):
    snapshot = Snapshot(ROOT)
    try:
        return load(name, snapshot=snapshot, **given)
    finally:
        snapshot.close()
        os.remove(ROOT)


def _moved(app, name="mover", **given):
    app.snapshot(ROOT)
    app.close()
    return _arrive(name, **given)


def _stands(name="mover", function="spin", argument=100000, turns=10, **given):
    app = load(name, **given)
    assert not begin(app._instance, app[function].index, (argument,)).step(turns)
    return app


def _forge(change):
    """Changes the description of the snapshot, whose hash is right then."""
    with open(ROOT, "rb") as file:
        data = file.read()
    head, body = data[:20], data[20:-8]
    if struct.unpack_from("<H", head, 6)[0]:
        from deflate import RAW, DeflateIO

        body = DeflateIO(io.BytesIO(body), RAW, 9).read()
    size = struct.unpack_from("<I", body)[0]
    described = json.loads(body[4 : 4 + size])
    change(described)
    text = json.dumps(described).encode()
    data = head[:6] + b"\0\0" + head[8:] + struct.pack("<I", len(text)) + text + body[4 + size :]
    with open(ROOT, "wb") as file:
        file.write(data + hashlib.sha256(data).digest()[:8])


def test_segments_that_were_not_dropped():
    app = load("mover")
    load("kept")  # takes the next numbers of references
    app = _moved(app)
    app.init()
    assert (app.call(4), app.call(5)) == (2, 3)


def test_functions_that_wait_in_tables():
    app = _moved(load("mover"))
    assert app.call(0) == 0 and app.call(1) == 2


def test_tail_calls_and_what_grows():
    for function, argument in (("tails", 9), ("grows", 3)):
        wanted = load("mover", memory="sparse")[function](argument)
        app = load("mover", memory="sparse")
        execution = begin(app._instance, app[function].index, (argument,))
        while not execution.step(1):
            app = _moved(app, memory="sparse")
            execution = app._instance.execution
        assert execution.result == wanted


def test_a_time_from_now_and_one_by_the_clock():
    app = load("mover")
    execution = begin(app._instance, app["both"].index, (200, 260))
    assert not execution.step(100)
    time.sleep_ms(120)
    app = _moved(app)
    execution = app._instance.execution
    assert not execution.step(100)
    assert execution.waiting.left() <= 81000
    while execution.waiting.left() > 0:
        time.sleep_ms(1)
    assert execution.step(100) and execution.result == 1 and app.memory[300] == 7


def test_cancelled_before_its_first_turn():
    async def main():
        app = load("mover", grants=GRANTS, stack=1024)
        app.led()
        assert not begin(app._instance, app["spin"].index, (100000,)).step(10)
        app.snapshot(ROOT)
        app.close()
        for _ in range(2):
            task = wasm.resume(ROOT, path("mover.img"), grants=GRANTS, stack=1024)
            assert task.cancel()
            await asyncio.sleep_ms(0)
            assert task.done() and task.app._instance.execution is None
            task = None
            gc.collect()

    asyncio.run(main())
    os.remove(ROOT)


def test_what_fails_leaves_nothing():
    app = load("mover", grants=GRANTS)
    os.mkdir(ROOT)
    os.mkdir(ROOT + "/in")
    raised(OSError, app.snapshot, ROOT)
    raised(OSError, os.stat, ROOT + "~")
    os.rmdir(ROOT + "/in")
    os.rmdir(ROOT)
    with open(path("mover.img"), "rb") as file:
        app = wasm.load(file.read())
    app.snapshot(ROOT)
    assert "give the module as source" in raised(ValueError, wasm.resume, ROOT)
    os.remove(ROOT)


def test_what_is_put_away_to_nowhere_gives_its_pins_back():
    class Console:
        def away(self):
            return True

    async def main():
        app = load("mover", grants=GRANTS)
        app.led()
        assert not begin(app._instance, app["spin"].index, (1 << 30,)).step(10)
        app.snapshot(ROOT)
        app.close()
        task = wasm.resume(ROOT, path("mover.img"), grants=GRANTS)
        console, wasm.attended.console = wasm.attended.console, Console()
        try:
            await wasm.attended._until(task, "/nowhere/x.snap")
        except OSError:
            assert task.done()
        else:
            raise AssertionError("it was put nowhere")
        finally:
            wasm.attended.console = console

    asyncio.run(main())
    os.remove(ROOT)
    assert load("mover", grants=GRANTS).led() == 0


class Kept(wasm.checkpoint.Checkpoints):
    def __init__(self):
        super().__init__(path("mover.img"))
        self._paths = [ROOT + ".%d" % i for i in range(2)]


def test_a_checkpoint_that_fails_ends_no_program():
    whole = wasm.checkpoint.state
    failed = []

    def hungry(*_):
        failed.append(1)
        raise MemoryError("no room")

    async def main():
        wasm.checkpoint.state = hungry
        task = wasm.start(path("tasks.img"), imports={"env": {"wait": abs}}, memory=4096)
        wasm.checkpoint.print = lambda *words: failed.append(words)
        try:
            return await Kept().follow(task, 0)
        finally:
            wasm.checkpoint.state = whole

    assert asyncio.run(main()) == 7
    assert len(failed) >= 2


def test_what_is_busy_is_not_lost():
    kept = Kept()
    app = load("mover", grants=GRANTS)
    app.led()
    assert not begin(app._instance, app["spin"].index, (100000,)).step(10)
    kept.keep(app)
    app.memory.set_u32(500, 5)
    kept.keep(app)
    whole = tasks.load
    tasks.load = lambda source, **given: whole(source, grants=GRANTS, **given)
    try:
        assert "led is in use" in raised(RuntimeError, kept.newest)
    finally:
        tasks.load = whole
    assert kept.written == 2
    for each in kept._paths:
        os.stat(each)
    kept.clear()


def test_who_lends_a_table_is_refused_too():
    provider = load("provider")
    consumer = load("consumer", imports={"provider": provider})
    for app in provider, consumer:
        assert "shares" in raised(ValueError, app.snapshot, ROOT)


def test_fuel_that_is_given_later_or_left_off():
    app = _moved(_stands(), fuel=1000)
    assert raised(wasm.Trap, app._instance.execution.step, 10000)[:17] == "all fuel consumed"
    app = _moved(_stands(fuel=200))
    assert raised(wasm.Trap, app._instance.execution.step, 10000)[:17] == "all fuel consumed"
    app = _stands(fuel=200)
    app.snapshot(ROOT)
    _forge(lambda described: described["call"].update({"fuel": 1 << 40}))
    app = _arrive(fuel=200)
    assert raised(wasm.Trap, app._instance.execution.step, 10000)[:17] == "all fuel consumed"


def test_edges_while_handles_are_opened():
    grants = {"button": ["gpio.in", 14, "up"], "led": ["gpio.out", 25]}
    app = load("presser", grants=grants)
    machine.levels[14] = 0
    app.begin()
    machine.handlers[14](None)
    assert app.result == 0

    class Pin(machine.Pin):
        def __init__(self, *args, **given):
            super().__init__(*args, **given)
            if args[0] == 25 and machine.handlers.get(14):
                machine.handlers[14](None)

    whole = wasi.gpio.Pin
    wasi.gpio.Pin = Pin
    try:
        assert _moved(app, "presser", grants=grants).result == 0
    finally:
        wasi.gpio.Pin = whole


def test_forged_frames():
    for name, function, imports in (("mover", "spin", None), ("tasks", "nest", {"env": {"wait": abs}})):
        app = _stands(name, function, 9, 3, imports=imports, memory=4096 if imports else None)
        own = len(app._instance.targets)
        functions = app._instance.state[5]
        for index in (-1, own - 1, functions, functions + 1, functions + 14, 49, 4096, 1 << 20, 1 << 40, 1.5, "7"):
            for number in (0, 1):
                for size, link in ((4, 0), (0, 0), (9, 3)):
                    app.snapshot(ROOT)
                    frame = [index, number, size, link]
                    _forge(lambda described, frame=frame: described["call"].update({"frames": [frame]}))
                    given = {"imports": imports, "memory": 4096} if imports else {}
                    raised(ImageError, _arrive, name, **given)


def test_frames_that_stand_at_a_tail_call():
    app = load("mover")
    execution = begin(app._instance, app["tails"].index, (9,))
    assert not execution.step(4)
    app.snapshot(ROOT)

    def change(described):
        frames = described["call"]["frames"]
        frames.append(frames[-1])
        assert frames[-2][1] == 1  # its only call

    _forge(change)
    assert "nothing is called" in raised(ImageError, _arrive)


def test_a_call_that_is_the_first_instruction():
    app = load("mover")
    execution = begin(app._instance, app["first"].index, ())
    moves = 0
    while not execution.step(3):
        moves += 1
        app = _moved(app)
        execution = app._instance.execution
    assert moves > 2 and execution.result == 5
