"""What happens to a process's output on its way to the port."""

from __future__ import annotations

RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n"
FRIENDLY_PROMPT = b"for more information.\r\n>>> "


class Output:
    """Turns a desk MicroPython's output into a board's.

    A lone newline becomes CR LF, as boards send it. ``raw`` follows which prompt the client is at. In a
    process started for a raw prompt everything between ``marker`` (boot.py is done) and the raw prompt is
    left out: the process shows its banner first, a board doesn't.
    """

    def __init__(self, marker: bytes) -> None:
        self._marker = marker
        self._awaited = marker
        self._held = b""
        self._last = b""
        self.raw = bool(marker)
        self.marked = False

    @property
    def awaiting_marker(self) -> bool:
        """boot.py is running, or hasn't begun."""
        return bool(self._awaited) and self._awaited == self._marker

    def __call__(self, data: bytes) -> bytes:
        data = self._held + data
        self._held = b""
        shown = b""
        while self._awaited:
            before, found, after = data.partition(self._awaited)
            skipping = self._awaited == RAW_PROMPT
            if not found:
                keep = _overlap(data, self._awaited)
                self._held = data[len(data) - keep :]
                return shown + (b"" if skipping else self._cooked(data[: len(data) - keep]))
            data = after
            if skipping:
                self._awaited = b""
                data = RAW_PROMPT + after
            else:
                shown += self._cooked(before)
                self.marked = True
                self._awaited = RAW_PROMPT
        return shown + self._cooked(data)

    def _cooked(self, data: bytes) -> bytes:
        if not data:
            return b""
        after_return = self._last.endswith(b"\r")
        seen = self._last + data
        raw, friendly = seen.rfind(RAW_PROMPT + b">"), seen.rfind(FRIENDLY_PROMPT)
        if raw != friendly:
            self.raw = raw > friendly
        self._last = seen[-len(FRIENDLY_PROMPT) :]
        cooked = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return cooked[1:] if after_return and cooked.startswith(b"\r\n") else cooked


def _overlap(data: bytes, awaited: bytes) -> int:
    """How many bytes at the end of ``data`` may be the beginning of ``awaited``."""
    longest = min(len(data), len(awaited) - 1)
    return next((n for n in range(longest, 0, -1) if awaited.startswith(data[-n:])), 0)
