"""What a guest reads at the board's console: what is typed there, or what ``wasmdev`` gives while it drives it."""

import sys
from binascii import a2b_base64
from errno import EIO
from select import POLLIN, poll

from micropython import const

_MOST = const(192)  # bytes at a time


def _readable():
    """Whether there is something to read now."""
    poller = poll()
    poller.register(sys.stdin, POLLIN)
    return bool(poller.poll(0))


class _Typed:
    """Text, a line at a time, which Ctrl-D ends."""

    _fed = None  # what was typed, where somebody else reads it (wasm/background.py)
    _rest = b""  # the same, which was there when he ended

    def ready(self):
        """How many bytes can be read without waiting, as far as that is known."""
        return int(_readable()) if self._fed is None else len(self._fed)

    def read(self, size):
        """At most ``size`` bytes: waits for the first, and ends with a line."""
        line = bytearray()
        byte = bytearray(1)
        size = min(size, _MOST)
        while len(line) < size and (not line or self.ready()):
            if not self._next(byte) or byte[0] == 4:
                break
            line.extend(byte)
            if byte[0] == 10:
                break
        return line

    def full(self):
        """Whether something would be lost if more were typed."""
        return self._fed is not None and len(self._fed) >= _MOST

    def feed(self, data):
        """Takes what was typed; None where nobody else reads it any more."""
        if data is None:
            self._rest = self._fed or b""
            self._fed = None
        else:
            before = self._rest if self._fed is None else self._fed
            self._fed = (before + data.replace(b"\r", b"\n"))[-_MOST:]

    def _next(self, byte):
        if self._fed is None:
            return sys.stdin.readinto(byte)
        if not self._fed:
            return 0
        byte[0] = self._fed[0]
        self._fed = self._fed[1:]
        return 1


class _Asked:
    """Bytes of any kind, by the protocol of ``driven``."""

    _here = b""
    _asked = _ended = False
    _away = False  # whether the guest is to be put away

    def ready(self):
        if not self._here and not self._ended:
            self._ask(_MOST)
            if _readable():
                self._take()
        return len(self._here) or int(self._ended)

    def read(self, size):
        if not self._here and not self._ended:
            self._ask(min(size, _MOST))
            while self._asked:
                self._take()
        self._ended = False  # a terminal's user may go on after it
        data = self._here[:size]
        self._here = self._here[size:]
        return data

    def full(self):
        return False

    def feed(self, data):
        """What somebody else reads is not of the protocol."""

    def away(self):
        """Whether the guest is to be put away (wasm/attended.py)."""
        if not self._away and _readable():
            if self._asked:
                self._take()
            else:
                self._away = self._receive(1) == b"s"
        return self._away

    def _ask(self, size):
        if not self._asked:
            self._asked = True
            sys.stdout.write("\x10R%02x" % size)

    def _take(self):
        size = self._receive(1)
        if size == b"s":  # which may come before the answer
            self._away = True
            return
        size = int(str(size + self._receive(1), "ascii"), 16)
        self._here = a2b_base64(self._receive((size + 2) // 3 * 4))
        self._ended = not size
        self._asked = False

    def _receive(self, size):
        data = bytearray(size)
        view = memoryview(data)
        stream = getattr(sys.stdin, "buffer", sys.stdin)
        got = 0
        while got < size:
            more = stream.readinto(view[got:])
            if not more:
                raise OSError(EIO)
            got += more
        return data


console = _Asked() if getattr(sys.modules.get("wasm"), "driven", False) else _Typed()
