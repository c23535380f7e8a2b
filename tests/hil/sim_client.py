"""What the tests of the simulated board share: mpremote as a program, and a bare terminal."""

from __future__ import annotations

import subprocess
import sys
import time
from types import TracebackType

import serial

LIMIT = 30.0  # seconds for anything; far more than a loaded machine takes


def mpremote(port: str, *command: str, fails: bool = False) -> str:
    """Runs plain mpremote against the port, as a user would; what it prints, lines ending in ``\\n``."""
    whole = [sys.executable, "-m", "mpremote", "connect", port, *command]
    done = subprocess.run(whole, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout + (done.stderr if fails else "")


class Terminal:
    """A terminal program on the port."""

    def __init__(self, port: str) -> None:
        self._serial = serial.Serial(port, timeout=0.05)
        self._ahead = b""

    def type(self, text: str) -> None:
        self._serial.write(text.encode())

    def until(self, awaited: str) -> str:
        """Reads until the port has said ``awaited``; what it said, including that."""
        end = time.monotonic() + LIMIT
        while awaited.encode() not in self._ahead:
            assert time.monotonic() < end, f"{awaited!r} never came after {self._ahead!r}"
            self._ahead += self._serial.read(self._serial.in_waiting or 1)
        before, _, self._ahead = self._ahead.partition(awaited.encode())
        return before.decode() + awaited

    def run(self, line: str) -> str:
        """Types a line at the prompt; what it prints."""
        self.type(line + "\r")
        self.until(line + "\r\n")
        return self.until(">>> ")[: -len(">>> ")]

    def __enter__(self) -> Terminal:
        """Connects, stops what runs, and is at the friendly prompt then."""
        self.type("\r\x03\x03\x02")
        self.type("'at the ' + 'prompt'\r")
        self.until("'at the prompt'\r\n>>> ")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serial.close()
