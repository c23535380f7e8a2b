"""Prints what it costs a guest to share an emulated Pico: a call as a task, and one that runs to its end.

    python -m tests.bench.slices

Nothing else runs beside it; stock firmware, in milliseconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import wasmc
from wasmdev.app.native import build
from wasmdev.board.link import Link

from tests.bench.places import FOLDER, emulated
from tests.bench.suite import load
from tests.bench.tables import table

CASES = {"fib": (18, 20), "sieve": (3, 20), "sha256": (192, 1280)}  # arguments, interpreted and natively
_BOARD = """
import asyncio, gc, sys, time, wasm, wasm.tasks
sys.path.append({folder!r})
app = wasm.load({path!r}, stack=4096)
async def call():
    return await app.call_async("run", {argument})
gc.collect()
start = time.ticks_us()
right = app["run"]({argument})
plain = time.ticks_diff(time.ticks_us(), start)
gc.collect()
start = time.ticks_us()
assert asyncio.run(call()) == right
print(app._instance.image.native is not None, plain, time.ticks_diff(time.ticks_us(), start))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.slices",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    files = {}
    for benchmark in load():
        if benchmark.name in CASES:
            native = build(wasmc.decode(benchmark.module), "armv6m", everything=True, stops=True)
            files[f"{FOLDER}/{benchmark.name}False.img"] = wasmc.compile(benchmark.module)
            files[f"{FOLDER}/{benchmark.name}True.img"] = native.image
            files[f"{FOLDER}/{native.file}"] = native.mpy
    rows = [["", "tier", "a call", "as a task", "times"]]
    with emulated(files) as port:
        for name, sizes in CASES.items():
            for is_native, argument in zip((False, True), sizes, strict=True):
                code = _BOARD.format(folder=FOLDER, path=f"{FOLDER}/{name}{is_native}.img", argument=argument)
                with Link(port, soft_reset=True, patience=30) as link:
                    tier, plain, sliced = link.exec(code, timeout=None).decode().split()
                assert tier == str(is_native)
                times = int(sliced) / int(plain)
                rows.append([name, "native" if is_native else "interpreted",
                             f"{int(plain) / 1000:.1f}", f"{int(sliced) / 1000:.1f}", f"{times:.2f}"])
    print(*table(rows), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
