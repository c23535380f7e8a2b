"""What surrounds a board that needs no hardware: models of the chips that an app is granted, and a finger."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from wasmdev.errors import UsageError

_HOLD_S = 0.1

Press = tuple[str, float]
"""A label, and after how many seconds its pin is made active for a moment."""


def parse(texts: Sequence[str]) -> list[Press]:
    """From ``button@1.5``. Raises :class:`UsageError`."""
    presses = []
    for text in texts:
        label, _, when = text.rpartition("@")
        try:
            seconds = float(when)
        except ValueError:
            seconds = -1
        if not label or seconds < 0:
            raise UsageError(f"--press {text}", "write LABEL@SECONDS, as in button@1.5")
        presses.append((label, seconds))
    return presses


def plug(board: Any, grants: Mapping[str, Sequence[Any]]) -> None:
    """Put a model on the simulated board's buses for each sensor that is granted, unless there is one already."""
    from wasmdev_sim import chips

    for kind, *rest in grants.values():
        if kind == "sensor.bme280":
            board.attach_i2c(rest[0], rest[4], chips.Bme280(celsius=22.4))
        elif kind == "sensor.mpu6050":
            board.attach_i2c(rest[0], rest[4], chips.Mpu6050())
        elif kind == "sensor.ds18b20":
            board.attach_onewire(rest[0], chips.Ds18b20())


@contextmanager
def pressing(board: Any, grants: Mapping[str, Sequence[Any]], presses: Sequence[Press]) -> Iterator[None]:
    """Press buttons during the ``with`` block. Raises :class:`UsageError` for a label that is no input's."""
    timers = []
    for label, seconds in presses:
        grant = grants.get(label, [""])
        if grant[0] != "gpio.in":
            raise UsageError(f"--press {label}@{seconds:g}: {label!r} is no input that is granted",
                             "give the label of a grant such as { gpio = \"in\", ... }")
        active = 0 if "active-low" in grant else 1
        for delay, level in ((seconds, active), (seconds + _HOLD_S, None)):
            timers.append(threading.Timer(delay, board.set_pin, (grant[1], level)))
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
