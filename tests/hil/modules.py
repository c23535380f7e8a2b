"""Modules that tell which of them they are, for what happens when one takes the place of another."""

from __future__ import annotations

import random

import wasmc
from wasmdev.app import apps
from wasmdev.grants.settings import Settings

from tests.wat import wat

PADDING = "".join(f"\\{byte:02x}" for byte in random.Random(1).randbytes(4000))


def versioned(value: int, name: str = "cut") -> apps.App:
    """An app of some 4 KB whose ``version`` gives ``value``."""
    binary = wat(f'''(module (func (export "version") (result i32) (i32.const {value})) (data "{PADDING}"))''')
    return apps.App(name, wasmc.strip(binary), wasmc.compile(binary), Settings())
