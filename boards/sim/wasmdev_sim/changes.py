"""What a board did on its pins, as it is seen from outside."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

KEPT = 100_000


@dataclass(frozen=True)
class PinChange:
    """The level that the board drives on a pin changed; a pin that it doesn't drive counts as 0.

    ``time_us`` never falls within one boot; ``boot`` counts the starts of the board, from 1.
    """

    time_us: int
    pin: int
    value: int
    boot: int


class Changes:
    """The last changes of all pins, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._added = threading.Condition()
        self._kept: deque[PinChange] = deque(maxlen=KEPT)
        self._count = 0
        self._closed = False

    def add(self, change: PinChange) -> None:
        """A pin has changed."""
        with self._added:
            self._kept.append(change)
            self._count += 1
            self._added.notify_all()

    def list(self) -> list[PinChange]:
        """Those so far."""
        with self._added:
            return [*self._kept]

    def watch(self, timeout: float | None) -> Iterator[PinChange]:
        """Changes from the first kept one on, waiting for more until none comes for ``timeout`` seconds."""
        taken = 0
        while True:
            with self._added:
                end = None if timeout is None else time.monotonic() + timeout
                while self._count == taken and not self._closed:
                    left = None if end is None else end - time.monotonic()
                    if left is not None and left <= 0:
                        return
                    self._added.wait(left)
                if self._count == taken:
                    return
                fresh = [*self._kept][-(self._count - taken) :]
                taken = self._count
            yield from fresh

    def close(self) -> None:
        """No more will come."""
        with self._added:
            self._closed = True
            self._added.notify_all()
