"""Numbers of the runtime that take nothing of a board's heap: written where they are used, in whichever module.

MicroPython's compiler does that for a ``const`` within its module, but keeps one without an underscore before its
name for other modules to import: a name, a place in two dicts and a look-up for each use. Here the runtime is
seen as a whole. Lines stay where they are, so that a traceback tells the source's.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from wasmdev.errors import WasmdevError

Edit = tuple[ast.expr | ast.stmt, str]
"""A node of a source, and the text that takes its place."""

Modules = Mapping[str, "_Module"]
"""By the name that they are imported as, with slashes."""


def inlined(sources: Mapping[str, str]) -> dict[str, str]:
    """The same sources by path, without the names of their constants, and without those of which nothing is left.

    MicroPython takes a folder for a package without an ``__init__``.
    A constant is what a module defines by ``NAME = const(value)``, with no underscore before its name; others
    reach it by ``from .module import NAME`` or as ``module.NAME``. Raises :class:`WasmdevError` for one that is
    set anywhere else, or whose value takes more than the constants before it.
    """
    modules = {_name(path): _Module(path, text) for path, text in sources.items()}
    edited = {module.path: _edited(module.text, module.edits(modules)) for module in modules.values()}
    trees = {path: _parsed(text) for path, text in edited.items()}
    imported = {name for tree in trees.values() for name in _imported(tree)}
    empty = {path for path, tree in trees.items() if _does_nothing(tree) and _last(path) not in imported}
    return {path: text for path, text in edited.items() if path not in empty}


class _Module:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._tree = _parsed(text)
        self._definitions = [(node, *found) for node in self._tree.body if (found := _definition(node))]
        self.constants: dict[str, Any] = {}
        for node, target, value in self._definitions:
            try:
                found = eval(compile(ast.Expression(value), path, "eval"), {}, self.constants)
            except NameError as error:
                raise WasmdevError(f"{path}:{node.lineno}: {target.id} is no constant: {error}") from None
            self.constants[target.id] = found

    def edits(self, modules: Modules) -> list[Edit]:
        """What changes when the constants of all modules are known."""
        known = dict(self.constants)
        aliases: dict[str, _Module] = {}
        edits: list[Edit] = [(node, "pass") for node, _, _ in self._definitions]
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ImportFrom):
                edits += self._import(node, modules, known, aliases)
        return edits + list(self._uses(known, aliases))

    def _import(
        self, node: ast.ImportFrom, modules: Modules, known: dict[str, Any], aliases: dict[str, _Module]
    ) -> Iterator[Edit]:
        """Learn the constants and the modules that an import brings, and drop the former from it."""
        if node.module == "micropython" and [each.name for each in node.names] == ["const"]:
            yield node, "pass"  # the compiler knows the word without it
        if not node.level:
            return
        folder = self.path
        for _ in range(node.level):
            folder = posixpath.dirname(folder)
        source = posixpath.join(folder, *(node.module or "").split(".")).rstrip("/")
        constants = modules[source].constants if source in modules else {}
        kept = []
        for each in node.names:
            name = each.asname or each.name
            if each.name in constants:
                known[name] = constants[each.name]
                continue
            kept.append(ast.unparse(each))
            if f"{source}/{each.name}" in modules:
                aliases[name] = modules[f"{source}/{each.name}"]
        if len(kept) < len(node.names):
            yield node, f"from {'.' * node.level}{node.module or ''} import {', '.join(kept)}" if kept else "pass"

    def _uses(self, known: Mapping[str, Any], aliases: Mapping[str, _Module]) -> Iterator[Edit]:
        gone = {id(inner) for node, _, _ in self._definitions for inner in ast.walk(node)}
        for node in ast.walk(self._tree):
            match node:
                case ast.Name(id=name) if name in known and id(node) not in gone:
                    if not isinstance(node.ctx, ast.Load):
                        raise WasmdevError(f"{self.path}:{node.lineno}: {name} is a constant and can't be set")
                    yield node, _literal(known[name])
                case ast.Attribute(value=ast.Name(id=alias), attr=name) if alias in aliases:
                    if name in aliases[alias].constants:
                        yield node, _literal(aliases[alias].constants[name])


def _name(path: str) -> str:
    """What ``wasm/core.py`` and ``wasm/__init__.py`` are imported as, with slashes."""
    return path.removesuffix(".py").removesuffix("/__init__")


def _definition(node: ast.stmt) -> tuple[ast.Name, ast.expr] | None:
    """The name and the value of ``NAME = const(value)``, unless the name is for its module alone."""
    match node:
        case ast.Assign(targets=[ast.Name() as target], value=ast.Call(func=ast.Name(id="const"), args=[value])):
            return None if target.id.startswith("_") else (target, value)
    return None


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([ast.Return()], [])  # mpy-cross says what is wrong with it


def _does_nothing(tree: ast.Module) -> bool:
    return all(isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
               for node in tree.body)


def _imported(tree: ast.Module) -> Iterator[str]:
    """The last parts of the names of all that may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (node.module.rpartition(".")[2],) if node.module else ()
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name.rpartition(".")[2] for each in node.names)


def _last(path: str) -> str:
    """The last part of the name that a file is imported by; none for a package, which is a folder all the same."""
    return posixpath.basename(path).removesuffix(".py").replace("__init__", "")


def _literal(value: Any) -> str:
    """What has this value wherever a name can stand."""
    text = repr(value)
    return f"({text})" if text.startswith("-") else text


def _edited(text: str, edits: list[Edit]) -> str:
    """The text after edits that don't overlap; what stands behind one keeps its line."""
    source = text.encode()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(edit: Edit) -> tuple[int, int]:
        node = edit[0]
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    for edit in sorted(edits, key=place, reverse=True):
        start, end = place(edit)
        lines = source.count(b"\n", start, end)
        source = source[:start] + edit[1].encode() + b"\n" * lines + source[end:]
    return source.decode()
