"""Snapshots: a guest goes on as if it had never stopped, in either tier, with what it held of the board."""

import asyncio
import hashlib
import os
import time

import wasm
from modules import load, path, raised, tiers
from wasm.errors import ImageError
from wasm.execution import begin
from wasm.snapshot import Snapshot

ROOT = "/tmp/snapshot-%d" % time.time_ns()
MUTANTS = 400  # on each word size; 10,000 by hand
HOST = {"env": {"wait": abs}}


def _moved(app, tier, name="tasks", imports=HOST, **given):
    """The App of a snapshot of one, in another tier."""
    app.snapshot(ROOT)
    app.close()
    snapshot = Snapshot(ROOT)
    try:
        return load(name, tier, imports=imports, snapshot=snapshot, **given)
    finally:
        snapshot.close()
        os.remove(ROOT)


def _ways():
    for first in tiers():
        for second in tiers():
            yield first, second


def _travelled(name, args, turns, way):
    """What a call returns that goes on in the other tier each time it stops, and how often it moved."""
    app = load("tasks", way[0], imports=HOST, memory=4096)
    execution = begin(app._instance, app[name].index, args)
    moves = 0
    while not execution.step(turns):
        moves += 1
        app = _moved(app, way[moves & 1], memory=4096)
        assert bool(app._instance.image.native) == bool(way[moves & 1])
        execution = app._instance.execution
    return execution.result, moves


def test_a_call_goes_on_in_any_tier():
    for way in _ways():
        for name, args in (("fib", (9,)), ("nest", (4,)), ("sum", (1 << 40, 1.25))):
            wanted = load("tasks", imports=HOST, memory=4096)[name](*args)
            result, moves = _travelled(name, args, 7, way)
            assert result == wanted, (way, name, result, wanted)
            assert moves > 5 or name == "sum"


def test_each_turn_is_a_place():
    for way in _ways():
        assert _travelled("nest", (3,), 1, way)[0] == load("tasks", imports=HOST, memory=4096).nest(3)


def test_fuel_is_counted_through():
    for way in _ways():  # native code counts the first turn of a loop, too: what is enough depends on the tier
        for name, args in (("fib", (7,)), ("nest", (3,))):
            least = [_least_fuel(tier, name, args) for tier in way]
            assert _to_end(name, args, way, max(least)) == load("tasks", imports=HOST, memory=4096)[name](*args)
            assert raised(wasm.Trap, _to_end, name, args, way, min(least) - 1)[:17] == "all fuel consumed"


def _least_fuel(tier, name, args):
    app = load("tasks", tier, imports=HOST, memory=4096, fuel=1)
    enough, short = 1 << 12, 0
    while enough - short > 1:
        middle = enough + short >> 1
        app._instance._set_fuel(middle)
        try:
            app[name](*args)
            enough = middle
        except wasm.Trap:
            short = middle
    return enough


def _to_end(name, args, way, fuel):
    app = load("tasks", way[0], imports=HOST, memory=4096, fuel=fuel)
    execution = begin(app._instance, app[name].index, args)
    moves = 0
    while not execution.step(5):
        moves += 1
        app = _moved(app, way[moves & 1], memory=4096, fuel=fuel)
        execution = app._instance.execution
    assert moves > 5
    return execution.result


def test_what_no_call_is_in():
    for memory in (None, "sparse"):
        app = load("kept", memory=memory)
        app.change()
        app.globals["count"] = 1 << 50
        kept = [bytes(app.memory.read(at, 4)) for at in (100, 5000, 196600)]
        other = load("kept")  # takes the numbers of the references that come next
        app = _moved(app, "", "kept", memory=memory)
        assert [bytes(app.memory.read(at, 4)) for at in (100, 5000, 196600)] == kept
        assert app.count == 1 << 50 and app.size() == 3 and len(app.table) == 11
        assert (app.call(0), app.call(9), app.call(10)) == (1, 2, 3)
        assert raised(wasm.Trap, app.call, 1)[:21] == "uninitialized element"
        assert raised(wasm.Trap, app.elements)[:26] == "out of bounds table access"
        app.text()
        assert app.memory[40:48] == b"snapshot" and app.restore() == 3
        assert other.size() == 1
        execution = begin(app._instance, app["hold"].index, (9,))
        assert not execution.step(4)
        app = _moved(app, "", "kept")
        execution = app._instance.execution
        assert execution.step(100) and execution.result == 1


def test_memory_that_had_no_pages_at_first():
    app = load("grown")
    app = _moved(app, "", "grown")
    assert len(app.memory) == 0 and app.grow(1) == 0
    app.put(4, 99)
    execution = begin(app._instance, app["turn"].index, (9,))
    assert not execution.step(3)
    app = _moved(app, "", "grown")
    assert len(app.memory) == 65536
    assert app._instance.execution.step(100) and app.turn(1) == 99


def test_time_that_was_waited_counts():
    for way in _ways():
        app = load("tasks", way[0], imports=HOST, memory=4096)
        execution = begin(app._instance, app["sleep"].index, (80,))
        began = time.ticks_ms()
        assert not execution.step(100) and execution.waiting.left() > 0
        time.sleep_ms(50)
        app = _moved(app, way[1], memory=4096)
        app = _moved(app, way[0], memory=4096)  # once more before it has had a turn
        execution = app._instance.execution
        assert not execution.step(100)
        assert 0 < execution.waiting.left() <= 31000, execution.waiting.left()
        while execution.waiting.left() > 0:
            time.sleep_ms(1)
        assert execution.step(100) and execution.result == 1
        assert time.ticks_diff(time.ticks_ms(), began) >= 80


def test_a_task_goes_on():
    async def main(tier):
        task = wasm.start(path("tasks.img"), imports=HOST, memory=4096)
        for _ in range(4):
            await asyncio.sleep_ms(0)
        turns = task.app.turns
        assert 0 < turns < 10, turns
        task.app.snapshot(ROOT)
        task.cancel()
        again = wasm.resume(ROOT, path("tasks.img", tier), imports=HOST, memory=4096)
        assert again.app.turns == turns
        assert await again == 7
        assert again.app.turns == 10

    for tier in tiers():
        asyncio.run(main(tier))


def test_refused():
    app = load("tasks", imports=HOST, memory=4096)
    app.snapshot(ROOT)
    with open(ROOT, "rb") as file:
        data = file.read()
    assert len(data) < 1024, len(data)
    for at in range(0, len(data), 7):
        with open(ROOT, "wb") as file:
            file.write(data[:at] + bytes((data[at] ^ 0x40,)) + data[at + 1 :])
        raised(ImageError, Snapshot, ROOT)
    for size in (0, 3, 27, len(data) - 1):
        with open(ROOT, "wb") as file:
            file.write(data[:size])
        raised(ImageError, Snapshot, ROOT)
    with open(ROOT, "wb") as file:
        file.write(data)
    snapshot = Snapshot(ROOT)
    assert "another module" in raised(ImageError, load, "kept", snapshot=snapshot)
    snapshot.close()
    os.remove(ROOT)
    called = []

    def wait(value):
        called.append(raised(RuntimeError, app.snapshot, ROOT))
        return value

    app = load("tasks", imports={"env": {"wait": wait}}, memory=4096)
    assert app.ask(1) == 2 and called[0][:22] == "a call is under way: t"


def _signed(data):
    """The same with the hash that it should have."""
    return data[:-8] + hashlib.sha256(data[:-8]).digest()[:8]


def test_forged():
    """The frames, the description and whatever else is other than it was, and the hash is right: it is refused, or
    what goes on stays within its bounds."""
    app = load("tasks", imports=HOST, memory=4096, fuel=20000)
    execution = begin(app._instance, app["nest"].index, (9,))
    assert not execution.step(50)
    app.snapshot(ROOT)
    app.close()
    with open(ROOT, "rb") as file:
        whole = file.read()
    refused = went_on = 0
    chance = 12345
    for _ in range(MUTANTS):
        data = bytearray(whole)
        for _ in range(1 + chance % 3):
            chance = chance * 1103515245 + 12345 & 0x7FFFFFFF
            at = 24 + (chance >> 8) % (len(data) - 32)
            data[at] = (data[at] ^ 1 << (chance >> 4) % 8) if chance & 1 else (chance >> 3) & 0xFF
        with open(ROOT, "wb") as file:
            file.write(_signed(data))
        try:
            snapshot = Snapshot(ROOT)
            try:
                app = load("tasks", imports=HOST, memory=4096, snapshot=snapshot, fuel=20000)
            finally:
                snapshot.close()
            execution = app._instance.execution
            for _ in range(20):
                if execution is None or execution.step(100):
                    break
            if execution:
                execution.end()
            went_on += 1
        except (ImageError, MemoryError, wasm.Trap):
            refused += 1
    assert refused > MUTANTS // 4 and went_on > MUTANTS // 50, (refused, went_on)
    os.remove(ROOT)
    assert load("tasks", imports=HOST, memory=4096).fib(10) == 55
