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
KINDS = {"interpreted": None, "native": True, "native without --tasks": False}  # whether native code can stop
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
image = app._instance.image
start = time.ticks_us()
if image.native is None or image.stops:
    assert asyncio.run(call()) == right
print(image.native is not None, plain, time.ticks_diff(time.ticks_us(), start))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.slices",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    files = {}
    sizes = {}
    for benchmark in load():
        for number, (kind, stops) in enumerate(KINDS.items()) if benchmark.name in CASES else ():
            image, code = wasmc.compile(benchmark.module), b""
            if stops is not None:
                native = build(wasmc.decode(benchmark.module), "armv6m", everything=True, stops=stops)
                image, code = native.image, native.mpy
                files[f"{FOLDER}/{native.file}"] = code
            files[f"{FOLDER}/{benchmark.name}{number}.img"] = image
            sizes[benchmark.name, kind] = len(image) + len(code)
    rows = [["", "tier", "bytes", "a call", "as a task", "times"]]
    with emulated(files) as port:
        for name, arguments_of in CASES.items():
            for number, (kind, stops) in enumerate(KINDS.items()):
                argument = arguments_of[stops is not None]
                code_of = _BOARD.format(folder=FOLDER, path=f"{FOLDER}/{name}{number}.img", argument=argument)
                with Link(port, soft_reset=True, patience=30) as link:
                    tier, plain, sliced = link.exec(code_of, timeout=None).decode().split()
                assert tier == str(stops is not None)
                row = [name, kind, f"{sizes[name, kind]:,}", f"{int(plain) / 1000:.1f}"]
                as_task = [f"{int(sliced) / 1000:.1f}", f"{int(sliced) / int(plain):.2f}"]
                rows.append(row + (["-", "-"] if stops is False else as_task))
    print(*table(rows), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
