"""What a module will ask for, as far as its bytes tell, and grants to begin with."""

from __future__ import annotations

import re
from typing import Any

_LABEL = re.compile(rb"(?<![\w/%.-])[a-z][a-z0-9_-]{1,30}(?![\w/%.:-])")
_TEMPLATES = {
    ("wasi_gpio", "get_digital_out"): '{ gpio = "out", pin = "GP0" }',
    ("wasi_gpio", "get_digital_in"): '{ gpio = "in", pin = "GP0", pull = "up" }',
    ("wasi_adc", "open"): '{ adc = "GP26" }',
    ("wasi_pwm", "open"): "{ pwm = 0, frequency = 1000 }",
    ("wasi_i2c", "open"): "{ i2c = 0, addresses = [0x76] }",
    ("wasi_spi", "open"): "{ spi = 0, cs = 0 }",
    ("wasi_uart", "open"): "{ uart = 0, baud = 9600 }",
    ("wasi_sensor", "open"): '{ sensor = "temperature" }',
    ("wasi_snapshot_preview1", "path_open"): '{ folder = "/data", access = "read-only" }',
}


def templates(module: Any) -> list[tuple[str, str, str]]:
    """Import module, function and a grant's value for each way in which a module opens something."""
    imported = {(space, name) for space, name, *_ in module.imports}
    return [(*function, grant) for function, grant in _TEMPLATES.items() if function in imported]


def labels(module: Any) -> list[str]:
    """Words in its data that may be labels, in the order in which they stand there."""
    found: dict[str, None] = {}
    for segment in module.segments:
        for match in _LABEL.finditer(bytes(module.data[segment.start : segment.end])):
            found[match[0].decode()] = None
    return list(found)


def toml(module: Any) -> list[str]:
    """Lines of a ``[grants]`` table; with one way to open and one word that may be its label, it is that."""
    ways = templates(module)
    if not ways:
        return []
    words = labels(module)
    lines = ["[grants]"]
    for space, name, grant in ways:
        label = words[0] if len(ways) == 1 and len(words) == 1 else "LABEL"
        lines.append(f"{label} = {grant}  # {space}.{name}")
    if len(words) > 1 or (words and len(ways) > 1):
        lines.append(f"# labels may be: {', '.join(words[:12])}")
    return lines
