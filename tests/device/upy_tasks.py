"""Guests that share the board: calls in slices, what waits, tasks of asyncio."""

import asyncio
import time

import wasm
from modules import load, raised, tiers
from wasm.execution import begin
from wasm.wait import Wait

STATE = (0, 1, 3, 6, 11)  # words that other calls write: PC, FP, FUEL, ARG, LEFT


def _load(name="tasks", tier="", wait=abs, **given):
    return load(name, tier, imports={"env": {"wait": wait}}, memory=4096, **given)


def _apps(**given):
    for tier in tiers():
        app = _load(tier=tier, **given)
        assert bool(app._instance.image.native) == bool(tier)
        yield app


def _sliced(app, name, args, turns, meanwhile=None):
    """What a call returns that stops after so many turns each time, and how often it stopped."""
    execution = begin(app._instance, app[name].index, args)
    stops = 0
    while not execution.step(turns):
        stops += 1
        for word in STATE:
            app._instance.state[word] = 0xDEADBEE0
        if meanwhile:
            meanwhile()
    assert app._instance.execution is None
    return execution.result, stops


def test_any_slice_gives_what_a_call_gives():
    for app in _apps():
        for name, args in (("fib", (11,)), ("nest", (7,)), ("sum", (1 << 40, 1.25))):
            wanted = app[name](*args)
            stopped = []
            for turns in (1, 2, 3, 7, 50, 10000):
                result, stops = _sliced(app, name, args, turns)
                assert result == wanted, (name, turns, result)
                stopped.append(stops)
            assert stopped[0] >= 2 * stopped[1] - 1 and stopped[-1] == 0, stopped
        assert app.nest(5) == _sliced(app, "nest", (5,), 1)[0]


def test_calls_between_slices_have_frames_of_their_own():
    for app in _apps():
        wanted = app.nest(6)

        def meanwhile(app=app):
            assert app.fib(7) == 13
            assert app.sum(1, 0.5) == (2, 1.0)
            assert raised(wasm.Trap, app.trap, 0)[:22] == "integer divide by zero"

        assert _sliced(app, "nest", (6,), 5, meanwhile)[0] == wanted
        assert _sliced(app, "fib", (9,), 3, meanwhile)[0] == 34


def test_the_stack_is_whole_after_traps():
    for app in _apps(stack=2048):
        for _ in range(50):
            raised(wasm.Trap, _sliced, app, "trap", (0,), 3)
            assert app._instance.execution is None
        for _ in range(50):
            execution = begin(app._instance, app["nest"].index, (9,))
            assert not execution.step(3)
            execution.end()
        assert app.nest(5) == _sliced(app, "nest", (5,), 1)[0]
        assert app.fib(10) == 55


def test_fuel_is_the_same_in_slices():
    for app in _apps(fuel=300):
        assert raised(wasm.Trap, app.nest, 12)[:17] == "all fuel consumed"
        for turns in (1, 7, 299, 300, 1000):
            assert raised(wasm.Trap, _sliced, app, "nest", (12,), turns)[:17] == "all fuel consumed"
        least = _least(app)
        for turns in (1, 5, 1000):
            assert _sliced(app, "nest", (5,), turns)[0] == app.nest(5)
        assert 100 < least < 300
        for fuel, works in ((least, True), (least - 1, False)):
            app._instance._set_fuel(fuel)
            for turns in (1, 6, 1000):
                try:
                    _sliced(app, "nest", (5,), turns)
                    assert works
                except wasm.Trap:
                    assert not works


def _least(app):
    """The least fuel with which a call comes to its end."""
    low, high = 0, 300
    while high - low > 1:
        middle = (low + high) // 2
        app._instance._set_fuel(middle)
        try:
            app.nest(5)
            high = middle
        except wasm.Trap:
            low = middle
    app._instance._set_fuel(300)
    return high


def test_calls_between_instances():
    for app in _apps():
        asker = load("asker", imports={"other": app})
        wanted = app.nest(4) + app.nest(5) & 0xFFFFFFFF
        for turns in (1, 2, 9):
            result, stops = _sliced(asker, "twice", (4,), turns, lambda app=app: app.fib(3))
            assert result & 0xFFFFFFFF == wanted and stops > 50 // turns
            assert app._instance.execution is None
        tops = [each._instance.state[8] for each in (app, asker)]
        for _ in range(20):
            raised(wasm.Trap, asker.trap, 0)
            raised(wasm.Trap, _sliced, asker, "trap", (0,), 3)
        assert [each._instance.state[8] for each in (app, asker)] == tops


class _Answer(Wait):
    """A host function's answer that comes after some looks."""

    def __init__(self, value, looks):
        self.value = value
        self.looks = looks

    def ready(self):
        self.looks -= 1
        return self.looks < 0

    def left(self):
        return None

    def finish(self):
        if self.value < 0:
            raise ValueError("below zero")
        return self.value * 3


class _Env:
    """A module ``env`` whose function waits in a task."""

    def __init__(self):
        self.app = None

    def wait(self, value):
        return value * 3

    def begin_wait(self, value):
        if self.app:
            assert self.app.fib(6) == 8
        return _Answer(value, 2) if value != 5 else 15


def _waiting(tier=""):
    env = _Env()
    app = _load(tier=tier, wait=env.wait)
    instance = app._instance
    instance.targets[0] = env.wait, instance.targets[0][1], env.begin_wait
    env.app = app
    return app


def test_what_a_host_function_waits_for():
    for tier in tiers():
        app = _waiting(tier)
        assert app.ask(4) == 13
        execution = begin(app._instance, app["ask"].index, (4,))
        assert not execution.step(100)
        wait = execution.waiting
        assert isinstance(wait, _Answer) and app.ask(2) == 7
        assert execution.step(100) and execution.result == 13
        assert _sliced(app, "ask", (5,), 100) == (16, 0)
        execution = begin(app._instance, app["ask"].index, (-4,))
        assert not execution.step(100)
        assert raised(ValueError, execution.step, 100) == "below zero"
        assert app._instance.execution is None and app.ask(4) == 13
        asker = load("asker", imports={"other": app})
        assert _sliced(asker, "ask", (4,), 100) == (26, 1)


def test_two_guests_run_beside_python():
    async def program(first, second):
        ticks = 0
        tasks = [asyncio.create_task(app.call_async("endless")) for app in (first, second)]
        began = time.ticks_ms()
        while ticks < 20:
            await asyncio.sleep_ms(5)
            ticks += 1
        took = time.ticks_diff(time.ticks_ms(), began)
        for task in tasks:
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
        assert took < 2000, took
        assert first.turns > 100 and second.turns > 100, (first.turns, second.turns)
        assert first.fib(10) == second.fib(10) == 55

    first, second = _load(tier=tiers()[0]), _load(tier=tiers()[-1])
    asyncio.run(program(first, second))


def test_calls_of_one_app_take_turns():
    async def program(app):
        found = await asyncio.gather(*[app.call_async("nest", n) for n in (4, 5, 6)])
        assert found == [app.nest(n) for n in (4, 5, 6)]
        try:
            await app.call_async("trap", 0)
        except wasm.Trap as trap:
            assert trap.kind == "integer divide by zero"
        try:
            await app.call_async("none")
        except KeyError:
            pass
        try:
            await app.call_async("fib")
        except TypeError:
            pass
        assert await app.call_async("sum", 2, 0.25) == (3, 0.75)

    for app in _apps():
        asyncio.run(program(app))


def test_tasks_that_share_an_instance():
    async def program(app):
        askers = [load("asker", imports={"other": app}) for _ in range(2)]
        found = await asyncio.gather(*[asker.call_async("twice", 4) for asker in askers], app.call_async("fib", 9))
        wanted = askers[0].twice(4)
        assert found == [wanted, wanted, 34], found

    for app in _apps():
        asyncio.run(program(app))


def test_a_sleep_gives_the_board_back():
    async def program(app):
        ticks = 0

        async def count():
            nonlocal ticks
            while True:
                await asyncio.sleep_ms(1)
                ticks += 1

        counter = asyncio.create_task(count())
        began = time.ticks_us()
        assert await app.call_async("sleep", 50) == 1
        took = time.ticks_diff(time.ticks_us(), began)
        assert took >= 50000 and ticks >= 10, (took, ticks)
        assert app.memory[64:75] == b"\x07\0\0\0\0\0\0\0\0\0\0"
        counter.cancel()
        assert app.sleep(1) == 1
        assert await app.call_async("yield") == 0

    for app in _apps():
        asyncio.run(program(app))


def test_a_program_is_a_task():
    from modules import path

    async def program(tier):
        others = 0
        task = wasm.start(path("tasks.img", tier), imports={"env": {"wait": abs}}, memory=4096)
        while not task.done():
            others += 1
            await asyncio.sleep_ms(0)
        assert await task == 7 and others >= 10, others
        assert task.app.turns == 10
        task = wasm.start(path("tasks.img", tier), imports={"env": {"wait": abs}}, memory=4096)
        await asyncio.sleep_ms(0)
        task.cancel()
        try:
            await task
            raise AssertionError
        except asyncio.CancelledError:
            pass
        raised(AttributeError, wasm.start, path("basics.img"))

    for tier in tiers():
        asyncio.run(program(tier))


def test_native_code_that_can_not_stop_is_no_task():
    functions = dict.fromkeys(("many", "four", "three", "note", "tick"), abs)
    given = {"imports": {"env": functions}, "memory": 4096}
    app = load("calls", tiers()[1], **given)
    assert app._instance.image.native and not app._instance.image.stops
    said = raised(RuntimeError, asyncio.run, app.call_async("three", 1, 2, 3))
    assert said.endswith("flash it with --tasks or --portable"), said
    assert app._instance.execution is None


def test_a_slice_leaves_little_behind():
    import gc

    app = _load()
    execution = begin(app._instance, app["endless"].index, ())
    execution.step(10)
    gc.collect()
    before = gc.mem_alloc()
    gc.disable()
    for _ in range(50):
        execution.step(10)
    each = (gc.mem_alloc() - before) // 50
    gc.enable()
    assert each <= 800, each
    gc.collect()
    assert gc.mem_alloc() - before < 500, "slices add to what stays"
