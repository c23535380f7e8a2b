"""The serial port that a board without hardware shows to the outside: a pty, or a TCP port where there is none.

A board makes one with :func:`open_port` and keeps it from power-on to power-off, however often what is behind
it restarts. It serves one client at a time; what the board says while nobody listens is thrown away::

    port = open_port()                          # or open_port("127.0.0.1:4000")
    print(port.address)                         # /dev/pts/3, or socket://127.0.0.1:4000: what --port takes
    while True:
        multiprocessing.connection.wait([*port.waitable, ...], timeout)     # or select, or poll
        typed = port.read()                     # never waits; b"" where nothing came
        port.write(said)                        # never waits; what isn't taken yet follows by and by

A pty can't say that a client came: while ``waitable`` is empty, ``read`` every few milliseconds.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import select
import socket
import sys
from typing import Protocol

from .error import SimError

if sys.platform != "win32":
    with contextlib.suppress(ImportError):
        import tty

CHUNK = 4096
_TAKEN = b"\r\nanother program is using this port\r\n"


class Port(Protocol):
    """One end of a serial line, for one client at a time. Nothing here waits."""

    address: str
    """What other programs open: a path, or a URL that pyserial understands."""

    unsent: bytearray
    """What was written and the client hasn't taken yet."""

    @property
    def waitable(self) -> list[int]:
        """The file descriptors to wait on for input."""

    @property
    def writable(self) -> list[int]:
        """The file descriptor to wait on until more of ``unsent`` can go, or nothing if all of it went."""

    def connected(self) -> bool:
        """Whether a client is there, as far as ``read`` has noticed."""

    def read(self) -> bytes:
        """What the client has sent, a piece at a time; no bytes where there are none yet.

        Lets a client in, and notices when one has gone.
        """

    def write(self, data: bytes) -> None:
        """Send to the client, and what waits from before; lost if there is none."""

    def close(self) -> None:
        """End the port; the client notices."""


def open_port(serve: str | None = None, public: bool = False) -> Port:
    """A pty, or a TCP port at ``serve``: HOST:PORT, where port 0 is any that is free.

    Where the system has no ptys, a TCP port. Only this computer reaches one, unless it is ``public``: whoever
    does, runs code. Raises SimError.
    """
    if serve is None:
        with contextlib.suppress(OSError, AttributeError, NameError):
            return Pty()
    return Tcp(serve or "127.0.0.1:0", public)


def resolve(serve: str, public: bool) -> tuple[str, str, int]:
    """Host, address and port of HOST:PORT. Raises SimError, also where others reach it unless it is ``public``."""
    host, _, tcp_port = serve.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    try:
        address = str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
        port = int(tcp_port)
        if not 0 <= port < 65536:
            raise ValueError(tcp_port)
    except (OSError, ValueError):
        raise SimError(f"can't serve at {serve}: give HOST:PORT, as in 127.0.0.1:4000") from None
    if not (public or ipaddress.ip_address(address.partition("%")[0]).is_loopback):
        raise SimError(f"served at {serve} it runs code for anyone in the network: give 127.0.0.1:{tcp_port}, "
                       "which only this computer reaches, or add --public")
    return host, address, port


class Pty:
    """A port by the path of a pseudo terminal. Raises OSError where the system has none."""

    def __init__(self) -> None:
        self._fd, slave = os.openpty()
        self.address = os.ttyname(slave)
        tty.setraw(slave)
        os.close(slave)
        os.set_blocking(self._fd, False)
        self.unsent = bytearray()
        self._client = False

    @property
    def waitable(self) -> list[int]:
        return [self._fd] if self.connected() else []

    @property
    def writable(self) -> list[int]:
        return [self._fd] if self.unsent and self._client else []

    def connected(self) -> bool:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        client = not dict(poll.poll(0)).get(self._fd, 0) & select.POLLHUP
        if client and not self._client:
            tty.setraw(self._fd)  # whatever the one before it made of the line
        if not client:
            self.unsent.clear()
        self._client = client
        return client

    def read(self) -> bytes:
        self.connected()
        with contextlib.suppress(OSError):  # also what a client sent that has gone since
            return os.read(self._fd, CHUNK)
        return b""

    def write(self, data: bytes) -> None:
        if self.connected():
            self.unsent += data
        with contextlib.suppress(BlockingIOError):
            while self.unsent:
                del self.unsent[: os.write(self._fd, self.unsent[:CHUNK])]

    def close(self) -> None:
        os.close(self._fd)


class Tcp:
    """A port by HOST:PORT. A second client is told that there is one, and sent away."""

    def __init__(self, serve: str, public: bool = False) -> None:
        host, address, tcp_port = resolve(serve, public)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            self._listener = socket.create_server((address, tcp_port), family=family)
        except OSError as error:
            raise SimError(f"can't serve at {serve}: {os.strerror(error.errno or 0)}") from None
        self._listener.setblocking(False)
        self.address = f"socket://{f'[{host}]' if ':' in host else host}:{self._listener.getsockname()[1]}"
        self.unsent = bytearray()
        self._client: socket.socket | None = None

    @property
    def waitable(self) -> list[int]:
        return [self._listener.fileno(), *([self._client.fileno()] if self._client else [])]

    @property
    def writable(self) -> list[int]:
        return [self._client.fileno()] if self.unsent and self._client else []

    def connected(self) -> bool:
        return self._client is not None

    def read(self) -> bytes:
        data = self._receive()
        if not data:
            with contextlib.suppress(BlockingIOError):
                caller, _ = self._listener.accept()
                # The one before it may have gone since; that shows when all that it sent is read.
                while more := self._receive():
                    data += more
                self._let_in(caller)
        return data

    def _receive(self) -> bytes:
        """A piece of what the client sent; none if there is none, or if it has gone."""
        if self._client:
            try:
                if data := self._client.recv(CHUNK):
                    return data
            except BlockingIOError:
                return b""
            except OSError:
                pass
            self._hang_up()
        return b""

    def _let_in(self, caller: socket.socket) -> None:
        if self._client:
            with caller, contextlib.suppress(OSError):
                caller.send(_TAKEN)
            return
        caller.setblocking(False)
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = caller

    def write(self, data: bytes) -> None:
        if self.connected():
            self.unsent += data
        try:
            while self.unsent and self._client:
                del self.unsent[: self._client.send(self.unsent[:CHUNK])]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._client:
            self._client.close()
        self._client = None
        self.unsent.clear()

    def close(self) -> None:
        self._hang_up()
        self._listener.close()
