"""The half of footprint.py that runs on a board: prints lines ``what: N unit``. It is given MODULES."""

import gc
import time

import wasm

CALLS = 100


def free():
    gc.collect()
    return gc.mem_free()


def timed(function, *args):
    """What a call gives, and the microseconds that it took."""
    start = time.ticks_us()
    result = function(*args)
    return result, time.ticks_diff(time.ticks_us(), start)


def first_call(app, export, args):
    return app[export](*args)


def repeat(function, x, y):
    """The bytes that many calls allocate, with the collector off."""
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(CALLS):
        function(x, y)
    after = gc.mem_alloc()
    gc.enable()
    return after - before


def main():
    for path, export, args in MODULES:  # noqa: F821 (set by the host's half)
        name = path.rsplit("/", 1)[1]
        for _ in "warm", "measured":  # the first load imports what the module needs
            app, load = timed(wasm.load, path)
            _, call = timed(first_call, app, export, args)
        print("%s load: %d us" % (name, load))
        print("%s first call: %d us" % (name, call))
        before = free()
        second = wasm.load(path)
        print("%s instance: %d B" % (name, before - free()))
        del second
    function = app.add
    function(2, 3)
    print("allocated by %d calls: %d B" % (CALLS, repeat(function, 2, 3)))


main()
