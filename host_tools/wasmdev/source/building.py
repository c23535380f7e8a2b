"""From a source to a module that was checked, with each stage shown."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from wasmdev.console import Waiting, count, stage, warn
from wasmdev.errors import UsageError
from wasmdev.module import imports, modules, names
from wasmdev.source import toolchains


def build(source: Path, arguments: Sequence[str] = (), output: Path | None = None, wasi: bool | None = None,
          stack: int = 0, pages: int = 1, keep_names: bool = False) -> Path:
    """Build a module as :class:`toolchains.Plan` has it; its path. ``wasi`` None: if there is a ``main``.

    Raises :class:`WasmdevError` where a compiler lacks or fails, or what it made is no module for a board.
    """
    target = output or source.with_suffix(".wasm")
    if target == source or not target.parent.is_dir():
        raise UsageError(f"can't write {target}", "give the path of the module with -o, in a folder that is there")
    has_main = toolchains.is_program(source)
    plan = toolchains.Plan(source, target, has_main if wasi is None else wasi, stack, pages, keep_names, arguments)
    waiting = Waiting("compiles", toolchains.slow_at_first(plan))
    try:
        toolchains.run(plan, lambda command: stage("runs", shlex.join(command)), waiting)
    finally:
        waiting.over()
    binary = modules.read(target)
    module = modules.check(target, binary)
    stage("validated", f"{count(len(module.bodies), 'function')}, {modules.memory(module)}")
    if keep_names:
        binary = names.kept(binary, module)
        target.write_bytes(binary)
    if modules.does_nothing(module):
        warn(f"it exports no function, so nothing of it can be called; {toolchains.language(source).export}")
    if absent := imports.missing(module):
        what, hint = imports.describe(absent)
        warn(f"it imports {what}" + (f"; {hint}" if hint else ""))
    stage("built", f"{target}, {count(len(binary), 'byte')}")
    return target
