"""``wasmdev new``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  wasmdev new lamp
  wasmdev new projects/lamp --lang zig
"""


def new(
    folder: Annotated[Path, typer.Argument(help="Its folder, whose name is the module's.", metavar="NAME")],
    lang: Annotated[
        str, typer.Option("--lang", "-l", metavar="LANG", help="c, zig, rust, or as for AssemblyScript.")
    ] = "c",
) -> None:
    """Make a project that blinks an LED, to begin with.

    It has a source, the grants for it, a README and a .gitignore, and builds, flashes and runs as it is. What is
    there already is not touched.
    """
    from wasmdev import typed
    from wasmdev.console import say, stage
    from wasmdev.errors import UsageError
    from wasmdev.source import project

    if lang not in project.LANGUAGES:
        raise UsageError(f"--lang {lang}", f"use one of {', '.join(project.LANGUAGES)}")
    name = folder.resolve().name
    if not typed.is_name(name):
        like = typed.word(folder.parent / typed.name_like(name))
        raise UsageError(f"{name!r} can't be a module's name", f"{typed.NAMES}, as in: wasmdev new {like}")
    for path in project.make(folder, name, lang):
        stage("made", str(path))
    say("now:")
    commands = [f"cd {typed.word(folder)}", f"wasmdev build {name}.{project.LANGUAGES[lang]}",
                f"wasmdev flash {name}.wasm --port sim", f"wasmdev run {name} --port sim"]  # fmt: skip
    if lang in project.INSTALL:
        commands.insert(1, project.INSTALL[lang])
    for command in commands:
        say(f"  {command}")
