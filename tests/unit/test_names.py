"""Names of functions, for traps."""

from __future__ import annotations

import wasmc
from wasmdev.module import names

from tests.wat import wat

MODULE = """(module
  (import "env" "log" (func))
  (func $inner)
  (func (export "out"))
  (func $both (export "visible")))"""


def test_the_name_section_wins_over_exports_and_imports():
    binary = wat(MODULE)
    assert names.function_names(binary, wasmc.decode(binary)) == {0: "env.log", 1: "inner", 2: "out", 3: "both"}


def test_a_malformed_name_section_is_no_error():
    binary = wat(MODULE)
    start = wasmc.decode(binary).customs[-1][1]
    for end in range(start, len(binary)):
        size = end - start + 5
        cut = binary[: start - 6] + bytes((size,)) + binary[start - 5 : end]
        found = names.function_names(cut, wasmc.decode(cut))
        assert found[2] == "out"


def test_names_are_kept_by_hash(monkeypatch, tmp_path):
    monkeypatch.setenv("WASMDEV_DATA", str(tmp_path))
    names.keep("abc", {3: "f"})
    assert names.recall("abc") == {3: "f"}
    assert names.recall("other") == {}
    (tmp_path / "names/abc.json").write_text("{")
    assert names.recall("abc") == {}
