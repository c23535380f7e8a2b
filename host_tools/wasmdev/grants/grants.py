"""Grants: what a module may reach, by label, resolved for a board.

They come from the TOML file beside a module, one table entry a label, and from ``--grant``::

    [grants]
    led = { gpio = "out", pin = "LED" }                   --grant led=gpio.out:LED
    button = { gpio = "in", pin = 14, pull = "up" }       --grant button=gpio.in:14:up
    relay = { gpio = "out", pin = 3, active = "low" }     --grant relay=gpio.out:3:active-low
    light = { adc = "GP26" }                              --grant light=adc:GP26
    fan = { pwm = 16, frequency = 25000 }                 --grant fan=pwm:16:25000
    temperature = { sensor = "temperature" }              --grant temperature=sensor:temperature
    probe = { sensor = "ds18b20", pin = 15 }
    i2c0 = { i2c = 0, sda = 4, scl = 5, addresses = [0x50] }
    air = { sensor = "bme280", bus = "i2c0", address = 0x76 }
    flash = { spi = 0, cs = 17, baud = 8_000_000, mode = 0 }
    gps = { uart = 0, baud = 9600 }
    data = { folder = "/data", access = "read-write" }    --grant data=folder:/data:read-write

What the board gets is a list a label: its kind, then what the kind needs (see ``wasi.table``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from wasmdev.descriptions import Board as Description
from wasmdev.errors import UsageError
from wasmdev.grants.entries import KINDS, Entry

Grants = dict[str, list[Any]]

_LABEL_MOST = 64  # bytes, as in wasi.table
_VALUE_MOST = 255  # bytes of a path, a name or a unit
_SHOWN = 40
_FITTING = "write 1 to {} bytes of text that can be printed"


def from_table(table: Mapping[str, Any], board: Description, where: str) -> Grants:
    """The grants of a ``[grants]`` table. ``where`` names its file in errors (:class:`UsageError`)."""
    for label in table:
        _check_label(label, where)
    return {
        label: _from_entry(entry, board, f"{where}: grant {label!r}", table) for label, entry in table.items()
    }


def from_option(text: str, board: Description) -> tuple[str, list[Any]]:
    """Label and grant of one ``--grant LABEL=KIND:WHAT``. Raises :class:`UsageError`."""
    where = f"--grant {text if text.isprintable() else repr(text)}"
    label, equals, rest = text.partition("=")
    kind, *details = rest.split(":")
    if not (label and equals and details):
        raise UsageError(where, "write LABEL=KIND:WHAT, as in led=gpio.out:LED")
    _check_label(label, where)
    first, *more = details
    entry: dict[str, Any]
    if kind in ("gpio.out", "gpio.in"):
        entry = {"gpio": kind[5:], "pin": _place(first)}
        for word in more:
            entry |= {"active": "low"} if word == "active-low" else {"pull": word}
    elif kind == "folder" and len(more) == 1:
        entry = {"folder": first, "access": more[0]}
    elif kind == "pwm" and len(more) == 1:
        entry = {"pwm": _place(first), "frequency": _place(more[0])}
    elif more:
        raise UsageError(f"{where}: {':'.join(more)!r} is too much", "write LABEL=KIND:WHAT")
    else:
        entry = {kind: _place(first)}
    return label, _from_entry(entry, board, where, {})


def describe(grant: list[Any]) -> str:
    """A grant in words: ``gpio.in 14 up``, ``sensor.temperature 4``."""
    kind, *numbers = grant
    shown = numbers[:1] if kind in ("sensor.temperature", "sensor.analog", "sensor.builtin") else numbers
    return " ".join(_word(kind, i, value) for i, value in enumerate((kind, *shown)))


def _word(kind: str, index: int, value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(hex, value))}]"
    on_i2c = kind in ("sensor.bme280", "sensor.mpu6050") and index == 5
    return hex(value) if on_i2c else str(value)


def check_shared(granted: Grants, where: str) -> None:
    """Raise :class:`UsageError` for a pin, a channel or a chip that two grants would both have."""
    taken: dict[str, tuple[str, str]] = {}
    for label, grant in granted.items():
        for what, way in _claims(grant):
            other = taken.get(what)
            if other and other[0] != label and (not way or other[1] != way):
                raise UsageError(f"{where}: grants {other[0]!r} and {label!r} both have {what}",
                                 "one at a time can use it: give another one, or one label for both")
            taken[what] = label, way


def _claims(grant: list[Any]) -> Iterator[tuple[str, str]]:
    """What a grant takes of a board, and how: uses that can be shared are of the same way, which isn't empty."""
    kind, first, *rest = grant
    if kind in ("i2c", "sensor.bme280", "sensor.mpu6050"):
        way = f"i2c {first} at {rest[2]}"
        yield from ((f"pin {pin}", way) for pin in rest[:2])
        chips = rest[3] if kind == "i2c" else [rest[3]]
        yield from ((f"address {chip:#x} of i2c {first}", "") for chip in chips)
    elif kind == "spi":
        yield from ((f"pin {pin}", f"spi {first}") for pin in rest[:3] if pin is not None)
        yield f"pin {rest[3]}", ""
    elif kind == "uart":
        yield f"uart {first}", ""
        yield from ((f"pin {pin}", "") for pin in rest[:2])
    elif kind in ("gpio.in", "gpio.out", "pwm", "sensor.ds18b20"):
        yield f"pin {first}", ""
    elif kind in ("adc", "sensor.temperature", "sensor.analog"):
        yield f"ADC channel {first}", ""


def idle(granted: Grants, interfaces: Collection[str]) -> list[str]:
    """Labels of grants that a module with these imports can't use, buses of its sensors left out."""
    buses = {tuple(grant[1:5]) for grant in granted.values() if grant[0].startswith("sensor.")}
    found = []
    for label, grant in granted.items():
        interface = "wasi_snapshot_preview1" if grant[0] == "folder" else f"wasi_{grant[0].partition('.')[0]}"
        carries = grant[0] == "i2c" and tuple(grant[1:5]) in buses
        if interface not in interfaces and not carries:
            found.append(label)
    return found


def _from_entry(entry: Any, board: Description, where: str, table: Mapping[str, Any]) -> list[Any]:
    if not isinstance(entry, dict):
        raise UsageError(f"{where} is no table", 'write for example led = { gpio = "out", pin = "LED" }')
    kinds = [key for key in KINDS if key in entry][:1]
    if not kinds:
        raise UsageError(f"{where} has no kind", f"use one of {', '.join(KINDS)}")
    make, allowed = KINDS[kinds[0]]
    if unknown := [key for key in entry if key != kinds[0] and key not in allowed]:
        hint = f"{kinds[0]} takes {', '.join(allowed) or 'nothing else'}"
        raise UsageError(f"{where} has an unknown key {_shown(unknown[0])}", hint)
    for key, value in entry.items():
        if isinstance(value, str) and not _fits(value, _VALUE_MOST):
            raise UsageError(f"{where}: {key} can't be {_shown(value)}", _FITTING.format(_VALUE_MOST))
    return make(Entry(entry, board, where, table))


def _check_label(label: str, where: str) -> None:
    if not _fits(label, _LABEL_MOST):
        raise UsageError(f"{where}: a label can't be {_shown(label)}", _FITTING.format(_LABEL_MOST))


def _fits(text: str, most: int) -> bool:
    """Whether a text reaches the board and a terminal as what it is."""
    return text.isprintable() and 0 < len(text.encode()) <= most


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def _place(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
