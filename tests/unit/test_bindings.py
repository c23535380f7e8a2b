"""The bindings for guests: four languages, the WIT and the board's own table declare the same functions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wasmdev.module import imports, modules
from wasmdev.source import building

from docs.generator import wit
from docs.generator.bindings import HEADERS, SOURCES, declared, errnos, meanings, public
from tests import compilers

OPERATIONS = [("i2c", "read"), ("i2c", "write"), ("spi", "read"), ("spi", "write"), ("spi", "transfer")]

BOARD = {(space, name): kind for space, names in imports.given().items() for name, kind in names.items()}

# What a function of the WIT has more parameters as an import than its types tell.
MORE = {"wasi_uart.read": 1}  # where how many came goes


@pytest.mark.parametrize("language", SOURCES)
def test_the_declarations_are_those_of_the_headers_and_of_the_table(language: str) -> None:
    functions = declared(language)
    assert functions == declared("c")
    assert {key: kind for key, (_, kind) in functions.items()} == {key: BOARD[key] for key in functions}
    everything = {key for key in BOARD if key[0] != imports.PREVIEW1}
    assert {key for key in functions if key[0] != imports.PREVIEW1} == everything


@pytest.mark.parametrize("language", SOURCES)
def test_authors_find_the_same_names(language: str) -> None:
    assert public(language) == public("c")
    assert errnos(language) == errnos("c")
    assert len(errnos(language)) == 10


def lowered(function: wit.Function) -> str:
    """The type that a function of the WIT has as an import, by what gpio.wit says of that."""
    count = bool(function.owner)
    for _, kind in function.parameters:
        count += 2 if kind == "string" or kind.startswith("list<") else 1
    result = re.sub(r"result<(.*), [\w-]+>", r"\1", function.result)
    # Bytes come into a buffer, whose size is the WIT's length or that of what is sent; those of a transaction are
    # in its operations. A text has a buffer, its size, and where its length goes.
    count += {"_": 0, "list<u8>": 1, "list<list<u8>>": 0, "string": 3}.get(result, 1)
    return "i" * count + ">i"


@pytest.mark.parametrize("interface", wit.interfaces().values(), ids=lambda interface: interface.name)
@pytest.mark.parametrize("language", SOURCES)
def test_the_wit_is_in_the_bindings_and_on_the_board(interface: wit.Interface, language: str) -> None:
    space = f"wasi_{interface.name}"
    described = {function.core: lowered(function) for function in interface.functions} | {"close": "i>i"}
    for name in described:
        more = MORE.get(f"{space}.{name}", 0)
        described[name] = "i" * more + described[name]
    assert set(described) == public(language)[space]
    assert described == {name: kind for (where, name), (_, kind) in declared(language).items() if where == space}
    assert described == imports.given()[space]


def test_everything_is_described() -> None:
    for interface in wit.interfaces().values():
        assert interface.docs
        for function in interface.functions:
            assert function.docs, f"{interface.name}.wit says nothing of {function.name}"
    for number, (name, said) in meanings().items():
        assert said or name == "success", f"errno.py says nothing of {name} ({number})"
    for name, number in errnos("c").items():
        assert meanings()[number][0] == name.lower()


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
    found = {}
    for index, (space, name, *_) in enumerate(module.imports):
        parameters, results = re.fullmatch(r"\((.*)\) -> (.*)", modules.signature(module, index)).groups()  # type: ignore[union-attr]
        kind = [[letters[word] for word in re.findall(r"\w+", words)] for words in (parameters, results)]
        found[space, name] = ">".join(map("".join, kind))
    assert found == {key: BOARD[key] for key in declared("c")}
