"""One entry of a ``[grants]`` table, checked against a board and made into what the board gets.

That is a list: the grant's kind, then what ``wasi.table`` says of the kind. A kind here is a function that takes
an :class:`Entry` and returns the list; ``KINDS`` has them by the key that tells which one is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wasmdev.descriptions import Board as Description
from wasmdev.descriptions import Temperature
from wasmdev.errors import UsageError

_ACCESS = ("read-only", "read-write")
# What decides what runs on a board, and with which grants: MicroPython imports from / before it does from /lib.
_OWN = ("lib", "wasmdev", "wasm", "wasmc", "wasi", "boot.py", "main.py")
_I2C_SENSORS = {"bme280": (0x76, 0x77), "mpu6050": (0x68, 0x69)}
_SENSORS = ("temperature", *_I2C_SENSORS, "ds18b20", "analog")
_KINDS_OF_SENSORS = f"use one of {', '.join(_SENSORS)}"
_NUMERATOR = 16384
_VREF = 3.3


@dataclass(frozen=True)
class Entry:
    """An entry, the table that it is in, and how errors begin."""

    values: Mapping[str, Any]
    board: Description
    where: str
    table: Mapping[str, Any]

    def error(self, what: str, hint: str = "") -> UsageError:
        return UsageError(f"{self.where}: {what}", hint)

    @contextmanager
    def named(self) -> Iterator[None]:
        """Let errors of the board's description name the grant."""
        try:
            yield
        except UsageError as error:
            raise UsageError(f"{self.where}: {error}") from None

    def one_of(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        value = self.values.get(key, default)
        if value not in (allowed if default == "" else (*allowed, default)):
            raise self.error(f"{key} can't be {value!r}", f"use {' or '.join(repr(each) for each in allowed)}")
        return str(value)

    def number(self, key: str, default: int | None = None, low: int = 1, high: int = 1 << 30) -> int:
        value = self.values.get(key, default)
        if value is None:
            raise self.error(f"it has no {key}", f"add {key} = ...")
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value < high:
            raise self.error(f"{key} can't be {value!r}", f"give a whole number from {low} on")
        return value

    def pin(self, key: str = "pin", output: bool = False) -> int | str:
        if key not in self.values:
            raise UsageError(f"{self.where} has no {key}",
                             f"pins of {self.board.name}: {', '.join(self.board.pins)}, GP0, ...")
        with self.named():
            return self.board.pin(self.values[key], output=output)


def _active(entry: Entry) -> list[Any]:
    return ["active-low"] if entry.one_of("active", ("high", "low"), "high") == "low" else []


def _gpio(entry: Entry) -> list[Any]:
    direction = entry.one_of("gpio", ("out", "in"))
    grant = [f"gpio.{direction}", entry.pin(output=direction == "out")]
    if "pull" in entry.values:
        if direction == "out" or entry.values["pull"] not in ("up", "down"):
            raise entry.error(f"pull can't be {entry.values['pull']!r}", 'use "up" or "down", with gpio = "in"')
        grant.append(entry.values["pull"])
    return grant + _active(entry)


def _adc(entry: Entry) -> list[Any]:
    with entry.named():
        return ["adc", entry.board.channel(entry.values["adc"])]


def _pwm(entry: Entry) -> list[Any]:
    return ["pwm", entry.pin("pwm", output=True), entry.number("frequency", 1000), *_active(entry)]


def _bus(entry: Entry, kind: str, optional: tuple[str, ...] = ()) -> list[Any]:
    """Number and pins of a bus. A pin that isn't given is the board's default."""
    buses = entry.board.buses[kind]
    number = entry.values[kind]
    if number not in buses or isinstance(number, bool):
        has = ", ".join(map(str, buses)) or "none"
        raise entry.error(f"{entry.board.title} has no {kind} {number!r}", f"it has {has}")
    signals = {"i2c": ("sda", "scl"), "spi": ("sck", "mosi", "miso"), "uart": ("tx", "rx")}[kind]
    pins: list[Any] = [number]
    for signal in signals:
        if entry.values.get(signal) is False and signal in optional:
            pins.append(None)
            continue
        pin = entry.pin(signal) if signal in entry.values else buses[number].default.get(signal)
        if pin is None:
            raise entry.error(f"it has no {signal}", f"add {signal} = ...")
        among = buses[number].pins[signal]
        if among is not None and pin not in among:
            raise entry.error(f"pin {pin} can't carry {signal} of {kind} {number}",
                              f"use one of {', '.join(map(str, among))}")
        pins.append(pin)
    return pins


def _i2c(entry: Entry) -> list[Any]:
    addresses = entry.values.get("addresses", [])
    if not isinstance(addresses, list) or not all(type(a) is int and 8 <= a < 120 for a in addresses):
        raise entry.error(f"addresses can't be {addresses!r}", "list its chips, from 8 to 119, as in [0x76]")
    return ["i2c", *_bus(entry, "i2c"), entry.number("frequency", 400_000), addresses]


def _spi(entry: Entry) -> list[Any]:
    pins = _bus(entry, "spi", ("miso",))
    baud, mode = entry.number("baud", 1_000_000), entry.number("mode", 0, 0, 4)
    return ["spi", *pins, entry.pin("cs", output=True), baud, mode]


def _uart(entry: Entry) -> list[Any]:
    return ["uart", *_bus(entry, "uart"), entry.number("baud", 9600)]


def _sensor(entry: Entry) -> list[Any]:
    sensor = entry.values["sensor"]
    if sensor not in _SENSORS:
        raise entry.error(f"no sensor {sensor!r}", _KINDS_OF_SENSORS)
    if sensor in _I2C_SENSORS:
        return _on_i2c(entry, sensor)
    if sensor == "ds18b20":
        return ["sensor.ds18b20", entry.pin(output=True)]
    return _analog(entry) if sensor == "analog" else _temperature(entry)


def _on_i2c(entry: Entry, sensor: str) -> list[Any]:
    """A chip on a bus that another grant describes."""
    bus = entry.values.get("bus")
    buses = {label: other for label, other in entry.table.items() if isinstance(other, dict) and "i2c" in other}
    if bus not in buses:
        raise entry.error(f"it is on bus {bus!r}, which isn't granted" if bus else "it has no bus",
                          f"the label of an i2c grant: {', '.join(buses)}" if buses else
                          "grant one, as in i2c0 = { i2c = 0 }, and add bus = \"i2c0\"")
    wiring = _i2c(Entry(buses[bus], entry.board, f"{entry.where}: bus {bus!r}", entry.table))
    return [f"sensor.{sensor}", *wiring[1:5], entry.number("address", _I2C_SENSORS[sensor][0], 8, 120)]


def _temperature(entry: Entry) -> list[Any]:
    board = entry.board
    if board.sensor:
        return ["sensor.builtin", *board.sensor]
    if board.temperature is None:
        raise entry.error(f"{board.title} has no temperature sensor of its own")
    return ["sensor.temperature", board.temperature.channel, *line(board.temperature)]


def _analog(entry: Entry) -> list[Any]:
    """A quantity that is linear in a voltage: at ``volts`` it is ``values``."""
    pairs = []
    for key in ("volts", "values"):
        pair = entry.values.get(key)
        if not isinstance(pair, list) or [type(each) in (int, float) for each in pair] != [True, True]:
            hint = "give two numbers: volts = [0.5, 2.5], values = [0, 100]"
            raise entry.error(f"{key} can't be {pair!r}", hint)
        pairs.append(pair)
    (volts, more), (value, other) = pairs
    if volts == more or value == other:
        raise entry.error("two points of its line are the same", "give two different volts and values")
    channel = _adc(entry)[1] if "adc" in entry.values else None
    if channel is None:
        raise entry.error("it has no adc", 'add adc = "GP26"')
    slope = (other - value) / (more - volts)
    vref = entry.board.temperature.vref if entry.board.temperature else _VREF
    factor = _ratio(1000 * slope * vref / 65535)
    texts = [entry.values.get(key) for key in ("name", "unit")]
    if not all(isinstance(text, str) and text for text in texts):
        raise entry.error("it has no name or unit", 'add name = "moisture", unit = "%RH"')
    return ["sensor.analog", channel, round(1000 * (value - slope * volts)), factor.numerator, factor.denominator,
            *texts]  # fmt: skip


def _ratio(step: float) -> Fraction:
    """A fraction whose numerator times 65535 is a small int of a 32-bit board."""
    return Fraction(step).limit_denominator(max(1, min(_NUMERATOR, int(_NUMERATOR / abs(step)))))


def line(formula: Temperature) -> tuple[int, int, int]:
    """``offset, numerator, denominator`` of a sensor that is linear in a voltage.

    ``offset + u16 * numerator // denominator`` is the temperature in thousandths of a degree Celsius, u16 a
    reading from 0 to 65535. The numerator keeps the product within a small int of a 32-bit board.
    """
    factor = _ratio(1000 * formula.vref / (65535 * formula.slope))
    offset = 1000 * (formula.celsius - formula.volts / formula.slope)
    return round(offset), factor.numerator, factor.denominator


def _is_odd(part: str) -> bool:
    """Whether a part of a path leads out of its folder, or FAT reads it as another one."""
    return part == ".." or "\\" in part or (part not in ("", ".") and part.rstrip(". ") != part)


def _folder(entry: Entry) -> list[Any]:
    path, access = entry.values["folder"], entry.values.get("access", "read-only")
    if not isinstance(path, str) or not path.startswith("/") or any(map(_is_odd, path.split("/"))):
        raise entry.error(f"folder can't be {path!r}", 'give its path on the board, as in "/data"')
    if access not in _ACCESS:
        raise entry.error(f"access can't be {access!r}", f"use {' or '.join(_ACCESS)}")
    parts = [part for part in path.lower().split("/") if part not in ("", ".")]
    if access == "read-write" and (not parts or parts[0] in _OWN):
        raise entry.error(f"{path} can't be read-write", "the board's programs are there; use /data")
    return ["folder", path, access]


KINDS: dict[str, tuple[Callable[[Entry], list[Any]], tuple[str, ...]]] = {
    "gpio": (_gpio, ("pin", "pull", "active")),
    "sensor": (_sensor, ("bus", "address", "pin", "adc", "volts", "values", "name", "unit")),
    "adc": (_adc, ()),
    "pwm": (_pwm, ("frequency", "active")),
    "i2c": (_i2c, ("sda", "scl", "frequency", "addresses")),
    "spi": (_spi, ("sck", "mosi", "miso", "cs", "baud", "mode")),
    "uart": (_uart, ("tx", "rx", "baud")),
    "folder": (_folder, ("access",)),
}
