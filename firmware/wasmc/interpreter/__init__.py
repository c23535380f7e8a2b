"""What image instructions mean in viper, and what is woven from it for a board. Runs on the host only."""

from .core import source

# Machine words of 64 bits, and words in memory that can be read at any address, by mpy-cross's names.
_WIDE = ("x64", "rv64imc")
_UNALIGNED = ("x86", "x64", "armv7m", "armv7em", "armv7emsp", "armv7emdp")


def is_wide(arch: str) -> bool:
    """Whether machine words have 64 bits."""
    return arch in _WIDE


def is_unaligned(arch: str) -> bool:
    """Whether words in memory can be read at any address."""
    return arch in _UNALIGNED


def has_inline_thumb(arch: str) -> bool:
    """Whether what can't be fast in viper is in Thumb code: no word can be read but where words begin."""
    return arch == "armv6m"


def sources(arch: str) -> dict[str, str]:
    """The modules of the board's half that are generated for an architecture: path -> Python source."""
    return {"wasm/core.py": source(64 if is_wide(arch) else 32, is_unaligned(arch), has_inline_thumb(arch))}
