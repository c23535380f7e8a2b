"""What to type: file names as a shell takes them, and what a path that is no module was meant for."""

from __future__ import annotations

import re
import shlex
from difflib import get_close_matches
from pathlib import Path

_MOST_NAME = 31
_NAME = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_.-]{{0,{_MOST_NAME - 1}}}")
TEMPORARY = "_run"  # the name on a board of a module that is there for one run
NAMES = f"up to {_MOST_NAME} letters, digits, _ . - that begin with no . or - and end in no .wasm or .img"
SOURCES = (".c", ".cpp", ".cc", ".zig", ".rs", ".ts")  # endings of what wasmdev build takes
_PATHS = (".wasm", ".img")  # what wasm.load takes for a path


def word(text: str | Path) -> str:
    """A word of a command line, quoted where a shell would read it otherwise."""
    text = str(text)
    if not text.isprintable():
        escaped = "".join(c if c.isprintable() and c not in "\\'" else _escape(c) for c in text)
        return f"$'{escaped}'"
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def is_name(name: str) -> bool:
    """Whether a module can have that name on a board."""
    return bool(_NAME.fullmatch(name)) and not name.endswith(_PATHS) and name != TEMPORARY


def name_like(text: str) -> str:
    """A name that a module can have, like a text that is none."""
    while text.endswith(_PATHS):
        text = text.rpartition(".")[0]
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text).lstrip(".-_")[:_MOST_NAME] or "app"


def flash(path: Path) -> str:
    """The command that puts a module's file on a board."""
    name = "" if is_name(path.stem) else f" --name {name_like(path.stem)}"
    return f"wasmdev flash {word(path)}{name}"


def instead(path: Path) -> str:
    """What to do in place of reading a module from a path where there is none: for a hint."""
    folder = path if path.is_dir() else path.parent
    modules = {file.name: file for file in sorted(folder.glob("*.wasm"))}
    stems = [file.stem for file in modules.values()]
    sources = [file for file in sorted(folder.glob("*")) if file.suffix in SOURCES]
    if path.is_dir():
        near = list(modules.values()) or sources
    elif f"{path.name}.wasm" in modules:
        near = [modules[f"{path.name}.wasm"]]
    else:
        near = [file for file in sources if file.stem in (path.name, path.stem)]
        near = near or [modules[f"{stem}.wasm"] for stem in get_close_matches(path.stem, stems, 1)]
    if len(near) != 1:
        return "give the path of a .wasm file"
    if near[0].suffix in SOURCES:
        return f"build it first: wasmdev build {word(near[0])}"
    return f"give {word(near[0])}"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\{character}" if character in "\\'" else f"\\x{code:02x}" if code < 128 else f"\\u{code:04x}"
