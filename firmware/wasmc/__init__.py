"""The compile half of the engine: from the bytes of a module to an image, on CPython and MicroPython.

    bytes --decode--> Module --validate--> Module --lower--> image
"""

from .binary.decode import decode
from .binary.module import Module
from .binary.strip import strip
from .error import WasmError
from .validation.module import validate

__all__ = ["WasmError", "compile", "decode", "lower", "strip", "validate"]


def lower(module: Module) -> bytes:
    """The image (bytes) of a module that is valid."""
    from .lowering.module import lower as lower_module

    return lower_module(module)


def compile(data: bytes) -> bytes:
    """Decode, validate and lower a binary; the image (bytes). Raises :class:`WasmError`."""
    module = decode(data)
    validate(module)
    return lower(module)
