"""What surrounds a board that needs no hardware: models of the chips that an app is granted, and a finger."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from wasmdev.errors import UsageError

_HOLD_S = 0.1
_LOOK_S = 0.005  # how often a board's clock is looked at

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
    """Put a model on the board's buses for each sensor that is granted."""
    from wasmdev_sim import chips

    for grant in grants.values():
        match grant:
            case ["sensor.bme280", int() as bus, _, _, _, int() as address]:
                board.attach_i2c(bus, address, chips.Bme280(celsius=22.4))
            case ["sensor.mpu6050", int() as bus, _, _, _, int() as address]:
                board.attach_i2c(bus, address, chips.Mpu6050())
            case ["sensor.ds18b20", pin]:
                board.attach_onewire(pin, chips.Ds18b20())


@contextmanager
def pressing(board: Any, grants: Mapping[str, Sequence[Any]], presses: Sequence[Press]) -> Iterator[None]:
    """Press buttons during the ``with`` block, by the board's own time.

    Raises :class:`UsageError` for a label that is no input's.
    """
    due = []
    for label, seconds in presses:
        grant = grants.get(label, [])
        if grant[:1] != ["gpio.in"]:
            raise UsageError(f"--press {label}@{seconds:g}: {label!r} is no input that is granted",
                             "give the label of a grant such as { gpio = \"in\", ... }")
        active = 0 if "active-low" in grant else 1
        due += [(seconds, grant[1], active), (seconds + _HOLD_S, grant[1], None)]
    if not due:
        yield
        return
    due.sort(key=lambda each: each[0])
    done = threading.Event()
    finger = threading.Thread(target=_press, args=(board, due, done), daemon=True)
    finger.start()
    try:
        yield
    finally:
        done.set()
        finger.join()


def _press(board: Any, due: Sequence[tuple[float, Any, int | None]], done: threading.Event) -> None:
    """Set pins, each when so many seconds are over, until that is no longer wanted."""
    start = board.time_us
    for seconds, pin, level in due:
        while board.time_us < start + seconds * 1e6:
            if done.wait(_LOOK_S):
                return
        board.set_pin(pin, level)
