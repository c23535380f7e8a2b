"""The checked-in examples are what their sources say, ask for no more than they need, and do as they say.

wasmtime runs them here, with hosts written for the purpose: what a board does with them is tested elsewhere.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import wasmtime
from wasmdev.source import toolchains

from tests import compilers

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PREVIEW1 = "wasi_snapshot_preview1"

IMPORTS = {
    "blink": {
        "wasi_gpio.get_digital_out",
        "wasi_gpio.toggle",
        "wasi_gpio.close",
        f"{PREVIEW1}.poll_oneoff",
        f"{PREVIEW1}.proc_exit",
    },
    "thermometer": {
        "wasi_sensor.open",
        "wasi_sensor.read_milli",
        f"{PREVIEW1}.fd_write",
        f"{PREVIEW1}.poll_oneoff",
        f"{PREVIEW1}.proc_exit",
    },
    "weather": {
        "wasi_sensor.open",
        "wasi_sensor.read_milli",
        "wasi_pwm.open",
        "wasi_pwm.set_duty",
        "wasi_gpio.get_digital_in",
        "wasi_gpio.watch",
        "wasi_gpio.take_edges",
        f"{PREVIEW1}.path_open",
        f"{PREVIEW1}.fd_write",
        f"{PREVIEW1}.poll_oneoff",
        f"{PREVIEW1}.proc_exit",
    },
    "beacon": {
        "wasi_gpio.get_digital_out",
        "wasi_gpio.set_active",
        "wasi_gpio.set_inactive",
        "wasi_gpio.close",
        f"{PREVIEW1}.poll_oneoff",
        f"{PREVIEW1}.proc_exit",
    },
    "climate": {
        "wasi_sensor.open",
        "wasi_sensor.channel_count",
        "wasi_sensor.channel_name",
        "wasi_sensor.channel_unit",
        "wasi_sensor.read_milli",
        "wasi_sensor.close",
        f"{PREVIEW1}.fd_write",
        f"{PREVIEW1}.proc_exit",
    },
    "button": {
        "wasi_gpio.get_digital_in",
        "wasi_gpio.get_digital_out",
        "wasi_gpio.watch",
        "wasi_gpio.take_edges",
        "wasi_gpio.toggle",
        "wasi_gpio.close",
        f"{PREVIEW1}.poll_oneoff",
        f"{PREVIEW1}.fd_write",
        f"{PREVIEW1}.proc_exit",
    },
    "count": {f"{PREVIEW1}.{name}" for name in ("fd_write", "poll_oneoff", "proc_exit")},
    "hello": {
        f"{PREVIEW1}.{name}"
        for name in (
            "fd_close",
            "fd_fdstat_get",
            "fd_seek",
            "fd_write",
            "proc_exit",
        )
    },
}


def load(name: str) -> bytes:
    return (EXAMPLES / name / f"{name}.wasm").read_bytes()


@pytest.mark.parametrize("name", IMPORTS)
def test_imports_and_memory(name: str) -> None:
    module = wasmtime.Module(wasmtime.Engine(), load(name))
    assert {f"{entry.module}.{entry.name}" for entry in module.imports} == IMPORTS[name]
    memories = [entry.type for entry in module.exports if isinstance(entry.type, wasmtime.MemoryType)]
    assert [memory.limits.min for memory in memories] == [1]


@pytest.mark.parametrize("name", IMPORTS)
def test_rebuilding_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    build = builder()
    source = Path(shutil.copy(build.source(name), tmp_path))  # what it is built from in another place is the same
    compilers.require(source)
    language = source.suffix[1:]
    if (version := compiler_version(source)) != build.VERSIONS[language]:
        pytest.skip(f"needs the compiler's version {build.VERSIONS[language]}, this is {version}")
    build.build(source, tmp_path / "rebuilt.wasm")
    assert (tmp_path / "rebuilt.wasm").read_bytes() == load(name)


def builder() -> ModuleType:
    """The script that builds them, as a module."""
    spec = importlib.util.spec_from_file_location("examples_build", EXAMPLES / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compiler_version(source: Path) -> str:
    """What the compiler of a source says of itself, as in ``1.63.0``."""
    plan = toolchains.Plan(source, source.with_suffix(".wasm"), toolchains.is_program(source))
    command = toolchains.language(source).commands(plan)[0]
    asked = [*command[:3], "version"] if "ziglang" in command else [command[0], "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return re.findall(r"\d+\.\d+\.\d+", said)[0]


def test_build_names_what_it_does_not_know() -> None:
    done = subprocess.run([sys.executable, EXAMPLES / "build.py", "blonk"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "no example 'blonk', there are: " + ", ".join(sorted(IMPORTS)) + "\n"


class Exit(Exception):
    pass


class Host:
    """Runs one example; ``log`` is what it did, in order."""

    def __init__(self, name: str, **functions: Callable[..., int]) -> None:
        engine = wasmtime.Engine()
        self.log: list[str] = []
        self.store = wasmtime.Store(engine)
        module = wasmtime.Module(engine, load(name))
        known = {**functions, "poll_oneoff": self.sleep, "proc_exit": self.exit, "fd_write": self.write}
        imports = [wasmtime.Func(self.store, entry.type, known[entry.name or ""]) for entry in module.imports]
        self.instance = wasmtime.Instance(self.store, module, imports)
        self.exports = self.instance.exports(self.store)

    def number(self, address: int, size: int = 4) -> int:
        return int.from_bytes(self.exports["memory"].read(self.store, address, address + size), "little")

    def put(self, address: int, value: int) -> int:
        self.exports["memory"].write(self.store, (value & 0xFFFFFFFF).to_bytes(4, "little"), address)
        return 0

    def text(self, address: int, size: int) -> str:
        return self.exports["memory"].read(self.store, address, address + size).decode()

    def sleep(self, subscription: int, events: int, count: int, stored: int) -> int:
        kind, clock, flags = (self.number(subscription + at) for at in (8, 16, 40))
        assert (kind, clock, flags, count) == (0, 1, 0, 1)
        self.log.append(f"sleep {self.number(subscription + 24, 8) // 1000000}")
        return self.put(stored, 1)

    def write(self, handle: int, vectors: int, count: int, written: int) -> int:
        pairs = [(self.number(at), self.number(at + 4)) for at in range(vectors, vectors + 8 * count, 8)]
        self.log += [f"{handle}: {self.text(*pair)}" for pair in pairs if pair[1]]
        return self.put(written, sum(size for _, size in pairs))

    def exit(self, code: int) -> int:
        self.log.append(f"exit {code}")
        raise Exit

    def start(self) -> None:
        with contextlib.suppress(Exit):
            self.exports["_start"](self.store)


def blink(answer: int) -> Host:
    host: Host

    def open_led(label: int, size: int, out: int) -> int:
        host.log.append(f"open {host.text(label, size)}")
        return answer or host.put(out, 7)

    def note(what: str) -> Callable[[int], int]:
        def function(handle: int) -> int:
            host.log.append(f"{what} {handle}")
            return 0

        return function

    host = Host("blink", get_digital_out=open_led, toggle=note("toggle"), close=note("close"))
    return host


def test_blink_changes_the_led_ten_times_in_five_periods() -> None:
    host = blink(0)
    host.start()
    assert host.log == ["open led", *["toggle 7", "sleep 250"] * 10, "close 7"]
    assert host.exports["add"](host.store, 2, 3) == 5


def test_blink_exits_with_the_errno_of_a_led_it_may_not_use() -> None:
    host = blink(76)
    host.start()
    assert host.log == ["open led", "exit 76"]


def thermometer(readings: list[int], answer: int = 0) -> list[str]:
    host: Host

    def open_sensor(label: int, size: int, out: int) -> int:
        assert host.text(label, size) == "temperature"
        return answer or host.put(out, 9)

    def read_milli(handle: int, channel: int, out: int) -> int:
        assert (handle, channel) == (9, 0)
        return host.put(out, readings.pop(0)) if readings else 29

    host = Host("thermometer", open=open_sensor, read_milli=read_milli)
    host.start()
    return host.log


def test_thermometer_prints_five_readings() -> None:
    log = thermometer([23449, 23450, 0, -49, -50])
    texts = ["23.4", "23.5", "0.0", "0.0", "-0.1"]
    lines = [line for text in texts for line in (f"1: {text} C\n", "sleep 200")]
    assert log == lines[:-1]
    assert thermometer([-1000, 99950, -(1 << 31), (1 << 31) - 1, 5])[::2] == [
        f"1: {text} C\n" for text in ("-1.0", "100.0", "-2147483.6", "2147483.6", "0.0")
    ]


def test_thermometer_exits_with_the_errno() -> None:
    assert thermometer([], answer=76) == ["exit 76"]
    assert thermometer([23000]) == ["1: 23.0 C\n", "sleep 200", "exit 29"]
