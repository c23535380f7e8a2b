"""The parts of pages that are made: what stands between ``<!-- made: NAME -->`` and ``<!-- made -->``.

A page is its own template: what is between is replaced, the rest is prose and stays.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from wasmdev import folders
from wasmdev.module import imports, modules
from wasmdev.source import toolchains

from docs.generator import bindings, wit
from docs.generator.preview1 import DOES

DOCS = Path(__file__).resolve().parents[1]
EXAMPLES = DOCS / "interfaces" / "examples"
INDEX = DOCS / "interfaces.md"
PAGES = [INDEX, *(DOCS / "interfaces" / f"{name}.md" for name in (*wit.interfaces(), "preview1"))]

BADF, FAULT, IO = 8, 21, 29
OPENING = (10, 33, 43, 76)
CLOSE = "Gives it back: the handle is none from then on."

_MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- made -->)", re.DOTALL)
_FOLDED = "<details><summary>{}</summary>\n\n{}\n\n</details>"
_WIDTH = 96  # of a line of a block
OWN_OF_PREVIEW1 = ("wasi_file", "wasi_time", "wasi_process")
_SHORT = {"c": "C", "zig": "Zig", "rs": "Rust", "ts": "AS"}
_BETWEEN = {"zig": ".", "rs": "::", "ts": "."}


def made(page: Path, text: str) -> str:
    """A page's text with all that is made in it as it has to be now."""
    return _MADE.sub(lambda match: f"{match[1]}{PARTS[match[2]](page).strip()}\n{match[3]}", text)


def errnos(interface: str, function: wit.Function) -> dict[int, str]:
    """All that a function answers with beside 0, and why where that isn't the same for all."""
    found = dict.fromkeys(OPENING, "") if function.opens else dict(function.errnos)
    space = f"wasi_{interface}"
    if function.owner or function.core == "close":
        found[BADF] = ""
    if "*" in bindings.signatures("c", space)[function.core]:
        found[FAULT] = ""
    return dict(sorted(found.items()))


def functions(interface: wit.Interface) -> list[wit.Function]:
    """Those of a core module in the order of a page: what opens comes first, then each once, ``close`` last."""
    once: dict[str, wit.Function] = {}
    for function in sorted(interface.functions, key=lambda each: not each.opens):
        once.setdefault(function.core, function)
    fails = {} if interface.name == "i2c" else {IO: "the hardware failed; it is given back all the same"}
    close = wit.Function("close", "", [], "", CLOSE, fails, "dropping it")
    return [*once.values(), close]


def _contents(page: Path) -> str:
    return "Functions: " + ", ".join(f"[{name}](#{name})" for name in _names(page))


def _names(page: Path) -> list[str]:
    if page.stem in wit.interfaces():
        return [function.core for function in functions(wit.interfaces()[page.stem])]
    return [name for space in OWN_OF_PREVIEW1 for name in bindings.signatures("c", space)]


def _functions(page: Path) -> str:
    if page.stem not in wit.interfaces():
        return "\n".join(_of_preview1(space, name) for space in OWN_OF_PREVIEW1
                         for name in bindings.signatures("c", space))
    return "\n".join(_function(page.stem, each) for each in functions(wit.interfaces()[page.stem]))


def _function(interface: str, function: wit.Function) -> str:
    space = f"wasi_{interface}"
    owner = f"{function.owner}." if function.owner else ""
    lines = [f"WIT   {owner}{function.text}", *_called(space, function.core)]
    lines.append(f"wasm  {space}.{function.core} {_core(space, function.core)}")
    told = errnos(interface, function)
    plain = ", ".join(str(number) for number, why in told.items() if not why)
    reasons = [f"{number}: {why}" for number, why in told.items() if why]
    return _entry(function.core, function.docs, lines, "; ".join([plain] * bool(plain) + reasons))


def _of_preview1(space: str, name: str) -> str:
    lines = _called(space, name)
    if name in DOES:
        lines.append(f"wasm  {imports.PREVIEW1}.{name} {_core(imports.PREVIEW1, name)}")
    docs = bindings.docs(space)[name]
    return _entry(name, docs if name in DOES else f"{docs} It is a `poll_oneoff`.", lines, "")


def _entry(name: str, docs: str, lines: list[str], answers: str) -> str:
    block = "\n".join(lines)
    ends = f"\nErrno {answers}.\n" if answers else ""
    return f"### {name}\n\n{docs}\n\n```text\n{block}\n```\n{ends}"


def _called(space: str, name: str) -> list[str]:
    """A function as each language has it."""
    lines = []
    for language, short in _SHORT.items():
        text = bindings.signatures(language, space)[name]
        if language != "c":
            text = re.sub(r"^(?:fn|function) ", f"{space}{_BETWEEN[language]}", text)
        parts = re.sub(r"(?<!,) ", "\0", text)  # a line ends between two parameters
        lines.append(f"{short:6}{_wrapped(parts, chr(10) + ' ' * 10)}".replace("\0", " "))
    return lines


def _wrapped(line: str, between: str) -> str:
    return between.join(textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False))


def _core(space: str, name: str) -> str:
    return modules.type_words(imports.given()[space][name])


def _types(page: Path) -> str:
    spaces = [f"wasi_{page.stem}"] if page.stem in wit.interfaces() else list(OWN_OF_PREVIEW1)
    parts = []
    for language in bindings.LANGUAGES:
        found = [text for space in spaces for text in bindings.types(language, space)]
        if found:
            parts.append(f"{bindings.LANGUAGES[language]}:\n\n{_fenced(language, _joined(found))}")
    return "\n\n".join(parts)


def _joined(found: list[str]) -> str:
    """Types one below the other, apart where they take more than a line."""
    text = found[0]
    for last, each in itertools.pairwise(found):
        text += ("\n\n" if "\n" in last + each else "\n") + each
    return text


def _fenced(language: str, text: str) -> str:
    name = {"rs": "rust", "ts": "ts"}.get(language, language)
    return f"```{name}\n{text}\n```"


def _example(page: Path) -> str:
    name = "words" if page == INDEX else page.stem
    first, *more = ((each, (EXAMPLES / f"{name}.{each}").read_text().strip()) for each in bindings.LANGUAGES)
    folded = [_FOLDED.format(f"The same in {bindings.LANGUAGES[each]}", _fenced(each, text))
              for each, text in more]
    return "\n\n".join([_fenced(*first), *folded])


def _grants(page: Path) -> str:
    return f"```toml\n{(EXAMPLES / f'{page.stem}.toml').read_text().strip()}\n```"


def _interfaces(page: Path) -> str:
    rows = ["| import module | what it is for | a grant that opens it |", "|---|---|---|"]
    for name, interface in wit.interfaces().items():
        what = interface.docs.split(", as import module")[0].split(": the part")[0]
        grant = _first_grant(name)
        rows.append(f"| [`wasi_{name}`](interfaces/{name}.md) | {what[0].lower() + what[1:]} | `{grant}` |")
    what = "files, the console, clocks, sleep, arguments, random numbers"
    grant = f"`{_first_grant('preview1')}` for files; the rest needs none"
    rows.append(f"| [`{imports.PREVIEW1}`](interfaces/preview1.md) | {what} | {grant} |")
    return "\n".join(rows)


def _first_grant(name: str) -> str:
    lines = (EXAMPLES / f"{name}.toml").read_text().splitlines()
    return lines[1].partition(" #")[0].strip()


def _errnos(page: Path) -> str:
    """Those that have names for authors, and on the page of preview 1 the others."""
    named = {number: name for name, number in bindings.errnos("c").items()}
    known = bindings.meanings()
    if page != INDEX:
        rows = ["| errno | | what it means |", "|---|---|---|"]
        rows += [f"| {number} | `{name}` | {said} |" for number, (name, said) in known.items()
                 if said and number not in named]
        return "\n".join(rows)
    rows = ["| errno | what it means | C | Zig | Rust | AssemblyScript |", "|---|---|---|---|---|---|"]
    for number, name in named.items():
        names = [f"`WASI_{name}`", f"`error.{name.capitalize()}`", f"`Errno::{name}`", f"`{name}`"]
        rows.append(f"| {number} | {known[number][1]} | {' | '.join(names)} |")
    return "\n".join(rows)


def _commands(page: Path) -> str:
    """What ``wasmdev build`` calls for a module, and for a program on its language's standard library."""
    found = {
        "_zig": lambda: ["zig"],
        "_asc": lambda source: "asc",
        "_shim": lambda source, asc: "SHIM/asconfig.json",
        "rust": lambda wasi: ("rustc", "wasm32-wasip1" if wasi else "wasm32-unknown-unknown"),
    }
    parts = []
    with mock.patch.multiple(toolchains, **found):
        for ending, name in bindings.LANGUAGES.items():
            lines = []
            for wasi in (False, True):
                plan = toolchains.Plan(Path(f"app.{ending}"), Path("app.wasm"), wasi)
                command = toolchains.LANGUAGES[f".{ending}"].commands(plan)[-1]
                line = " ".join(command).replace(str(folders.cache() / "guest"), "CACHE")
                line = line.replace(str(toolchains.GUEST), "GUEST")
                lines.append(_wrapped(line, " \\\n    "))
            block = "\n\n".join(lines)
            parts.append(f"{name}, without a standard library, and with it:\n\n```text\n{block}\n```")
    return "\n\n".join(parts)


def _preview1(page: Path) -> str:
    rows = ["| function | type | on a board |", "|---|---|---|"]
    for name, does in sorted(DOES.items()):
        rows.append(f"| `{name}` | `{_core(imports.PREVIEW1, name)}` | {does} |")
    return "\n".join(rows)


PARTS: dict[str, Callable[[Path], str]] = {
    "contents": _contents,
    "functions": _functions,
    "types": _types,
    "example": _example,
    "grants": _grants,
    "interfaces": _interfaces,
    "errnos": _errnos,
    "commands": _commands,
    "preview1": _preview1,
}
"""What makes each part, for a page."""
