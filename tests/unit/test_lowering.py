"""Modules that lowering has to say no to, and ones at the edge of what an instruction can name."""

import pytest
import wasmc

from tests.wat import wat


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(module %s)" % ("(global i32 (i32.const 0))" * 32768), "32768 globals"),
        ('(module (func (export "%s")))' % ("n" * 65536), "65536 bytes in a name"),
        ("(module (func %s))" % ("(local %s)" % ("i64 " * 30001)), "function with too many locals"),
    ],
    ids=["globals", "name", "locals"],
)
def test_limits_are_errors(text: str, said: str) -> None:
    module = wasmc.decode(wat(text))
    wasmc.validate(module)
    with pytest.raises(wasmc.WasmError, match=said) as error:
        wasmc.lower(module)
    assert error.value.kind == "unsupported"
    assert error.value.expected


def test_an_image_tells_its_module() -> None:
    import hashlib

    binary = wat("(module)")
    image = wasmc.compile(binary)
    assert image[:4] == b"WIMG"
    assert image[8:16] == hashlib.sha256(binary).digest()[:8]
