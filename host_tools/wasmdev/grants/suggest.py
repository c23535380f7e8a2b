"""What a module will ask for, as far as its bytes tell, and grants to begin with."""

from __future__ import annotations

import re
from typing import Any

# A whole string: what stands between spaces is a word of a message, such as those of strerror.
_LABEL = re.compile(rb"(?<![\x20-\x7e])[a-z][a-z0-9_-]{1,30}(?![\x20-\x7e])")
_FOLDER = re.compile(rb"(?<![\x20-\x7e])/([A-Za-z0-9_-]{1,30})(?=/|[^\x20-\x7e])")
_LIBC = {"inf", "infinity", "nan", "rwa"}  # strings of the standard library
_FILES = ("wasi_snapshot_preview1", "path_open")
_TEMPLATES = {
    ("wasi_gpio", "get_digital_out"): '{ gpio = "out", pin = "GP0" }',
    ("wasi_gpio", "get_digital_in"): '{ gpio = "in", pin = "GP0", pull = "up" }',
    ("wasi_adc", "open"): '{ adc = "GP26" }',
    ("wasi_pwm", "open"): "{ pwm = 0, frequency = 1000 }",
    ("wasi_i2c", "open"): "{ i2c = 0, addresses = [0x76] }",
    ("wasi_spi", "open"): "{ spi = 0, cs = 0 }",
    ("wasi_uart", "open"): "{ uart = 0, baud = 9600 }",
    ("wasi_sensor", "open"): '{ sensor = "temperature" }',
    _FILES: '{ folder = "/data", access = "read-only" }',
}


def templates(module: Any) -> list[tuple[str, str, str]]:
    """Import module, function and a grant's value for each way in which a module opens something."""
    imported = {(space, name) for space, name, *_ in module.imports}
    return [(*function, grant) for function, grant in _TEMPLATES.items() if function in imported]


def labels(module: Any) -> list[str]:
    """Strings in its data that may be labels, in the order in which they stand there."""
    return [word for word in _found(module, _LABEL, 0) if word not in _LIBC]


def folders(module: Any) -> list[str]:
    """The folders in which the files are that strings in its data name."""
    return _found(module, _FOLDER, 1)


def toml(module: Any) -> list[str]:
    """Lines of a ``[grants]`` table; with one way to open and one string that may be its label, it is that.

    The label of a folder is its name for the guest: that in the paths of its files, any if there are none.
    """
    ways = templates(module)
    if not ways:
        return []
    opened = folders(module)
    devices = [way for way in ways if way[:2] != _FILES]
    words = labels(module) if devices else []
    lines = ["[grants]"]
    for space, name, grant in ways:
        told, only = (opened or ["data"], True) if (space, name) == _FILES else (words, len(devices) == 1)
        label = told[0] if only and len(told) == 1 else "LABEL"
        lines.append(f"{label} = {grant}  # {space}.{name}")
    if unsure := words * (len(words) > 1 or len(devices) > 1) + opened * (len(opened) > 1):
        lines.append(f"# labels may be: {', '.join(unsure[:12])}")
    return lines


def _found(module: Any, pattern: re.Pattern[bytes], group: int) -> list[str]:
    found: dict[str, None] = {}
    for segment in module.segments:
        for match in pattern.finditer(bytes(module.data[segment.start : segment.end])):
            found[match[group].decode()] = None
    return list(found)
