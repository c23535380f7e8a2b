"""What isn't a board with MicroPython, behind a pty."""

from __future__ import annotations

import builtins
import io
import os
import threading
import tty
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

Answer = Callable[[bytes], bytes]
"""What is said to a piece that came."""


class StandIn:
    """Answers each piece that it is sent."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                if said := self._answer(os.read(self._master, 4096)):
                    os.write(self._master, said)
            except OSError:
                return

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._slave)


def repl(implementation: Any) -> Answer:
    """Speaks as a raw REPL does that knows no raw paste, and runs what it is given; it says that it is that."""
    program = bytearray()
    system = SimpleNamespace(implementation=implementation, modules={})
    said = io.StringIO()
    own = {
        "__import__": lambda name, *_: {"sys": system, "os": os}.get(name),
        "print": lambda *words, **options: print(*words, **options, file=said),
    }
    names = {"__builtins__": vars(builtins) | own}

    def run() -> bytes:
        failed = ""
        said.truncate(said.seek(0))
        try:
            exec(program.decode(), names)
        except Exception as error:
            failed = f"Traceback:\r\n{type(error).__name__}: {error}\r\n"
        program.clear()
        return b"OK%s\x04%s\x04>" % (said.getvalue().replace("\n", "\r\n").encode(), failed.encode())

    def answer(sent: bytes) -> bytes:
        out = b""
        for byte in sent:
            if byte == 1:
                program.clear()
                out += b"raw REPL; CTRL-B to exit\r\n>"
            elif byte == 4:
                out += run()
            elif byte not in b"\x02\x03\x05":
                program.append(byte)
        return out

    return answer
