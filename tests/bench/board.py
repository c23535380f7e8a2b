"""The half of the benchmarks that runs in MicroPython: FOLDER ARGUMENT ROUNDS LABEL=FILE...

Prints a line for each round of each version, ``LABEL RESULT MICROSECONDS``. Rounds go round the versions, so that
a machine whose speed wanders does so for all; each begins with a call that has nothing to do.
"""

import gc
import sys
import time


def main(folder, argument, count, *versions):
    sys.path.append(folder)
    for _ in range(count):
        for version in versions:
            label, name = version.split("=")
            measure(folder, label, name, argument)
            gc.collect()


def measure(folder, label, name, argument):
    if name.endswith(".img"):
        import wasm

        function = wasm.load(folder + "/" + name, memory="flat")["run"]
    else:
        name = name[:-4]
        function = __import__(name).run
        del sys.modules[name]
    function(0)
    gc.collect()
    start = time.ticks_us()
    result = function(argument)
    print(label, result, time.ticks_diff(time.ticks_us(), start))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
