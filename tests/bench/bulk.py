"""Prints what bulk instructions take on an emulated Pico with stock firmware, in its cycles.

    python -m tests.bench.bulk

Each in a loop of a guest that does nothing else, the loop taken off: interpreted on flat and on sparse memory, and
as native code. What begins at another place of a word than where it goes is put together from two.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import wasmc
from wasmdev.app.native import build
from wasmdev.board.link import Link

from tests.bench.places import CYCLES_PER_US, FOLDER, emulated
from tests.bench.suite import HERE
from tests.bench.tables import table
from tests.wat import wat

BOARD = HERE / "bulk_board.py"
SIZES = (16, 1000, 4000)  # bytes
CALLS = 16  # turns of the loop of each function
_FUNCTION = """(func (export "{}") (param i32 i32 i32) (local $n i32) (local.set $n (i32.const 16))
    (loop {} (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"""
_OPERANDS = "(local.get 0) (local.get 1) (local.get 2)"
_INSTRUCTIONS = {
    "none": "",
    "fill": f"(memory.fill {_OPERANDS})",
    "copy": f"(memory.copy {_OPERANDS})",
    "init": f"(memory.init $data {_OPERANDS})",
    "refs": f"(table.copy {_OPERANDS})",
}
_MODULE = f"""(module
  (memory 1)
  (table 1200 funcref)
  (func $none)
  (elem declare func $none)
  (data $data "{"x" * 4000}")
  {" ".join(_FUNCTION.format(*pair) for pair in _INSTRUCTIONS.items())})"""
KINDS = {
    "fill": "memory.fill",
    "copy": "memory.copy",
    "back": "memory.copy, backwards",
    "odd": "memory.copy, an odd distance",
    "init": "memory.init",
    "refs": "table.copy of a quarter as many references",
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.bulk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    binary = wat(_MODULE)
    native = build(wasmc.decode(binary), "armv6m", everything=True)
    files = {"portable.img": wasmc.compile(binary), "native.img": native.image, native.file: native.mpy}
    with emulated({f"{FOLDER}/{name}": data for name, data in files.items()}) as port:
        rows = [["one of", "bytes", "interpreted", "a byte", "sparse", "a byte", "native", "a byte"]]
        found: dict[tuple[str, int], list[int]] = {}
        for file, shape in (("portable", "flat"), ("portable", "sparse"), ("native", None)):
            print(f"{file}, {shape or 'flat'} ...", file=sys.stderr, flush=True)
            last = f"bulk('{FOLDER}/{file}.img', {shape!r}, {SIZES})"
            with Link(port, soft_reset=True, patience=30) as link:
                said = link.exec(f"{BOARD.read_text()}\n{last}\n", timeout=None).decode()
            for line in said.splitlines():
                kind, size, elapsed = line.split()
                found.setdefault((kind, int(size)), []).append(int(elapsed) * CYCLES_PER_US // CALLS)
    for (kind, size), cycles in found.items():
        cells = (cell for each in cycles for cell in (f"{each:,}", f"{each / size:.1f}"))
        rows.append([KINDS[kind], f"{size:,}", *cells])
    print("cycles of an emulated Pico:", *table(rows), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
