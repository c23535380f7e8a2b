"""What the bindings of ``device_lib/guest`` declare and give to authors, and boards' errnos: read from sources.

The languages are told by the ending of their sources: ``c``, ``zig``, ``rs``, ``ts``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

DEVICE_LIB = Path(__file__).resolve().parents[2] / "device_lib"
GUEST = DEVICE_LIB / "guest"
LANGUAGES = {"c": "C", "zig": "Zig", "rs": "Rust", "ts": "AssemblyScript"}
HEADERS = sorted(path for path in GUEST.glob("wasi_*.h") if path.stem != "wasi_import")
SOURCES = {
    "c": "\n".join(path.read_text() for path in HEADERS),
    "zig": (GUEST / "wasmdev.zig").read_text(),
    "rs": (GUEST / "wasmdev.rs").read_text(),
    "ts": (GUEST / "wasmdev" / "index.ts").read_text(),
}

_IMPORTS = {
    "c": r'WASI_IMPORT\("(\w+)", "(\w+)"\)\s+(?:_Noreturn )?(?P<result>\w+) \w+\((?P<parameters>[^)]*)\);',
    "rs": r"pub fn (?:r#)?(\w+)\((?P<parameters>[^)]*)\) -> (?P<result>[\w!]+);",
    "zig": r'extern "(\w+)" fn (\w+)\((?P<parameters>[^)]*)\) (?P<result>\w+);',
    "ts": r'@external\("(\w+)", "(\w+)"\)\s+declare function \w+\((?P<parameters>[^)]*)\): (?P<result>\w+);',
}
_BLOCKS = {
    "rs": r"^pub mod (\w+) \{\n(.*?)^\}",
    "zig": r"^pub const (\w+) = struct \{\n(.*?)^\};",
    "ts": r"^export namespace (\w+) \{\n(.*?)^\}",
}
_PUBLIC = {
    "c": r"^((?:static inline |_Noreturn )?\w+ (wasi_\w+)\([^)]*\))",
    "rs": r"^    (pub fn (\w+)[^{]*?) \{",
    "zig": r"^    (pub fn (\w+)[^{]*?) \{",
    "ts": r"^  export (function (\w+)[^{]*?) \{",
}
_DOCS = r"((?:^    /// .*\n)+)    pub fn (\w+)"
_TYPES = {
    "c": (r"^(?:typedef (?:struct|enum)|enum) \{", ""),
    "rs": (r"^    (?:pub (?:struct|enum)|impl)[^;{]* \{", "    "),
    "zig": (r"^    pub const \w+ = (?:extern )?(?:struct|enum)[^{]* \{", "    "),
    "ts": (r"^  export (?:class|enum) \w+ \{", "  "),
}
_WIDE = ("u64", "uint64_t")
_NOTHING = ("void", "noreturn", "!")

Functions = dict[tuple[str, str], tuple[list[str], str]]
"""By module and name: the parameters' names, and the type as the board's table writes it."""


def declared(language: str) -> Functions:
    """What the sources of a language declare as imports."""
    if language == "rs":
        parts = re.findall(r'wasm_import_module = "(\w+)"\)\]\s+(.*?\n        \})', SOURCES["rs"], re.DOTALL)
    else:
        parts = [("", SOURCES[language])]
    found: Functions = {}
    for space, text in parts:
        for match in re.finditer(_IMPORTS[language], text):
            key = (space, match[1]) if language == "rs" else (match[1], match[2])
            found[key] = _type(match["parameters"], match["result"], language)
    return found


def _type(parameters: str, result: str, language: str) -> tuple[list[str], str]:
    names = []
    letters = ""
    for parameter in filter(None, (text.strip() for text in parameters.split(","))):
        if language == "c":
            kind, name = re.fullmatch(r"(.*?[ *])(\w+)", parameter).groups()  # type: ignore[union-attr]
        else:
            name, kind = (text.strip() for text in parameter.split(":"))
        names.append(name.removeprefix("r#").lstrip("_"))
        letters += "I" if kind.strip() in _WIDE else "i"
    return names, f"{letters}>{'' if result in _NOTHING else 'i'}"


@cache
def spaces(language: str) -> dict[str, str]:
    """The source of each interface, by the name that authors know it by."""
    if language == "c":
        return {header.stem: header.read_text() for header in HEADERS}
    return dict(re.findall(_BLOCKS[language], SOURCES[language], re.MULTILINE | re.DOTALL))


def signatures(language: str, space: str) -> dict[str, str]:
    """The functions of an interface for authors, by name, as the language declares them; each is one line."""
    found = {}
    for text, name in re.findall(_PUBLIC[language], spaces(language)[space], re.MULTILINE):
        line = re.sub(r"\s+", " ", text).replace("( ", "(").replace(", )", ")")
        found[name.removeprefix(f"{space}_").removeprefix("wasi_")] = re.sub(r"^static inline |^pub ", "", line)
    return found


def public(language: str) -> dict[str, set[str]]:
    """The functions for authors, by interface."""
    return {space: set(signatures(language, space)) for space in spaces(language)}


def docs(space: str) -> dict[str, str]:
    """What Zig's bindings say of an interface's functions."""
    found = re.findall(_DOCS, spaces("zig")[space], re.MULTILINE)
    return {name: " ".join(line.strip()[4:] for line in text.splitlines()) for text, name in found}


def types(language: str, space: str) -> list[str]:
    """The types of an interface for authors: their fields, cases and methods, without comments and insides."""
    begins, indent = _TYPES[language]
    lines = spaces(language)[space].splitlines()
    found = []
    for number, line in enumerate(lines):
        if not re.match(begins, line):
            continue
        end = number
        while not re.match(rf"{indent}\}}", lines[end]) and not ("}" in lines[end] and end == number):
            end += 1
        kept = _outside(lines[number : end + 1], indent)
        if len(kept) != 2:  # Rust's structs of private fields are told by what their impl has
            found.append("\n".join(kept))
    return found


def _outside(lines: list[str], indent: str) -> list[str]:
    """A type's lines without what is of no use to who has it: bodies of methods, comments, private parts."""
    kept = []
    hidden = ""
    for line in lines:
        text = line.removeprefix(indent)
        if hidden:
            hidden = "" if text == hidden else hidden
            continue
        bare = text.strip()
        if not bare or bare.startswith(("//", "/*", "#[")):
            continue
        depth = len(text) - len(text.lstrip())
        body = depth and text.endswith("{")
        if body:
            hidden = " " * depth + "}"
            text = text[:-2] + ";"
        of_class = depth and lines[0].strip().startswith(("export class", "pub struct Operation"))
        if of_class and (bare.startswith("private") or not (body or bare.startswith("pub "))):
            continue
        kept.append(text)
    return kept


def errnos(language: str) -> dict[str, int]:
    """The errnos that have a name, by that in capitals."""
    pattern = {
        "c": r"WASI_(\w+) = (\d+), +/\*",
        "rs": r"const (\w+): Errno = Errno\((\d+)\)",
        "zig": r"\.\{ (\d+), error\.(\w+) \}",
        "ts": r"const (\w+): Errno = (\d+)",
    }[language]
    text = (GUEST / "wasi_import.h").read_text() if language == "c" else SOURCES[language]
    pairs = [pair[::-1] if language == "zig" else pair for pair in re.findall(pattern, text)]
    return {name.upper(): int(number) for name, number in pairs if name != "SUCCESS"}


def meanings() -> dict[int, tuple[str, str]]:
    """Name and meaning of every errno that boards answer with."""
    text = (DEVICE_LIB / "wasi" / "errno.py").read_text()
    found = re.findall(r"^(\w+) = const\((\d+)\)(?:  # (.*))?$", text, re.MULTILINE)
    return {int(number): (name.lower(), said) for name, number, said in found}
