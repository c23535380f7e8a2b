"""The engines that a case is run in: wasmtime, MicroPython on this machine, a board behind a link."""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import wasmtime
from wasmdev.board.link import Link

from tests.thirdparty.case import Case

DEVICE = Path(__file__).with_name("upy_guest.py")


class Wasmtime:
    """The oracle for what a case says of a module."""

    def __init__(self, binary: bytes, case: Case) -> None:
        self._store = wasmtime.Store()
        module = wasmtime.Module(self._store.engine, binary)
        self._calls: list[tuple[str, Sequence[Any]]] = []
        imports = [self._import(entry, case.imports[entry.module]) for entry in module.imports]
        self._exports: Any = wasmtime.Instance(self._store, module, imports).exports(self._store)
        found = [*imports, *self._exports.values()]
        self._memory = next(item for item in found if isinstance(item, wasmtime.Memory))
        if "_initialize" in self._exports:
            self.call("_initialize")

    def _import(self, entry: wasmtime.ImportType, given: dict[str, Any]) -> Any:
        name = entry.name
        assert name is not None
        answer = given[name]

        def record(*args: Any) -> Any:
            self._calls.append((name, args))
            return answer

        if isinstance(entry.type, wasmtime.MemoryType):
            return wasmtime.Memory(self._store, wasmtime.MemoryType(wasmtime.Limits(answer, None)))
        assert isinstance(entry.type, wasmtime.FuncType)
        functions: dict[Any, Callable[..., Any]] = {"copy": self._copy, "exp": math.exp}
        return wasmtime.Func(self._store, entry.type, functions.get(answer, record))

    def _copy(self, to: int, source: int, size: int) -> None:
        self.write(to, self.read(source, size))

    def call(self, name: str, *args: float) -> Any:
        return self._exports[name](self._store, *args)

    def value(self, name: str) -> int:
        return int(self._exports[name].value(self._store))

    def read(self, address: int, size: int) -> bytes:
        return bytes(self._memory.read(self._store, address, address + size))

    def write(self, address: int, data: bytes) -> None:
        self._memory.write(self._store, data, address)

    def grow(self, pages: int) -> int:
        return self._memory.grow(self._store, pages)

    def events(self) -> Sequence[tuple[str, Sequence[Any]]]:
        return self._calls


class Device:
    """A module in the engine; ``answer`` takes a step to upy_guest.py and brings back what it says."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        self._answer = answer

    def _step(self, *step: Any) -> Any:
        return json.loads(self._answer(json.dumps(step)))

    def load(self, source: str, case: Case) -> None:
        self._step("load", source, case.imports)

    def call(self, name: str, *args: float) -> Any:
        return self._step("call", name, *args)

    def value(self, name: str) -> int:
        return int(self._step("value", name))

    def read(self, address: int, size: int) -> bytes:
        return bytes.fromhex(self._step("read", address, size))

    def write(self, address: int, data: bytes) -> None:
        self._step("write", address, data.hex())

    def grow(self, pages: int) -> int:
        return int(self._step("grow", pages))

    def is_native(self) -> bool:
        """Whether it runs with native code."""
        return bool(self._step("is_native"))

    def events(self) -> Sequence[tuple[str, Sequence[Any]]]:
        return [(name, args) for name, args in self._step("events")]


def steps(binary: bytes, case: Case) -> list[str]:
    """What a case asks of a Device, as wasmtime's answers lead it. Raises AssertionError where those are wrong."""
    oracle = Wasmtime(binary, case)
    asked = []

    def answer(step: str) -> str:
        asked.append(step)
        name, *args = json.loads(step)
        if name == "write":
            oracle.write(args[0], bytes.fromhex(args[1]))
            return "null"
        found = getattr(oracle, name)(*args)
        return json.dumps(found.hex() if isinstance(found, bytes) else found)

    found = case.answers(Device(answer))
    assert found == case.expected, f"{case} in wasmtime: {found!r}"
    return asked


@contextmanager
def micropython(command: list[str], library: Path, heap: int) -> Iterator[Device]:
    """A MicroPython with the runtime in the folder ``library`` and ``heap`` bytes of heap."""
    process = subprocess.Popen(
        [*command, "-X", f"heapsize={heap}", "-c", "import upy_guest; upy_guest.serve()"],
        env={**os.environ, "MICROPYPATH": f"{library}:{DEVICE.parent}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin
    assert stdout

    def answer(step: str) -> str:
        print(step, file=stdin, flush=True)
        line = stdout.readline()
        if not line or line.startswith("Traceback"):
            raise AssertionError(f"{step[:200]}: {line}{stdout.read()}")
        return line

    with process:
        try:
            yield Device(answer)
        finally:
            stdin.close()


def behind(link: Link) -> Device:
    """A board that has the runtime."""
    link.exec(DEVICE.read_text())
    return Device(lambda step: str(link.eval(f"answer({step!r})")))
