"""Who may import whom: folders stand on those below them, and no two files import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = {
    "wasmdev": "host_tools/wasmdev",
    "wasmdev_sim": "boards/sim/wasmdev_sim",
    "wasmdev_pico": "boards/pico/wasmdev_pico",
    "wasmdev_qemu": "boards/qemu/wasmdev_qemu",
    "wasmc": "firmware/wasmc",
    "wasm": "firmware/wasm",
    "wasi": "device_lib/wasi",
    "": "boards/sim/device",
}
"""By the name that they are imported as: where they lie. The last is modules that are no package's."""

LAYERS = (
    "wasmdev.__main__",
    "wasmdev.cli",
    "wasmdev.commands",
    "wasmdev.source wasmdev.app wasmdev.firmware",
    "wasmdev.grants",
    "wasmdev.runtime",
    "wasmdev.board",
    "wasmdev_pico wasmdev_qemu",
    "wasmdev_sim",
    "wasmdev.module",
    "wasmdev",
    "wasmc",
    "wasmc.native",
    "wasmc.native.viper",
    "wasmc.native.analysis",
    "wasmc.lowering wasmc.interpreter",
    "wasmc.validation",
    "wasmc.image wasmc.binary",
    "wasmc.opcodes wasmc.error",
)
"""From the top to the ground: a file imports from its own folder and from those on lines below."""

ON_BOARDS = (
    "wasm",
    "wasi wasmc",
    "wasm.life wasm.errors",
)
"""The same of what runs on a board, where the engine loads the others when it needs them."""

_MODULES = {"wasm.core"}  # made as the runtime is built


@dataclass(frozen=True)
class Import:
    """One file that imports another, both by their names, and where it says so."""

    source: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.source} imports {self.target} in line {self.line}"


def modules() -> dict[str, Path]:
    """All files of the packages by the name that they are imported as."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = [package] if package else []
            parts += path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def targets(module: str, node: ast.AST) -> Iterator[str]:
    """What a statement or a call imports: of a package, what it takes from there."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
        yield from (each.value for each in node.args[:1] if isinstance(each, ast.Constant))
    elif isinstance(node, ast.Import):
        yield from (each.name for each in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *([node.module] if node.module else [])])
        for each in node.names:
            yield f"{base}.{each.name}" if f"{base}.{each.name}" in {*MODULES, *_MODULES} else base


def imports(module: str) -> list[Import]:
    """Of a file: what it imports of ours, at its beginning, later, or only for types."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        found += [Import(module, target, node.lineno) for target in targets(module, node)
                  if target in MODULES and target != module]
    return found


def rank(module: str, layers: tuple[str, ...]) -> tuple[int, str] | None:
    """The layer of a file and its folder there: that with the longest name that it begins with."""
    best = None
    for i, layer in enumerate(layers):
        for name in layer.split():
            if module == name or module.startswith(f"{name}."):
                best = max(best or (0, 0, ""), (len(name), i, name))
    return best and (best[1], best[2])


def upwards(found: list[Import], layers: tuple[str, ...]) -> list[str]:
    """The imports that lead upwards or sideways, in words."""
    wrong = []
    for one in found:
        here, there = rank(one.source, layers), rank(one.target, layers)
        if here and there and here[1] != there[1] and here[0] >= there[0]:
            wrong.append(f"{one}, but {there[1]} is {'beside' if here[0] == there[0] else 'above'} {here[1]}")
    return wrong


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Names that lead from one to the next and back to the first, if there are any."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for follower in sorted(edges.get(name, ())):
            if found := walk(follower, [*way, name]):
                return found
        done.add(name)
        return []

    return next(filter(None, (walk(name, []) for name in sorted(edges))), [])


@pytest.fixture(scope="module")
def everything() -> list[Import]:
    """Every import of every file."""
    return [one for module in MODULES for one in imports(module)]


@pytest.mark.parametrize("layers", [LAYERS, ON_BOARDS], ids=["host", "boards"])
def test_no_folder_imports_from_above(everything: list[Import], layers: tuple[str, ...]) -> None:
    assert not upwards(everything, layers)


def test_every_folder_of_the_host_has_its_layer() -> None:
    folders = {".".join(name.split(".")[:2]) for name in MODULES if name.startswith(("wasmdev.", "wasmc."))}
    packages = {name for name in folders if MODULES[name].name == "__init__.py"}
    assert packages <= {name for layer in LAYERS for name in layer.split()}


def test_no_files_import_each_other(everything: list[Import]) -> None:
    edges: dict[str, set[str]] = {}
    for one in everything:
        edges.setdefault(one.source, set()).add(one.target)
    assert not circle(edges)


def test_what_it_finds() -> None:
    assert len(MODULES) > 150
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert not circle({"a": {"b", "c"}, "b": {"c"}})
    beside = Import("wasmdev.app.apps", "wasmdev.firmware", 2)
    assert upwards([Import("wasmc.binary.reader", "wasmc.validation.rules", 1), beside], LAYERS) == [
        "wasmc.binary.reader imports wasmc.validation.rules in line 1, but wasmc.validation is above wasmc.binary",
        "wasmdev.app.apps imports wasmdev.firmware in line 2, but wasmdev.firmware is beside wasmdev.app",
    ]
    assert not upwards([Import("wasmdev.app.apps", "wasmc", 1)], LAYERS)
    late = {"wasmc": "wasmc.lowering.module", "wasmdev.board.ports": "wasmdev_sim", "_sim": "machine"}
    for source, target in late.items():
        assert target in {one.target for one in imports(source)}
