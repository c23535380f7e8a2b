"""What ``boards/*.toml`` say of boards, and which of them a connected board is. Their format: boards/README.md."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wasmdev import data
from wasmdev.errors import UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

DEFAULT = "pico"  # the board that sim stands for

_SIGNALS = {"i2c": ("scl", "sda"), "spi": ("sck", "mosi", "miso"), "uart": ("tx", "rx")}
# Keys of each table: those that it must have, then those that it may have.
_KEYS: dict[str, tuple[dict[str, type], dict[str, type]]] = {
    "board": ({"name": str, "title": str, "machine": list, "mcu": str, "arch": str, "frequency": int}, {}),
    "memory": ({"heap": int}, {"executable": int, "flash": int, "filesystem": int}),
    "gpio": ({"count": int}, {"absent": list, "reserved": list, "input_only": list, "external": list}),
    "usb": ({}, {"ids": list, "boot": list, "bridge": bool}),
    "firmware": ({"download": str},
                 {"volume": str, "board_id": str, "families": list, "chip": str, "offset": int}),
    "temperature": ({}, {"vref": float, "celsius": float, "volts": float, "slope": float,
                         "function": str, "unit": str}),
}  # fmt: skip


@dataclass(frozen=True)
class Temperature:
    """An on-chip sensor on an ADC channel: ``volts`` at ``celsius``, ``slope`` volts more for each degree."""

    channel: int
    vref: float
    celsius: float
    volts: float
    slope: float

    def reading(self, celsius: float) -> int:
        """What ``ADC.read_u16`` gives at that temperature, 0 to 65535."""
        volts = self.volts + (celsius - self.celsius) * self.slope
        return max(0, min(65535, round(volts / self.vref * 65535)))


@dataclass(frozen=True)
class Bus:
    """An I2C, SPI or UART: for each signal the pins that can carry it (None for any), and the default pins."""

    pins: dict[str, tuple[int, ...] | None]
    default: dict[str, int]


@dataclass(frozen=True)
class Usb:
    """``vid:pid`` in hexadecimal: of MicroPython, and of the chip's boot loader.

    ``bridge`` is true for boards that often sit behind a USB-serial chip, whose ids don't tell the board.
    """

    ids: tuple[str, ...]
    boot: tuple[str, ...]
    bridge: bool


@dataclass(frozen=True)
class Firmware:
    """How MicroPython gets on the board, by a UF2 onto ``volume`` or by esptool to ``offset`` of a ``chip``.

    ``download`` is the board's page on micropython.org; ``board_id`` stands in the volume's INFO_UF2.TXT.
    """

    download: str
    volume: str
    board_id: str
    families: tuple[int, ...]
    chip: str
    offset: int

    @property
    def url(self) -> str:
        """Where to get a firmware file."""
        return f"https://micropython.org/download/{self.download}/"


@dataclass(frozen=True)
class Board:
    """One board.

    ``machine`` are its names in ``sys.implementation._machine``. ``heap``, ``executable``, ``flash`` and
    ``filesystem`` are bytes; ``executable`` is 0 where native code lies in the heap. ``gpio`` pins are
    numbered from 0, ``external`` ones have names only. ``pins`` and ``adc`` are what ``machine.Pin`` and
    ``machine.ADC`` take, by name. ``sensor`` is the function that reads the chip's temperature where no
    ADC channel does, with its unit.
    """

    name: str
    title: str
    machine: tuple[str, ...]
    mcu: str
    arch: str
    frequency: int
    heap: int
    executable: int
    flash: int
    filesystem: int
    gpio: int
    absent: tuple[int, ...]
    reserved: tuple[int, ...]
    input_only: tuple[int, ...]
    external: tuple[str, ...]
    pins: dict[str, int | str]
    adc: dict[str, int]
    temperature: Temperature | None
    sensor: tuple[str, str] | None
    buses: dict[str, dict[int, Bus]]
    usb: Usb
    firmware: Firmware

    @property
    def channels(self) -> int:
        """One more than the highest ADC channel."""
        return max(self.adc.values(), default=-1) + 1

    def pin(self, pin: int | str, *, output: bool = False) -> int | str:
        """What ``machine.Pin`` takes for a number, a name of ``[pins]``, ``GP<number>`` or ``GPIO<number>``.

        Raises :class:`UsageError` when the board has no such pin, or none that can be used so.
        """
        place = self.pins.get(pin, pin) if isinstance(pin, str) else pin
        if place in self.external:
            return place
        digits = place.removeprefix("GPIO").removeprefix("GP") if isinstance(place, str) else ""
        number = int(digits) if digits.isdecimal() and digits != place else place
        if not isinstance(number, int) or not 0 <= number < self.gpio or number in self.absent:
            named = f" or one of {', '.join(self.pins)}" if self.pins else ""
            raise UsageError(f"{self.name} has no pin {pin}", f"use 0 to {self.gpio - 1}{named}")
        if number in self.reserved:
            raise UsageError(f"pin {pin} of {self.name} is used by the board itself", "use another one")
        if output and number in self.input_only:
            raise UsageError(f"pin {pin} of {self.name} is an input only", "use another one")
        return number

    def line(self, pin: int | str) -> int:
        """A number for any pin, an external one's being ``gpio`` or more. Raises as :meth:`pin` does."""
        place = self.pin(pin)
        return self.gpio + self.external.index(place) if isinstance(place, str) else place

    def label(self, line: int) -> str:
        """A pin by the number of :meth:`line` in words, with its name if it has one: ``GP25 LED``."""
        place = self.external[line - self.gpio] if line >= self.gpio else line
        names = [name for name, known in self.pins.items() if known == place]
        return " ".join([f"GP{line}" if isinstance(place, int) else place, *names[:1]])

    def channel(self, channel: int | str) -> int:
        """What ``machine.ADC`` takes for a number or a name of ``[adc]``.

        Raises :class:`UsageError` when the board has no such channel.
        """
        number = self.adc.get(channel, -1) if isinstance(channel, str) else channel
        if number not in self.adc.values():
            raise UsageError(f"{self.name} has no ADC channel {channel}", f"use one of {', '.join(self.adc)}")
        return number


def names() -> list[str]:
    """The boards that are described."""
    return sorted(path.stem for path in (data.root() / "boards").glob("*.toml"))


def describe(board: str | Path) -> Board:
    """The description of a board by its name, or the one in a TOML file. Raises :class:`UsageError`."""
    if isinstance(board, Path):
        return _read(board)
    if board not in names():
        raise UsageError(f"no board {board}", f"use one of {', '.join(names())}")
    return _described(board)


def recognise(machine: str) -> str | None:
    """The board that ``sys.implementation._machine`` names, as in ``Raspberry Pi Pico W with RP2040``."""
    for name in names():
        if any(machine.startswith(f"{own} with {_chip(name)}") for own in describe(name).machine):
            return name
    return None


def _chip(name: str) -> str:
    """What a chip's names begin with: MicroPython wrote ESP32S3 before it wrote ESP32-S3."""
    return describe(name).mcu.partition("-")[0]


@cache
def _described(name: str) -> Board:
    return _read(data.root() / "boards" / f"{name}.toml")


def _read(path: Path) -> Board:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"no such file {path}", "give a board's TOML file") from None
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no valid TOML: {error}") from None
    try:
        return _board(table)
    except ValueError as error:
        raise UsageError(f"{path}: {error}", "see boards/README.md") from None


def _board(table: dict[str, Any]) -> Board:
    """A board from its TOML. Raises ValueError that says which entry is wrong."""
    if unknown := [name for name in table if name not in (*_KEYS, "pins", "adc", *_SIGNALS)]:
        raise ValueError(f"unknown table [{unknown[0]}]")
    checked = {name: _table(table, name) for name in _KEYS}
    facts, memory, gpio = checked["board"], checked["memory"], checked["gpio"]
    adc = {name: _typed("adc", name, value, int) for name, value in table.get("adc", {}).items()}
    firmware = checked["firmware"]
    if "volume" in firmware and not ("board_id" in firmware and "families" in firmware):
        raise ValueError("[firmware] has a volume but not its board_id and families")
    usb = checked["usb"]
    board = Board(
        **facts | {"machine": _all("board", "machine", facts["machine"], str)},
        **{key: memory.get(key, 0) for key in ("heap", "executable", "flash", "filesystem")},
        gpio=gpio["count"],
        absent=_all("gpio", "absent", gpio.get("absent", []), int),
        reserved=_all("gpio", "reserved", gpio.get("reserved", []), int),
        input_only=_all("gpio", "input_only", gpio.get("input_only", []), int),
        external=_all("gpio", "external", gpio.get("external", []), str),
        pins=dict(table.get("pins", {})),
        adc=adc,
        temperature=_temperature(checked["temperature"], adc),
        sensor=_sensor(checked["temperature"]),
        buses={kind: _buses(kind, table.get(kind, {})) for kind in _SIGNALS},
        usb=Usb(
            ids=_all("usb", "ids", usb.get("ids", []), str),
            boot=_all("usb", "boot", usb.get("boot", []), str),
            bridge=usb.get("bridge", False),
        ),
        firmware=Firmware(
            **{key: firmware.get(key, "") for key in ("download", "volume", "board_id", "chip")},
            families=_all("firmware", "families", firmware.get("families", []), int),
            offset=firmware.get("offset", 0),
        ),
    )
    for name, place in board.pins.items():
        if place not in board.external and not (type(place) is int and 0 <= place < board.gpio):
            raise ValueError(f"[pins] {name} is {place!r}, which is no pin of it")
    return board


def _table(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    entries = table.get(name, {})
    required, optional = _KEYS[name]
    known = required | optional
    if not isinstance(entries, dict):
        raise ValueError(f"{name} is no table")
    if unknown := [key for key in entries if key not in known]:
        raise ValueError(f"unknown key {unknown[0]!r} in [{name}]: use {', '.join(known)}")
    if lacking := [key for key in required if key not in entries]:
        raise ValueError(f"[{name}] lacks {lacking[0]!r}")
    return {key: _typed(name, key, value, known[key]) for key, value in entries.items()}


def _typed(table: str, key: str, value: Any, kind: type) -> Any:
    fits = isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{key} in [{table}] can't be {value!r}")
    return value


def _all(table: str, key: str, values: Any, kind: type) -> tuple[Any, ...]:
    return tuple(_typed(table, key, value, kind) for value in _typed(table, key, values, list))


def _temperature(sensor: dict[str, Any], adc: Mapping[str, int]) -> Temperature | None:
    if not sensor or "function" in sensor:
        return None
    if lacking := [key for key in ("vref", "celsius", "volts", "slope") if key not in sensor]:
        raise ValueError(f"[temperature] lacks {lacking[0]!r}")
    if "temperature" not in adc:
        raise ValueError("[temperature] needs an entry temperature in [adc]")
    return Temperature(channel=adc["temperature"], **sensor)


def _sensor(sensor: dict[str, Any]) -> tuple[str, str] | None:
    if "function" not in sensor:
        return None
    if sensor.get("unit") not in ("C", "F") or len(sensor) != 2:
        raise ValueError('[temperature] with a function needs a unit, "C" or "F", and nothing else')
    return sensor["function"], sensor["unit"]


def _buses(kind: str, table: Any) -> dict[int, Bus]:
    if not isinstance(table, dict) or not all(key.isdecimal() for key in table):
        raise ValueError(f"{kind} has no number: write [{kind}.0]")
    return {int(key): _bus(f"{kind}.{key}", _SIGNALS[kind], bus) for key, bus in table.items()}


def _bus(name: str, signals: tuple[str, ...], bus: Any) -> Bus:
    if not isinstance(bus, dict):
        raise ValueError(f"[{name}] is no table")
    if unknown := [key for key in bus if key not in (*signals, "default")]:
        raise ValueError(f"unknown key {unknown[0]!r} in [{name}]: use default, {', '.join(signals)}")
    if lacking := [signal for signal in signals if signal not in bus]:
        raise ValueError(f"[{name}] lacks {lacking[0]!r}")
    pins = {key: None if bus[key] == "any" else _all(name, key, bus[key], int) for key in signals}
    default = _typed(name, "default", bus.get("default", {}), dict)
    for signal, pin in default.items():
        among = pins.get(signal, ())
        if type(pin) is not int or (among is not None and pin not in among):
            raise ValueError(f"default {signal} of [{name}] is {pin!r}, which can't carry it")
    return Bus(pins, default)
