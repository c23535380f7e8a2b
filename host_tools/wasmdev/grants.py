"""Grants: what a module may reach, by label, resolved for a board.

They come from the TOML file beside a module, one table entry a label, and from ``--grant``::

    [grants]
    led = { gpio = "out", pin = "LED" }                   --grant led=gpio.out:LED
    button = { gpio = "in", pin = 14, pull = "up" }       --grant button=gpio.in:14:up
    relay = { gpio = "out", pin = 3, active = "low" }     --grant relay=gpio.out:3:active-low
    light = { adc = "GP26" }                              --grant light=adc:GP26
    temperature = { sensor = "temperature" }              --grant temperature=sensor:temperature
    data = { folder = "/data", access = "read-write" }    --grant data=folder:/data:read-write

What the board gets is a list a label: its kind, then the numbers that the kind needs (see ``wasi.table``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from wasmdev.descriptions import Board as Description
from wasmdev.descriptions import Temperature
from wasmdev.errors import UsageError

Grants = dict[str, list[Any]]

_PULLS = ("up", "down")
_ACTIVE = ("high", "low")
_SENSORS = ("temperature",)
_ACCESS = ("read-only", "read-write")
_OWN = ("lib", "wasmdev", "boot.py", "main.py")
_NUMERATOR = 16384


def from_table(table: Mapping[str, Any], board: Description, where: str) -> Grants:
    """The grants of a ``[grants]`` table. ``where`` names its file in errors (:class:`UsageError`)."""
    return {label: _from_entry(entry, board, f"{where}: grant {label!r}") for label, entry in table.items()}


def from_option(text: str, board: Description) -> tuple[str, list[Any]]:
    """Label and grant of one ``--grant LABEL=KIND:WHAT``. Raises :class:`UsageError`."""
    where = f"--grant {text}"
    label, equals, rest = text.partition("=")
    kind, *details = rest.split(":")
    if not (label and equals and details):
        raise UsageError(where, "write LABEL=KIND:WHAT, as in led=gpio.out:LED")
    first, *more = details
    entry: dict[str, Any]
    if kind in ("gpio.out", "gpio.in"):
        entry = {"gpio": kind[5:], "pin": _place(first)}
        for word in more:
            entry |= {"active": "low"} if word == "active-low" else {"pull": word}
    elif kind == "folder" and len(more) == 1:
        entry = {"folder": first, "access": more[0]}
    elif more:
        raise UsageError(f"{where}: {':'.join(more)!r} is too much", "write LABEL=KIND:WHAT")
    else:
        entry = {kind: _place(first)}
    return label, _from_entry(entry, board, where)


def describe(grant: list[Any]) -> str:
    """A grant in words: ``gpio.in 14 up``, ``sensor.temperature 4``."""
    kind, *numbers = grant
    return " ".join(map(str, (kind, *(numbers[:1] if kind.startswith("sensor.") else numbers))))


def line(formula: Temperature) -> tuple[int, int, int]:
    """``offset, numerator, denominator`` of a sensor that is linear in a voltage.

    ``offset + u16 * numerator // denominator`` is the temperature in thousandths of a degree Celsius, u16 a
    reading from 0 to 65535. The numerator keeps the product within a small int of a 32-bit board.
    """
    step = 1000 * formula.vref / (65535 * formula.slope)
    factor = Fraction(step).limit_denominator(max(1, min(_NUMERATOR, int(_NUMERATOR / abs(step)))))
    offset = 1000 * (formula.celsius - formula.volts / formula.slope)
    return round(offset), factor.numerator, factor.denominator


def _from_entry(entry: Any, board: Description, where: str) -> list[Any]:
    if not isinstance(entry, dict):
        raise UsageError(f"{where} is no table", 'write for example led = { gpio = "out", pin = "LED" }')
    kinds = [key for key in entry if key in _KINDS]
    if len(kinds) != 1:
        raise UsageError(f"{where} has no kind", f"use one of {', '.join(_KINDS)}")
    make, allowed = _KINDS[kinds[0]]
    if unknown := [key for key in entry if key != kinds[0] and key not in allowed]:
        hint = f"{kinds[0]} takes {', '.join(allowed) or 'nothing else'}"
        raise UsageError(f"{where} has an unknown key {unknown[0]!r}", hint)
    return make(entry, board, where)


@contextmanager
def _for(where: str) -> Iterator[None]:
    """Let errors of the board's description name the grant."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _gpio(entry: dict[str, Any], board: Description, where: str) -> list[Any]:
    direction = entry["gpio"]
    if direction not in ("out", "in"):
        raise UsageError(f"{where}: gpio can't be {direction!r}", 'use "out" or "in"')
    if "pin" not in entry:
        raise UsageError(f"{where} has no pin", f"pins of {board.name}: {', '.join(board.pins)}, GP0, ...")
    with _for(where):
        grant = [f"gpio.{direction}", board.pin(entry["pin"], output=direction == "out")]
    if "pull" in entry:
        if direction == "out" or entry["pull"] not in _PULLS:
            hint = 'use "up" or "down", with gpio = "in"'
            raise UsageError(f"{where}: pull can't be {entry['pull']!r}", hint)
        grant.append(entry["pull"])
    if "active" in entry:
        if entry["active"] not in _ACTIVE:
            raise UsageError(f"{where}: active can't be {entry['active']!r}", 'use "high" or "low"')
        grant += ["active-low"] if entry["active"] == "low" else []
    return grant


def _adc(entry: dict[str, Any], board: Description, where: str) -> list[Any]:
    with _for(where):
        return ["adc", board.channel(entry["adc"])]


def _sensor(entry: dict[str, Any], board: Description, where: str) -> list[Any]:
    sensor = entry["sensor"]
    if sensor not in _SENSORS:
        raise UsageError(f"{where}: no sensor {sensor!r}", f"use {', '.join(_SENSORS)}")
    formula = board.temperature
    if formula is None:
        raise UsageError(f"{where}: {board.title} has no temperature sensor that a module can read")
    return ["sensor.temperature", formula.channel, *line(formula)]


def _folder(entry: dict[str, Any], board: Description, where: str) -> list[Any]:
    path, access = entry["folder"], entry.get("access", "read-only")
    if not isinstance(path, str) or not path.startswith("/") or ".." in path.split("/"):
        raise UsageError(f"{where}: folder can't be {path!r}", 'give its path on the board, as in "/data"')
    if access not in _ACCESS:
        raise UsageError(f"{where}: access can't be {access!r}", f"use {' or '.join(_ACCESS)}")
    parts = [part for part in path.lower().split("/") if part not in ("", ".")]
    if access == "read-write" and (not parts or parts[0] in _OWN):
        raise UsageError(f"{where}: {path} can't be read-write", "the board's programs are there; use /data")
    return ["folder", path, access]


def _place(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


_KINDS = {
    "gpio": (_gpio, ("pin", "pull", "active")),
    "adc": (_adc, ()),
    "sensor": (_sensor, ()),
    "folder": (_folder, ("access",)),
}
