"""The half of start.py that runs on a board: ``load`` prints the microseconds of two loads and first calls, the
first of which imports what the module needs, and ``calls`` those of so many calls of each kind."""

import gc
import time

import wasm


def since(start):
    return time.ticks_diff(time.ticks_us(), start)


def load(file, export, args):
    for _ in "first", "again":
        gc.collect()
        start = time.ticks_us()
        try:
            app = wasm.load(file)
        except MemoryError:
            return
        loaded = since(start)
        start = time.ticks_us()
        result = app[export](*args)
        print(loaded, since(start), result)
        app = None


def python(a, b):
    return a


def bare():
    pass


def nothing(count):
    for _ in range(count):
        pass


def often(function, count):
    for _ in range(count):
        function(2, 3)


def by_name(app, count):
    for _ in range(count):
        app.add(2, 3)


def of_one(function, count):
    for _ in range(count):
        function(2)


def timed(function, *args):
    gc.collect()
    start = time.ticks_us()
    function(*args)
    return since(start)


def calls(file, count):
    imports = {"env": {"python": python, "bare": bare}}
    app = wasm.load(file, imports=imports, grants={"led": ("gpio.out", 25)})
    app.open()
    for _ in "warm", "measured":
        empty, loop = timed(nothing, count), timed(app.loop, count)
        found = (
            ("export", timed(often, app.add, count) - empty),
            ("by name", timed(by_name, app, count) - empty),
            ("same", timed(of_one, app.same, count) - empty),
            ("python", timed(app.python, count) - loop),
            ("bare", timed(app.bare, count) - loop),
            ("capability", timed(app.toggle, count) - loop),
            ("i64", timed(app.i64, count) - loop),
        )
    for kind, elapsed in found:
        print(kind, elapsed)
