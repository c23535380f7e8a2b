"""The command ``wasmdev``: its subcommands are in ``wasmdev.commands``, one a module."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from typing import Annotated, TextIO

import typer

from wasmdev import __version__
from wasmdev.commands import (
    build,
    call,
    devices,
    export,
    firmware,
    flash,
    info,
    inspect,
    install,
    logs,
    ls,
    new,
    pico,
    ps,
    qemu,
    resume,
    rm,
    run,
    sim,
    start,
    stop,
    strip,
    validate,
)
from wasmdev.errors import WasmdevError

_COMMANDS = (
    new, build, flash, run, resume, call, start, stop, ps, logs, ls, rm, info, install, export, devices, firmware,
    validate, inspect, strip, sim, pico, qemu,
)  # fmt: skip
_INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended,
_HUNG_UP = 141  # and one whose output nobody reads any more

_EXAMPLES = """\b
Examples:
  wasmdev build blink.c                  compile a module
  wasmdev flash blink.wasm --port sim    put a module on the simulated board
  wasmdev run blink --port sim           run it there
  wasmdev validate blink.wasm            check it without any board
"""


def application(markup: bool) -> typer.Typer:
    """The command line; ``markup`` for a terminal, without it for a pipe."""
    app = typer.Typer(
        rich_markup_mode="rich" if markup else None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=_EXAMPLES,
    )
    app.callback(invoke_without_command=True)(_wasmdev)
    for module in _COMMANDS:
        name = module.__name__.rpartition(".")[2]
        command = getattr(module, name)
        app.command(name, help=_unwrapped(command.__doc__), epilog=module.EXAMPLES)(command)
    return app


def _unwrapped(text: str) -> str:
    """Paragraphs as one line each, for a terminal of any width."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0, 1 for a module or board that fails, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    with contextlib.ExitStack() as stack:
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # it is closed
                setattr(sys, name, stack.enter_context(open(os.devnull, "w")))
        sys.exit(_run(given))


def _run(arguments: list[str]) -> int:
    try:
        code = application(sys.stdout.isatty())(arguments, prog_name="wasmdev", standalone_mode=False) or 0
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        return _hung_up(sys.stdout, sys.stderr)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # which Typer took it for
            return _hung_up(sys.stdout, sys.stderr)
        raise
    except WasmdevError as error:
        return _fail(str(error), error.exit_code)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _fault(error)
        _hung_up(sys.stdout)
        return _fail(f"can't write {error.filename or 'the output'}: no space is left")
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except Exception as error:
        if usage := getattr(error, "format_message", None):  # Typer's and Click's have it
            message = " ".join(usage().split())
            return _fail(f"{message[:1].lower()}{message[1:].rstrip('.')}; see {_command(error)} --help", 2)
        return _fault(error)


def _fault(error: Exception) -> int:
    if os.environ.get("WASMDEV_DEBUG"):
        raise error
    fault = "a fault of wasmdev; set WASMDEV_DEBUG=1 to see where"
    return _fail(f"{type(error).__name__}: {' '.join(str(error).split())}, {fault}")


def _fail(message: str, code: int = 1) -> int:
    from wasmdev import console

    console.fail(message)
    return code


def _hung_up(*streams: TextIO) -> int:
    """Let what is still to be written to streams at the end go nowhere."""
    with contextlib.suppress(OSError), open(os.devnull, "w") as nowhere:
        for stream in streams:
            os.dup2(nowhere.fileno(), stream.fileno())
    return _HUNG_UP


def _command(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "wasmdev"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wasmdev {__version__}")
        raise typer.Exit


def _wasmdev(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """WebAssembly on MicroPython boards: from a module to a pin with one command."""
