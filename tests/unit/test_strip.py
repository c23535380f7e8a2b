"""strip(): without custom sections, all else byte for byte."""

import pytest
import wasmc

from tests.samples import SAMPLES
from tests.wat import wat

CUSTOM = b"\x00\x06\x04note!"


def sections(binary: bytes) -> list[bytes]:
    return [binary[start:end] for _, start, end in wasmc.decode(binary).sections]


@pytest.mark.parametrize("name", SAMPLES)
def test_keeps_all_but_custom_sections(name: str) -> None:
    binary = wat(SAMPLES[name])
    kept = [section for section in sections(binary) if section[0] != 0]
    assert wasmc.strip(binary) == binary[:8] + b"".join(kept)


def test_drops_custom_sections_anywhere() -> None:
    plain = wasmc.strip(wat(SAMPLES["memory"]))
    dressed = plain[:8] + b"".join(CUSTOM + section for section in sections(plain)) + CUSTOM
    wasmc.decode(dressed)
    assert wasmc.strip(dressed) == plain


def test_looks_at_nothing_else() -> None:
    nonsense = b"\0asm\1\0\0\0\x0a\x02\xff\xff"
    assert wasmc.strip(nonsense) == nonsense


@pytest.mark.parametrize(
    ("binary", "message"),
    [
        (b"", "unexpected end"),
        (b"\0elf\1\0\0\0", "magic header not detected"),
        (b"\0asm\2\0\0\0", "unknown binary version"),
        (b"\0asm\1\0\0\0\x01\x09\x00", "length out of bounds"),
    ],
)
def test_sections_that_can_not_be_told_apart(binary: bytes, message: str) -> None:
    with pytest.raises(wasmc.WasmError, match=message):
        wasmc.strip(binary)
