"""From what the user gives as ``--port`` to a board that answers."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from wasmdev_qemu import MACHINES

from wasmdev import descriptions, folders
from wasmdev.board import qemu
from wasmdev.errors import LinkError, UsageError

if TYPE_CHECKING:
    from wasmdev_pico import PicoBoard
    from wasmdev_sim import SimBoard

    from wasmdev.board.board import Board, Emulated

_PATIENCE = {"pico": 10.0}  # its processor is emulated at a tenth of its speed, or less
_SHORT = {"a": "/dev/ttyACM", "u": "/dev/ttyUSB", "c": "COM"}  # mpremote's short names


@contextmanager
def open_board(port: str, name: str | None = None) -> Iterator[Board]:
    """A :class:`Board` on a port, until the end of the ``with`` block.

    ``name`` is that of its file in ``boards``; without it the board is recognised, or is sim's default.
    Raises :class:`LinkError`, and :class:`UsageError` for a name that isn't described.
    """
    from wasmdev.board.board import Board
    from wasmdev.board.link import Link

    if name is not None:
        descriptions.describe(name)
    if port in EMULATORS:
        patience = 1.0 if "WASMDEV_PATIENCE" in os.environ else _PATIENCE.get(port, 1.0)
        with EMULATORS[port](name) as emulated, Link(emulated.port, patience=patience) as link:
            yield Board(link, name or emulated.board.name, emulated)
        return
    with Link(device(port)) as link:
        board = Board(link, name)
        try:
            yield board
        finally:
            with contextlib.suppress(LinkError):  # it may be gone
                board.leave()


@contextmanager
def open_sim(name: str | None = None) -> Iterator[SimBoard]:
    """The simulated board on the user's folder for its files, begun without its ``main.py``.

    Raises :class:`LinkError`.
    """
    from wasmdev_sim import SimBoard, SimError

    root = folders.sim()
    root.mkdir(parents=True, exist_ok=True)
    try:
        board = SimBoard(root, name or descriptions.DEFAULT, main=False)
        with board:
            yield board
    except SimError as error:
        raise LinkError(f"sim: {error}") from error


@contextmanager
def open_pico(name: str | None = None, serve: str | None = None, public: bool = False) -> Iterator[PicoBoard]:
    """The emulated Pico on the user's file for its flash; ``serve`` is HOST:PORT for a TCP port.

    Other computers reach that only where it is ``public``. Raises :class:`LinkError`.
    """
    from wasmdev_pico import PicoBoard, PicoError

    from wasmdev.board import pico

    if name not in (None, "pico"):
        raise UsageError(f"--board {name}", "the emulated board is a pico")
    try:
        with PicoBoard(folders.pico() / "flash.bin", pico.firmware(), serve=serve, public=public) as board:
            yield board
    except PicoError as error:
        raise LinkError(f"pico: {error}") from error


EMULATORS: dict[str, Callable[..., AbstractContextManager[Emulated]]] = {
    "sim": open_sim,
    "pico": open_pico,
    **{machine: partial(qemu.open_machine, machine) for machine in MACHINES},
}


def check_served(serve: str, public: bool) -> None:
    """Raise :class:`UsageError` for HOST:PORT where no board can be served, or may be without ``public``; warn."""
    from wasmdev_sim import SimError
    from wasmdev_sim.port import resolve

    from wasmdev.console import warn

    if not serve:
        return
    try:
        resolve(serve, public)
    except SimError as error:
        raise UsageError(f"--serve: {error}") from None
    if public:
        warn(f"whoever reaches {serve} can run code on the board, and read and change its files")


def device(port: str) -> str:
    """The path or pyserial URL of a port: ``auto`` finds one, short names are spelled out."""
    if port == "auto":
        return _first_usb_port()
    if match := re.fullmatch(r"([auc])(\d+)", port):
        return _SHORT[match[1]] + match[2]
    if not port:
        raise UsageError("--port is empty", f"give auto, {', '.join(EMULATORS)}, a device or socket://HOST:PORT")
    return port


def _first_usb_port() -> str:
    from wasmdev.board import devices

    found = sorted(devices.serial(), key=lambda device: not device.boards)
    if not found:
        raise LinkError("no board found on USB", "plug one in, or use --port sim, which needs no hardware")
    return found[0].port
