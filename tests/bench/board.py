"""The half of the benchmarks that runs in MicroPython: NAME IMAGE ARGUMENT ROUNDS.

Prints two lines a round, ``plain RESULT MICROSECONDS`` and ``wasm RESULT MICROSECONDS``: in turn, so that a
machine whose speed wanders does so for both.
"""

import gc
import sys
import time

import wasm


def rounds(versions, argument, count):
    """Yields ``(label, result, microseconds)``; what one run leaves on the heap isn't collected in the next."""
    for _ in range(count):
        for label, function in versions:
            gc.collect()
            start = time.ticks_us()
            result = function(argument)
            yield label, result, time.ticks_diff(time.ticks_us(), start)


def main(name, image, argument, count):
    versions = (("plain", __import__(name).run), ("wasm", wasm.load(image, memory="flat")["run"]))
    for line in rounds(versions, int(argument), int(count)):
        print(*line)


main(*sys.argv[1:])
