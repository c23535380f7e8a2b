"""Prints what a start and a call take on an emulated Pico with stock firmware, in its cycles.

    python -m tests.bench.start [MODULE ...]

Start: a load and the first call of blink, sha256 and a module of 20 KB, as image and as raw .wasm, in a
MicroPython that has imported the runtime and nothing else; then the same again. Calls: of exports by Python, of
Python functions and of a capability's function (wasi_gpio toggle) by a module, and of a kernel; the loop around
them is taken off.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import wasmc
from wasmdev.board.link import Link

from tests.bench.places import CYCLES_PER_US, FOLDER, BenchError, emulated
from tests.bench.suite import GUESTS, HERE
from tests.bench.tables import table
from tests.wat import wat

BOARD = HERE / "start_board.py"
BLINK = HERE.parents[1] / "examples" / "blink" / "blink.wasm"
CALLS = 100
LARGE = 20_000  # bytes
_FUNCTION_SIZE = 110  # bytes, at least, of the following

# Functions as compilers write them: a loop over memory with arithmetic and a call.
_FUNCTION = """
(func $f{0} (param $n i32) (result i32) (local $i i32) (local $sum i32)
  (local.set $sum (i32.const {1}))
  (block $end
    (loop $again
      (br_if $end (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const {1}))
        (i32.load8_u offset={2} (local.get $i))))
      (i32.store offset=4096 (i32.shl (i32.and (local.get $i) (i32.const 15)) (i32.const 2))
        (i32.xor (local.get $sum) (i32.shr_u (local.get $sum) (i32.const {3}))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $again)))
  {4})"""

_CALLS = """(module
  (import "env" "python" (func $python (param i32 i32) (result i32)))
  (import "env" "bare" (func $bare))
  (import "wasi_gpio" "get_digital_out" (func $open (param i32 i32 i32) (result i32)))
  (import "wasi_gpio" "toggle" (func $toggle (param i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "led")
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "same") (param i32) (result i32) (local.get 0))
  (func (export "open") (result i32) (call $open (i32.const 0) (i32.const 3) (i32.const 8)))
  (func (export "loop") (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "python") (param $n i32)
    (loop $again (drop (call $python (i32.const 2) (i32.const 3)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "bare") (param $n i32)
    (loop $again (call $bare)
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "i64") (param $n i32) (local $sum i64)
    (loop $again (local.set $sum (i64.add (local.get $sum) (local.get $sum)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "toggle") (param $n i32)
    (loop $again (drop (call $toggle (i32.load (i32.const 8))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"""

KINDS = {
    "export": "an export (i32, i32) -> i32, called by Python",
    "by name": "the same, looked up each time",
    "same": "an export (i32) -> i32, called by Python",
    "python": "a Python function (i32, i32) -> i32, called by a module",
    "bare": "a Python function () -> (), called by a module",
    "capability": "wasi_gpio toggle, called by a module",
    "i64": "i64.add between instructions on i32, by the interpreter",
}


@dataclass(frozen=True)
class Start:
    """A module that is loaded, and its first call."""

    module: bytes
    export: str
    args: tuple[int, ...]
    result: int


def large() -> bytes:
    """A module of 20 KB; ``run`` calls the last function of it, which calls the one before it and so on."""
    functions = []
    for i in range(LARGE // _FUNCTION_SIZE):
        below = f"(call $f{i - 1} (i32.and (local.get $sum) (i32.const 7)))" if i else "(i32.const 0)"
        result = f"(i32.add (local.get $sum) {below})"
        functions.append(_FUNCTION.format(i, 2 * i + 1, i % 64, i % 31 + 1, result))
    last = f'(func (export "run") (param i32) (result i32) (call $f{len(functions) - 1} (local.get 0)))'
    return wat(f"(module (memory 1) {' '.join(functions)} {last})")


def large_result(argument: int) -> int:
    """What ``run`` of the large module gives: it reads nothing but zeros."""
    total = 0
    for i in reversed(range(LARGE // _FUNCTION_SIZE)):
        part = pow(2 * i + 1, argument + 1, 1 << 32)
        total += part
        argument = part & 7
    return (total + (1 << 31)) % (1 << 32) - (1 << 31)


def starts() -> dict[str, Start]:
    return {
        "blink": Start(BLINK.read_bytes(), "add", (2, 3), 5),
        "sha256": Start((GUESTS / "sha256.wasm").read_bytes(), "run", (0,), -474954686),
        "20 KB": Start(large(), "run", (3,), large_result(3)),
    }


def script(last: str) -> str:
    """What a board runs, which ends with that line."""
    return f"{BOARD.read_text()}\n{last}\n"


def measured(start: Start, port: str, file: str) -> list[tuple[int, int]]:
    """Cycles of load and first call, the first time and again, nothing where the heap is too small for it.

    Raises BenchError for a wrong result.
    """
    with Link(port, soft_reset=True, patience=30) as link:
        said = link.exec(script(f"load({file!r}, {start.export!r}, {start.args!r})"), timeout=None).decode()
    found = []
    for line in said.splitlines():
        load, call, result = map(int, line.split())
        if result != start.result:
            raise BenchError(f"{file}: {start.export}{start.args} gives {result}, expected {start.result}")
        found.append((load * CYCLES_PER_US, call * CYCLES_PER_US))
    return found


def cells(found: Sequence[tuple[int, int]]) -> list[str]:
    """The rest of a row: load and first call in cycles, and milliseconds of both, the first time and again."""
    if not found:
        return ["out of heap", "-", "-", "-"]
    ms = [sum(each) / CYCLES_PER_US / 1000 for each in found]
    return [*(f"{cycles:,}" for cycles in found[0]), *(f"{each:.1f} ms" for each in ms)]


def calls(port: str, file: str) -> list[str]:
    """Lines with the cycles of a call of each kind."""
    with Link(port, soft_reset=True, patience=30) as link:
        said = link.exec(script(f"calls({file!r}, {CALLS})"), timeout=None).decode()
    rows = [["one call of", "cycles", "us"]]
    for line in said.splitlines():
        kind, elapsed = line.rsplit(maxsplit=1)
        each = int(elapsed) / CALLS
        rows.append([KINDS[kind], f"{each * CYCLES_PER_US:,.0f}", f"{each:.1f}"])
    return table(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.start",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known = starts()
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(known)}; by default all")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.modules if name not in known]
    if unknown:
        parser.error(f"no module {unknown[0]!r}, there are: {', '.join(known)}")
    chosen = {name: known[name] for name in options.modules or known}
    files = {f"{FOLDER}/calls.img": wasmc.compile(wat(_CALLS))}
    for name, start in chosen.items():
        files |= {f"{FOLDER}/{name}.img": wasmc.compile(start.module), f"{FOLDER}/{name}.wasm": start.module}
    rows = [["module", "file", "bytes", "load", "first call", "together", "again"]]
    try:
        with emulated(files) as port:
            for name, start in chosen.items():
                for form, title in (("img", "image"), ("wasm", ".wasm")):
                    file = f"{FOLDER}/{name}.{form}"
                    print(f"{file} ...", file=sys.stderr, flush=True)
                    found = measured(start, port, file)
                    rows.append([name, title, f"{len(files[file]):,}", *cells(found)])
            lines = calls(port, f"{FOLDER}/calls.img")
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print("cycles of an emulated Pico from a file to the end of a first call:", *table(rows), "", sep="\n")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
