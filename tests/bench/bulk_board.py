"""The half of bulk.py that runs on a board: ``bulk`` prints kind, bytes and the microseconds of a call of each."""

import gc
import time

import wasm


def fastest(function, *args):
    best = 1 << 29
    for _ in range(4):
        start = time.ticks_us()
        function(*args)
        best = min(best, time.ticks_diff(time.ticks_us(), start))
    return best


def bulk(file, memory, sizes):
    app = wasm.load(file, memory=memory)
    app.fill(0, 3, 16000)  # sparse memory is there then
    gc.collect()
    empty = fastest(app.none, 0, 0, 0)
    for size in sizes:
        for kind, elapsed in (
            ("fill", fastest(app.fill, 8, 1, size)),
            ("copy", fastest(app.copy, 8192, 16, size)),
            ("back", fastest(app.copy, 24, 16, size)),
            ("odd", fastest(app.copy, 8192, 17, size)),
            ("init", fastest(app.init, 64, 0, size)),
            ("refs", fastest(app.refs, 0, 100, size // 4)),
        ):
            print(kind, size, elapsed - empty)
