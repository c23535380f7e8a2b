"""Native code against wasm3: our half is right, and where wasm3 can't be had that is said."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import desk_wasm3
from tests.bench.measure import BenchError
from tests.bench.suite import load
from tests.spec.run import library

FIB = next(benchmark for benchmark in load() if benchmark.name == "fib")


def test_native_code_is_timed_and_its_result_checked(tmp_path: Path) -> None:
    library(tmp_path / "lib", "x64")
    assert desk_wasm3.native(FIB, FIB.cases["small"], 2, tmp_path) > 0
    wrong = replace(FIB.cases["small"], result=611)
    with pytest.raises(BenchError, match=r"fib\(15\) as native code gives 610, expected 611"):
        desk_wasm3.native(FIB, wrong, 1, tmp_path)


def test_without_wasm3_nothing_is_compared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "wasm3", None)
    assert desk_wasm3.main(["fib"]) == 0
    assert "pip install pywasm3, which needs a C compiler" in capsys.readouterr().out


def test_unknown_names_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        desk_wasm3.main(["nbody"])
    assert "no benchmark 'nbody'" in capsys.readouterr().err
