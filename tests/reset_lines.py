"""A board behind a serial bridge whose DTR and RTS reach its reset and boot pins, as Espressif's boards have it.

A pty has no such lines, so the bridge is one on the network (RFC 2217): pyserial's own client and server carry
them.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
import tty
from types import TracebackType
from typing import Any

from serial.rfc2217 import PortManager
from wasmdev_sim import SimBoard

ROM = b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x%x (%s)\r\n"
RUN = ROM % (0x13, b"SPI_FAST_FLASH_BOOT") + b"configsip: 0, SPIWP:0xee\r\nentry 0x400805e4\r\n"
DOWNLOAD = ROM % (0x3, b"DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2)") + b"waiting for download\r\n"
NOISE = bytes(range(128, 255)) * 2 + b"\r\n"  # what a ROM says at another speed
ROM_S = 0.2  # from EN to the ROM's words: a client that is just opening the port has thrown away what came before


class Circuit:
    """The port of a bridge, and the two transistors between its lines and the chip.

    EN is low while RTS is up without DTR, and GPIO0 while DTR is up without RTS: as EN goes up, the chip starts
    what is in its flash, or its boot loader where GPIO0 is low. ``starts`` are those starts, "run" or "download".
    Until ``ready`` the chip says what its ROM says, and isn't connected to what comes and goes. With ``opening``
    it starts so as soon as both lines are up.
    """

    cts = dsr = ri = cd = xonxoff = rtscts = False
    baudrate, bytesize, parity, stopbits = 115200, 8, "N", 1

    def __init__(self, board: SimBoard, opening: str, boot_s: float) -> None:
        self.starts: list[str] = []
        self._opening = opening
        self._words = b""
        self._says_at = 0.0
        self._board = board
        self._boot_s = boot_s
        self._ready_at = 0.0
        self._lines = {"dtr": False, "rts": False}

    @property
    def ready(self) -> bool:
        """Whether MicroPython runs."""
        return self.starts[-1:] != ["download"] and time.monotonic() >= self._ready_at

    def start(self, mode: str = "run") -> None:
        """What the chip does as EN goes up."""
        self.starts.append(mode)
        self._words = NOISE + (DOWNLOAD if mode == "download" else RUN)
        self._says_at = time.monotonic() + ROM_S
        if mode == "run":
            self._board.reset()
            self._ready_at = time.monotonic() + ROM_S + self._boot_s

    def said(self) -> bytes:
        """What the ROM has said since it was asked last."""
        if time.monotonic() < self._says_at:
            return b""
        words, self._words = self._words, b""
        return words

    def _set(self, line: str, up: bool) -> None:
        before, both = self._held(), self.dtr and self.rts
        self._lines[line] = up
        if self._opening and self.dtr and self.rts and not both:
            self.start(self._opening)
        elif before and not self._held():
            low = self._lines["dtr"] and not self._lines["rts"]
            self.start("download" if low else "run")

    def _held(self) -> bool:
        return self._lines["rts"] and not self._lines["dtr"]

    dtr = property(lambda self: self._lines["dtr"], lambda self, up: self._set("dtr", up))
    rts = property(lambda self: self._lines["rts"], lambda self, up: self._set("rts", up))

    def reset_input_buffer(self) -> None:
        """Nothing waits in it."""

    reset_output_buffer = reset_input_buffer


class Bridge:
    """A network port in front of a board; ``url`` is what pyserial opens.

    ``opening`` is how the board starts whenever the port is opened, as with a bridge that raises RTS first, ""
    where it doesn't start then. It is ready ``boot_s`` seconds later.
    """

    def __init__(self, board: SimBoard, opening: str = "", boot_s: float = 0.0) -> None:
        self.circuit = Circuit(board, opening, boot_s)
        self._board = os.open(board.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._board)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "rfc2217://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                self._listener.settimeout(0.05)
                client, _ = self._listener.accept()
                with client, contextlib.suppress(OSError):
                    self._carry(client)

    def _carry(self, client: socket.socket) -> None:
        client.setblocking(True)
        manager = PortManager(self.circuit, _Client(client))
        while not self._ended.is_set():
            ready, _, _ = select.select([client, self._board], [], [], 0.01)
            said = self.circuit.said()
            if self._board in ready:
                data = os.read(self._board, 4096)
                said += data if self.circuit.ready else b""
            client.sendall(b"".join(manager.escape(said)))
            if client in ready:
                sent = client.recv(4096)
                if not sent:
                    return
                typed = b"".join(manager.filter(sent))
                while typed and self.circuit.ready:
                    with contextlib.suppress(BlockingIOError):
                        typed = typed[os.write(self._board, typed) :]

    def __enter__(self) -> Bridge:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._listener.close()
        os.close(self._board)


class _Client:
    """What the server writes to."""

    def __init__(self, client: socket.socket) -> None:
        self.write: Any = client.sendall
