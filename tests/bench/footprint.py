"""Prints what the runtime takes: bytes of its files for each processor, RAM and time on an emulated Pico.

    python -m tests.bench.footprint [--files]

The Pico runs stock firmware. A module is loaded twice and the second time is told, when all that it needs is
imported; a microsecond there is 125 cycles.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

import wasmc
from wasmdev.board.link import Link
from wasmdev.runtime.runtime import Runtime

from tests.bench.places import FOLDER, BenchError, emulated
from tests.bench.suite import GUESTS, HERE

ROOT = HERE.parents[1]
ARCHITECTURES = ("armv6m", "xtensawin", "rv32imc")
PATIENCE = 10  # times that an emulated board may take for what takes a real one a second

# The board's first lines, before there is more of this on its heap.
IMPORT = """
import gc, time
gc.collect()
print("free before import: %d B" % gc.mem_free())
start = time.ticks_us()
import wasm
print("import: %d us" % time.ticks_diff(time.ticks_us(), start))
gc.collect()
print("free after import: %d B" % gc.mem_free())
"""

# Modules, the export that is called, its arguments. blink comes last: its add is what is called many times.
MODULES = (
    (GUESTS / "sha256.wasm", "run", (1,)),
    (ROOT / "examples" / "blink" / "blink.wasm", "add", (2, 3)),
)

# What is left of the heap beside blink, flashed by its name, a way to run it after the other.
BESIDE = {
    "loaded": "wasm.load('blink')",
    "as a task": "wasm.start('blink')",
    "in the background": "wasm.background.start('blink')",
    "at power-up": "wasm.background.start('blink', 0)",
}
NEEDS = {"in the background": "import wasm.background", "at power-up": "import wasm.boot"}
FREE = "{}\nimport gc, wasm\nguest = {}\ngc.collect()\nprint('blink {}: %d B free' % gc.mem_free())"
MANIFEST = {"image": "blink.img", "grants": {}, "memory": None, "fuel": None, "stack": 0, "args": [], "env": {}}


def files() -> Iterator[str]:
    """A line for each file of the runtime, and the sum, on each processor."""
    for arch in ARCHITECTURES:
        runtime = Runtime(arch)
        sizes = {path[len(runtime.folder) + 1 :]: len(content) for path, content in runtime.files().items()}
        for path, size in sorted(sizes.items()):
            yield f"{arch} {path}: {size} B"
        yield f"{arch} in all: {sum(sizes.values())} B"


def board() -> str:
    """What an emulated Pico prints: of the import, then what cost.py does. Raises :class:`BenchError`."""
    images = {f"{FOLDER}/{path.stem}.img": wasmc.compile(path.read_bytes()) for path, _, _ in MODULES}
    calls = [(name, export, args) for name, (_, export, args) in zip(images, MODULES, strict=True)]
    cost = f"MODULES = {calls!r}\n" + (HERE / "cost.py").read_text()
    flashed = {
        "/wasmdev/blink.img": images[f"{FOLDER}/blink.img"],
        "/wasmdev/blink.json": json.dumps(MANIFEST).encode(),
    }
    said = []
    with emulated(images | flashed) as port, Link(port, soft_reset=True, patience=PATIENCE) as link:
        said += [link.exec(script, timeout=None) for script in (IMPORT, cost)]
        for way, guest in BESIDE.items():
            link.reset()
            said.append(link.exec(FREE.format(NEEDS.get(way, ""), guest, way), timeout=None))
    return b"".join(said).decode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", action="store_true", help="only the files' sizes, without a board")
    options = parser.parse_args()
    print("\n".join(files()))
    if options.files:
        return 0
    try:
        print(board(), end="")
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
