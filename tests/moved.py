"""Random modules that are stopped at a random turn, put away and go on elsewhere come to what they come to in
wasmtime.

    python -m tests.moved [--count N] [--seed SEED] [--boards]

Each begins on one machine and in one tier, and goes on on another machine and in another tier, all by chance: the
desk's MicroPythons of 64 and 32 bits, and with ``--boards`` the emulated ones. Benchmarks are among the modules.
What a board's heap has no room for begins or goes on on the desk.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wasmc
from wasmdev.app.native import build
from wasmdev.board.files import Files
from wasmdev.board.link import Link
from wasmdev.errors import BoardError

from tests.bench.suite import load
from tests.desk import micropython32, micropython64
from tests.spec.run import library
from tests.unit.oracle import BATCH, TIMEOUT, Oracle, Record, in_order
from tests.unit.smith import generate

TIERS = ("interpreted", "native")
_LARGEST = 60_000  # bytes of code, in either tier, that a board is given
_STACK = {True: 1 << 20, False: 16384}  # bytes of stack on the desk, and on a board


class NoRoom(Exception):
    """A board's heap is too small."""


@dataclass
class Module:
    """A module, and what becomes of it: what it came to before it was moved, the calls that are left, and the
    snapshot."""

    name: str
    binary: bytes
    calls: list[Any]
    right: Record
    turns: int
    stop: int
    found: Record = field(default_factory=list)
    snapshot: bytes = b""


class Desk:
    """MicroPython on this machine: all modules in one process."""

    is_board = False

    def __init__(self, bits: int, folder: Path) -> None:
        command = micropython64() if bits == 64 else micropython32()
        assert command
        self.name = self.arch = "x64" if bits == 64 else "x86"
        self.folder = folder
        folder.mkdir()
        self._process = subprocess.Popen(
            [*command, "-X", "heapsize=32M", str(BATCH)],
            env={**os.environ, "MICROPYPATH": str(library(folder / "lib", self.arch))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, files: dict[str, bytes], line: list[Any]) -> Record:
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        assert self._process.stdin
        assert self._process.stdout
        here = [f"{self.folder}/{each}" if isinstance(each, str) else each for each in line]
        if here[6]:
            here[6] = [f"{self.folder}/{here[6][0]}", here[6][1]]
        self._process.stdin.write(json.dumps(here, ensure_ascii=False).encode() + b"\n")
        self._process.stdin.flush()
        late = threading.Timer(TIMEOUT, self._process.kill)
        late.start()
        answer = self._process.stdout.readline()
        late.cancel()
        assert answer, f"{self.name} ended, or had to be"
        assert answer[:1] == b"[", answer.decode()
        found = json.loads(answer)
        for name in files:
            (self.folder / name).unlink()
        assert isinstance(found, list)
        return found

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


class Emulated:
    """A board of its own for all modules, one after another."""

    is_board = True

    def __init__(self, name: str, arch: str, link: Link) -> None:
        self.name = name
        self.arch = arch
        self._link = link
        self._files = Files(link)
        self._source = BATCH.read_text()

    def run(self, files: dict[str, bytes], line: list[Any]) -> Record:
        for name, content in files.items():
            self._files.write("/" + name, content)
        here = ["/" + each if isinstance(each, str) else each for each in line]
        if here[6]:
            here[6] = ["/" + here[6][0], here[6][1]]
        self._link.reset()
        try:
            self._link.exec("import sys; sys.path.append('/')")
            self._link.exec(self._source.replace('__name__ == "__main__"', "0"))
            given = json.dumps(here, ensure_ascii=False)
            said = self._link.exec(f"print(json.dumps(record(*json.loads({given!r}))))", timeout=600)
        except BoardError as error:
            if "MemoryError" in str(error):
                raise NoRoom from None
            raise
        if b"call stack exhausted" in said:
            raise NoRoom
        found = json.loads(said)
        assert isinstance(found, list)
        return found

    def read(self, name: str) -> bytes:
        return self._files.read_whole("/" + name)

    def close(self) -> None:
        """The machine ends with its context."""


Machine = Desk | Emulated


@contextmanager
def machines(boards: bool) -> Iterator[list[Machine]]:
    """All that there are."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        found: list[Machine] = []
        for bits in (64, 32) if micropython32() else (64,):
            found.append(Desk(bits, Path(folder, str(bits))))
            stack.callback(found[-1].close)
        if boards:
            from wasmdev_qemu import MACHINES

            from tests.bench.places import emulated
            from tests.qemu.machine import machine

            link = stack.enter_context(Link(stack.enter_context(emulated({})), soft_reset=True, patience=30))
            found.append(Emulated("pico", "armv6m", link))
            for name, each in MACHINES.items():
                found.append(Emulated(name, each.arch, stack.enter_context(machine(name))))
        yield found


def images(module: Module, arch: str, tier: str) -> tuple[dict[str, bytes], bool]:
    """The files of a module for a machine, and whether there is native code among them."""
    if tier == "native":
        decoded = wasmc.decode(module.binary)
        wasmc.validate(decoded)
        code = build(decoded, arch, everything=True, stops=True)
        if code.taken:
            return {"module.img": code.image, code.file: code.mpy}, True
    return {"module.img": wasmc.compile(module.binary)}, False


def go(module: Module, machine: Machine, tier: str, moves: bool) -> bool:
    """Lets a module begin or go on; whether it stands still in a snapshot."""
    files, native = images(module, machine.arch, tier)
    if machine.is_board and sum(map(len, files.values())) > _LARGEST:
        raise NoRoom
    if module.snapshot:
        files["arrives.snap"] = module.snapshot
    leaves = ["moves.snap", module.stop] if moves else None
    arrives = "arrives.snap" if module.snapshot else None
    stack = _STACK[not machine.is_board]
    line = ["module.img", native, None, module.calls, {}, module.turns, leaves, arrives, stack]
    found = machine.run(files, line)
    stands = bool(found) and isinstance(found[-1], int)
    if stands:
        module.calls = module.calls[found.pop() :]
        module.snapshot = machine.read("moves.snap")
    module.found += found
    return stands


def modules(count: int, seed: int) -> Iterator[Module]:
    """The benchmarks, then random ones."""
    chance = random.Random(seed)
    for benchmark in load():
        case = benchmark.cases["small"]
        right = [["run", case.result & 0xFFFFFFFF]]
        calls = [["run", [["i", case.argument]]]]
        yield Module(benchmark.name, benchmark.module, calls, right, chance.choice((100, 1000)), 1 +
        chance.randrange(9))
    for i in range(count):
        binary = generate(seed + i)
        oracle = Oracle(binary, str(seed + i))
        calls = [[name, list(arguments)] for name, arguments in oracle.calls]
        yield Module(f"seed {seed + i}", binary, calls, in_order(oracle.record()), 1, 1 + chance.randrange(5))


def right(module: Module) -> bool:
    """Whether it came to what it was to come to; of a benchmark that is its result, and not what is exported."""
    found = in_order(module.found)
    return found == module.right or (len(module.right) == 1 and module.right[0] in found)


def relay(count: int, seed: int, boards: bool, say: Any = print) -> tuple[int, int, list[str]]:
    """Moves modules; how many there were, how many of them moved, and which came to something else."""
    chance = random.Random(seed)
    moved = every = 0
    wrong = []
    ways: dict[str, int] = {}
    with machines(boards) as all_:
        desks = [each for each in all_ if not each.is_board]
        for module in modules(count, seed):
            every += 1
            way = []
            for moves in (True, False):
                machine, tier = chance.choice(all_), chance.choice(TIERS)
                try:
                    stands = go(module, machine, tier, moves)
                except NoRoom:
                    machine = chance.choice(desks)
                    stands = go(module, machine, tier, moves)
                except AssertionError as error:
                    raise AssertionError(f"{module.name}, {way}, {machine.name} {tier}: {error}") from None
                way.append(f"{machine.name} {tier}")
                if not stands:
                    break
            if len(way) == 2:
                moved += 1
                ways[" -> ".join(way)] = ways.get(" -> ".join(way), 0) + 1
            if not right(module):
                wrong.append(f"{module.name}: {' -> '.join(way)}")
                differ = [each for each in in_order(module.found) if each not in module.right]
                say(wrong[-1], differ[:2], [each for each in module.right if each not in module.found][:2])
    for each, times in sorted(ways.items()):
        say(f"{times:5} {each}")
    return every, moved, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.moved", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200, metavar="N", help="random modules; 200 if not given")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--boards", action="store_true", help="also on the emulated Pico and on qemu's machines")
    options = parser.parse_args(arguments)
    every, moved, wrong = relay(options.count, options.seed, options.boards)
    print(f"{every} modules, {moved} moved, {len(wrong)} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
