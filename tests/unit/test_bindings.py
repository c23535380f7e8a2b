"""The bindings for guests: four languages, the WIT and the board's own table declare the same functions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from wasmdev import building, modules

from tests import compilers

DEVICE_LIB = Path(__file__).parents[2] / "device_lib"
GUEST = DEVICE_LIB / "guest"
PREVIEW1 = "wasi_snapshot_preview1"
HEADERS = sorted(path for path in GUEST.glob("wasi_*.h") if path.stem != "wasi_import")
SOURCES = {
    "c": "\n".join(path.read_text() for path in HEADERS),
    "rs": (GUEST / "wasmdev.rs").read_text(),
    "zig": (GUEST / "wasmdev.zig").read_text(),
    "ts": (GUEST / "wasmdev" / "index.ts").read_text(),
}
IMPORTS = {
    "c": r'WASI_IMPORT\("(\w+)", "(\w+)"\)\s+(?:_Noreturn )?(?P<result>\w+) \w+\((?P<parameters>[^)]*)\);',
    "rs": r"pub fn (?:r#)?(\w+)\((?P<parameters>[^)]*)\) -> (?P<result>[\w!]+);",
    "zig": r'extern "(\w+)" fn (\w+)\((?P<parameters>[^)]*)\) (?P<result>\w+);',
    "ts": r'@external\("(\w+)", "(\w+)"\)\s+declare function \w+\((?P<parameters>[^)]*)\): (?P<result>\w+);',
}
BLOCKS = {
    "rs": r"^pub mod (\w+) \{\n(.*?)^\}",
    "zig": r"^pub const (\w+) = struct \{\n(.*?)^\};",
    "ts": r"^export namespace (\w+) \{\n(.*?)^\}",
}
PUBLIC = {"rs": r"^    pub fn (\w+)", "zig": r"^    pub fn (\w+)", "ts": r"^  export function (\w+)"}
WIDE = ("u64", "uint64_t")
NOTHING = ("void", "noreturn", "!")

OPERATIONS = [("i2c", "read"), ("i2c", "write"), ("spi", "read"), ("spi", "write"), ("spi", "transfer")]

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
        for match in re.finditer(IMPORTS[language], text):
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
        letters += "I" if kind.strip() in WIDE else "i"
    return names, f"{letters}>{'' if result in NOTHING else 'i'}"


def public(language: str) -> dict[str, set[str]]:
    """The functions for a guest's author, by interface."""
    if language != "c":
        blocks = re.findall(BLOCKS[language], SOURCES[language], re.MULTILINE | re.DOTALL)
        return {space: set(re.findall(PUBLIC[language], text, re.MULTILINE)) for space, text in blocks}
    found = {}
    for header in HEADERS:
        names = re.findall(r"^(?:static inline |_Noreturn )?\w+ (wasi_\w+)\(", header.read_text(), re.MULTILINE)
        found[header.stem] = {name.removeprefix(f"{header.stem}_").removeprefix("wasi_") for name in names}
    return found


def table() -> dict[tuple[str, str], str]:
    """The types that the board's table gives to imports."""
    found = {}
    for path in (DEVICE_LIB / "wasi").glob("*.py"):
        own = path.stem in ("adc", "gpio", "i2c", "pwm", "sensor", "spi", "uart")
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "TYPES":
                for name, kind in ast.literal_eval(node.value).items():
                    found[f"wasi_{path.stem}" if own else PREVIEW1, name] = kind
    return found


def errnos(language: str) -> dict[str, int]:
    pattern = {
        "c": r"WASI_(\w+) = (\d+), +/\*",
        "rs": r"const (\w+): Errno = Errno\((\d+)\)",
        "zig": r"\.\{ (\d+), error\.(\w+) \}",
        "ts": r"const (\w+): Errno = (\d+)",
    }[language]
    text = (GUEST / "wasi_import.h").read_text() if language == "c" else SOURCES[language]
    pairs = [pair[::-1] if language == "zig" else pair for pair in re.findall(pattern, text)]
    return {name.upper(): int(number) for name, number in pairs if name != "SUCCESS"}


@pytest.mark.parametrize("language", SOURCES)
def test_the_declarations_are_those_of_the_headers_and_of_the_table(language: str) -> None:
    functions = declared(language)
    assert functions == declared("c")
    board = table()
    assert {key: kind for key, (_, kind) in functions.items()} == {key: board[key] for key in functions}
    everything = {key for key in board if key[0] != PREVIEW1}
    assert {key for key in functions if key[0] != PREVIEW1} == everything


@pytest.mark.parametrize("language", SOURCES)
def test_authors_find_the_same_names(language: str) -> None:
    assert public(language) == public("c")
    assert errnos(language) == errnos("c")
    assert len(errnos(language)) == 10


@pytest.mark.parametrize("wit", sorted((DEVICE_LIB / "wit").glob("*.wit")), ids=lambda path: path.stem)
def test_the_wit_has_the_same_names(wit: Path) -> None:
    names = re.findall(r"^ +([\w-]+): func\(", wit.read_text(), re.MULTILINE)
    assert {name.replace("-", "_") for name in names} | {"close"} == public("c")[f"wasi_{wit.stem}"]


def everything(language: str) -> str:
    """A source that uses all functions, so that none is left out of the module."""
    functions = [(space, name) for space, names in public(language).items() for name in sorted(names)]
    if language == "c":
        includes = "".join(f'#include "{header.name}"\n' for header in HEADERS)
        used = ", ".join(
            f"(void *){space}_{name}" if f"{space}_{name}(" in SOURCES["c"] else f"(void *)wasi_{name}"
            for space, name in functions
        )
        return f"{includes}void *all[] = {{{used}}};\n" \
               '__attribute__((export_name("f"))) void **f(void) { return all; }'  # fmt: skip
    if language == "rs":
        used = ",\n".join(f"wasmdev::{space}::{name} as usize" for space, name in functions)
        return f'#[no_mangle] pub extern "C" fn f() -> usize {{ [{used}][0] }}' \
               f"#[no_mangle] pub static mut ALL: fn() -> [usize; {len(functions)}] = || [{used}];"  # fmt: skip
    if language == "ts":
        spaces = ", ".join(dict.fromkeys(space for space, _ in functions))
        used = " +\n    ".join(f"{space}.{name}.index" for space, name in functions)
        buffers = {"read": "b", "write": "b", "transfer": "b, b"}
        for bus, name in OPERATIONS:
            used += f" +\n    <u32>new wasi_{bus}.Operations().{name}({buffers[name]}).count"
        return f'import {{ {spaces} }} from "wasmdev";\n' \
               "export function f(): usize {\n  const b = new ArrayBuffer(1);\n" \
               f"  return {used};\n}}"  # fmt: skip
    functions += [(f"wasi_{bus}", f"Operation.{name}") for bus, name in OPERATIONS]
    used = "".join(f"    keep(&wasmdev.{space}.{name});\n" for space, name in functions)
    return 'const wasmdev = @import("wasmdev");\n' \
           "var all: ?*const anyopaque = null;\n" \
           "fn keep(one: *const anyopaque) void { @as(*volatile ?*const anyopaque, &all).* = one; }\n" \
           f"export fn f() void {{\n{used}}}\n"  # fmt: skip


@pytest.mark.parametrize("language", SOURCES)
def test_a_module_that_uses_all_imports_what_the_board_has(language: str, tmp_path: Path) -> None:
    path = tmp_path / f"all.{language}"
    path.write_text(everything(language))
    compilers.require(path)
    flags = ["--exportTable"] if language == "ts" else []
    module = modules.check(path, building.build(path, flags, wasi=False).read_bytes())
    letters = {"i32": "i", "i64": "I"}
    imports = {}
    for index, (space, name, *_) in enumerate(module.imports):
        parameters, results = re.fullmatch(r"\((.*)\) -> (.*)", modules.signature(module, index)).groups()  # type: ignore[union-attr]
        kind = [[letters[word] for word in re.findall(r"\w+", words)] for words in (parameters, results)]
        imports[space, name] = ">".join(map("".join, kind))
    board = table()
    assert imports == {key: board[key] for key in declared("c")}
