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


def nothing(count):
    for _ in range(count):
        pass


def often(function, count):
    for _ in range(count):
        function(2, 3)


def timed(function, *args):
    gc.collect()
    start = time.ticks_us()
    function(*args)
    return since(start)


def calls(file, count):
    app = wasm.load(file, imports={"env": {"python": python}}, grants={"led": ("gpio.out", 25)})
    app.open()
    for _ in "warm", "measured":
        found = (
            ("export", timed(often, app.add, count) - timed(nothing, count)),
            ("python", timed(app.python, count) - timed(app.loop, count)),
            ("capability", timed(app.toggle, count) - timed(app.loop, count)),
        )
    for kind, elapsed in found:
        print(kind, elapsed)
