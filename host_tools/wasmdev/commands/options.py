"""Options that several commands share, so that they are the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wasmdev.errors import UsageError

Port = Annotated[
    str,
    typer.Option(
        "--port", "-p", envvar="WASMDEV_PORT", metavar="PORT",
        help="Where the board is: auto, a device such as /dev/ttyACM0 or COM3, a0 u0 c0 for short, "
             "socket://HOST:PORT, or one that needs no hardware: sim, pico, xtensa, riscv, cortex-m or cortex-m3.",
    ),
]  # fmt: skip

BoardName = Annotated[
    str,
    typer.Option(
        "--board", "-b", envvar="WASMDEV_BOARD", metavar="BOARD",
        help="Which board it is, for its pins; otherwise it is recognised. sim stands for a pico.",
    ),
]  # fmt: skip

Serve = Annotated[
    str,
    typer.Option(
        "--serve", metavar="HOST:PORT",
        help="Serve it over TCP; whoever reaches that port can do with the board what they like.",
    ),
]  # fmt: skip

Public = Annotated[
    bool,
    typer.Option("--public", help="Let --serve take an address that other computers reach."),
]

Raw = Annotated[
    bool,
    typer.Option(
        "--raw",
        help="Let what it prints do with the terminal what it likes; else escape sequences, and what turns the "
             "reading direction, are shown as such. A pipe gets all bytes in any case.",
    ),
]  # fmt: skip

Timeout = Annotated[
    float | None,
    typer.Option("--timeout", "-t", metavar="SECONDS",
                 help="Stop it after so long, as Ctrl-C does; the exit code is 124 then."),
]  # fmt: skip

Snapshot = Annotated[
    Path | None,
    typer.Option(
        "--snapshot", metavar="FILE",
        help="When it is stopped, put it away in this file as it stands: wasmdev resume goes on with it, on "
             "any board.",
    ),
]  # fmt: skip

Grants = Annotated[
    list[str] | None,
    typer.Option(
        "--grant", "-g", metavar="LABEL=KIND:WHAT",
        help="Let the module reach something: led=gpio.out:LED, button=gpio.in:14:up, light=adc:GP26, "
             "temperature=sensor:temperature. Adds to the grants of the TOML file beside the module.",
    ),
]  # fmt: skip

Memory = Annotated[
    str,
    typer.Option("--memory", metavar="BYTES", help="Cap linear memory, as in 16384 or 16k."),
]

Fuel = Annotated[
    int | None,
    typer.Option("--fuel", metavar="N", help="Stop after so many turns of loops and calls."),
]

Stack = Annotated[
    str,
    typer.Option("--stack", metavar="BYTES", help="Room for the frames of its functions, as in 4k."),
]


def check_arch(arch: str) -> None:
    """Raises :class:`UsageError` for an architecture that MicroPython has no native code for."""
    from wasmdev.board.board import ARCHITECTURES

    known = ARCHITECTURES[1:]
    if arch not in known:
        raise UsageError(f"--arch {arch}", f"use one of {', '.join(known)}")
