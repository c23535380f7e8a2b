"""A board's TOML: the facts that the simulation takes from ``boards/<name>.toml``."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .error import SimError

_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


@dataclass(frozen=True)
class Temperature:
    """The on-chip sensor: ``volts`` at ``celsius`` degrees, ``slope`` volts more for each degree."""

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
class Board:
    """One board: ``heap`` in bytes free after boot, ``pins`` and ``adc`` by name."""

    name: str
    title: str
    heap: int
    gpio: int
    frequency: int
    pins: dict[str, int]
    adc: dict[str, int]
    temperature: Temperature | None

    @property
    def channels(self) -> int:
        """How many ADC channels there are."""
        return max(self.adc.values(), default=-1) + 1

    def pin(self, pin: int | str) -> int:
        """The number of a pin given as a number, as a name of ``[pins]`` or as ``GP<number>``.

        Raises SimError when the board has no such pin.
        """
        number = pin
        if isinstance(pin, str):
            number = self.pins.get(pin, int(pin[2:]) if pin[:2] == "GP" and pin[2:].isdecimal() else -1)
        if not isinstance(number, int) or not 0 <= number < self.gpio:
            known = ", ".join(self.pins)
            raise SimError(f"{self.name} has no pin {pin}: use 0 to {self.gpio - 1} or one of {known}")
        return number

    def channel(self, channel: int | str) -> int:
        """The number of an ADC channel given as a number or as a name of ``[adc]``.

        Raises SimError when the board has no such channel.
        """
        number = self.adc.get(channel, -1) if isinstance(channel, str) else channel
        if not 0 <= number < self.channels:
            raise SimError(f"{self.name} has no ADC channel {channel}: use one of {', '.join(self.adc)}")
        return number


def boards_folder() -> Path:
    """The folder ``boards``, in the repository or, as data, inside an installed wasmdev."""
    here = Path(__file__).resolve().parent
    if (here.parent / "device").is_dir():
        return here.parent.parent
    return here.parent / "wasmdev" / "_data" / "boards"


def load_board(board: str | Path) -> Board:
    """Reads ``boards/<board>.toml``, or the TOML file at that path.

    Raises SimError when there is no such file or it lacks something.
    """
    path = board if isinstance(board, Path) else boards_folder() / f"{board}.toml"
    try:
        with path.open("rb") as file:
            table: dict[str, Any] = _toml.load(file)
        facts = table["board"]
        adc = dict(table.get("adc", {}))
        sensor = table.get("temperature")
        return Board(
            name=facts["name"],
            title=facts["title"],
            heap=facts["heap"],
            gpio=facts["gpio"],
            frequency=facts["frequency"],
            pins=dict(table.get("pins", {})),
            adc=adc,
            temperature=Temperature(channel=adc["temperature"], **sensor) if sensor else None,
        )
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in boards_folder().glob("*.toml")))
        raise SimError(f"no board {board}: use one of {known}, or the path of a TOML file") from None
    except (ValueError, KeyError, TypeError) as error:
        why = f"{type(error).__name__} {error}"
        raise SimError(f"{path}: not a board's TOML: {why}; see boards/README.md") from None
