"""Puts the description of each board into the wheel, as data of wasmdev: what stands beside them is packages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BoardDescriptions(BuildHookInterface):
    """Hatch's hook: called once a build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for path in Path(self.root, "boards").glob("*.toml"):
            build_data["force_include"][str(path)] = f"wasmdev/_data/boards/{path.name}"
