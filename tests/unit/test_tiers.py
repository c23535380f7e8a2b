"""Which functions native code would speed up."""

from __future__ import annotations

import pytest
import wasmc
from wasmdev.tiers import hot_functions

from tests.wat import wat

IMPORT = '(import "env" "f" (func $f))'


@pytest.mark.parametrize(
    ("text", "hot"),
    [
        ("(func)", set()),
        ("(func (loop (br 0)))", {0}),
        ("(func (block (br 0)) (if (i32.const 1) (then)))", set()),
        (f"{IMPORT} (func (loop (call $f) (br 0)))", set()),
        (f"{IMPORT} (func (loop (call $f) (loop (br 0)) (br 0)))", {1}),
        (f"{IMPORT} (func (loop (loop (call $f) (br 0)) (br 0)))", set()),
        (f"{IMPORT} (func (call $f)) (func (loop (br 0)))", {2}),
        ("(func (call 0))", {0}),
        ("(func (call 1)) (func (call 2)) (func (call 1)) (func (call 0))", {1, 2}),
        ("(func (call 1)) (func)", set()),
    ],
)  # fmt: skip
def test_hot_functions(text: str, hot: set[int]) -> None:
    module = wasmc.decode(wat(f"(module {text})"))
    wasmc.validate(module)
    assert hot_functions(module) == hot
