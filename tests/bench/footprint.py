"""Prints what the runtime takes: bytes of its files for each processor, RAM and time on an emulated Pico.

    python -m tests.bench.footprint [--files]

The Pico runs stock firmware, and takes some minutes to get the runtime over its serial line. A module is loaded
twice and the second time is told, when all that it needs is imported; a microsecond there is 125 cycles.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import wasmc
from wasmdev import deploy
from wasmdev.board import Board
from wasmdev.link import Link
from wasmdev.runtime import Runtime

from tests.bench.suite import GUESTS, HERE

ROOT = HERE.parents[1]
ARCHITECTURES = ("armv6m", "xtensawin", "rv32imc")
PATIENCE = 10  # times that an emulated board may take for what takes a real one a second
FIRMWARE = ROOT / "build" / "firmware" / "pico.uf2"

# Modules, the export that is called, its arguments. blink comes last: its add is what is called many times.
MODULES = (
    (GUESTS / "sha256.wasm", "run", (1,)),
    (ROOT / "examples" / "blink" / "blink.wasm", "add", (2, 3)),
)


def files() -> Iterator[str]:
    """A line for each file of the runtime, and the sum, on each processor."""
    for arch in ARCHITECTURES:
        runtime = Runtime(arch)
        sizes = {path[len(runtime.folder) + 1 :]: len(content) for path, content in runtime.files().items()}
        for path, size in sorted(sizes.items()):
            yield f"{arch} {path}: {size} B"
        yield f"{arch} in all: {sum(sizes.values())} B"


def board() -> str:
    """What cost.py prints on an emulated Pico."""
    from wasmdev_pico import PicoBoard

    names = [(f"{path.stem}.img", export, args) for path, export, args in MODULES]
    with (
        tempfile.TemporaryDirectory() as folder,
        PicoBoard(Path(folder, "flash"), FIRMWARE, realtime=False) as pico,
    ):
        with Link(pico.port, patience=PATIENCE) as link:
            target = Board(link)
            deploy.ensure_runtime(target, show=lambda *_: None)
            for path, _, _ in MODULES:
                target.files.write(f"/{path.stem}.img", wasmc.compile(path.read_bytes()))
        with Link(pico.port, soft_reset=True, patience=PATIENCE) as link:
            return link.exec(f"MODULES = {names!r}\n" + (HERE / "cost.py").read_text(), timeout=None).decode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", action="store_true", help="only the files' sizes, without a board")
    options = parser.parse_args()
    print("\n".join(files()))
    if options.files:
        return 0
    if not FIRMWARE.exists():
        print("no firmware for the emulated Pico: make firmware", file=sys.stderr)
        return 1
    print(board(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
