"""Whatever the bytes, the front end says what is wrong with them, and it is of wasmtime's opinion."""

import pytest
import wasmc
import wasmtime

from tests.mutants import mutants
from tests.samples import SAMPLES
from tests.verdict import verdict
from tests.wat import wat

MUTANTS_EACH = 2500


@pytest.fixture(scope="module")
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    for feature in ("simd", "relaxed_simd", "multi_memory", "memory64", "threads", "exceptions", "gc"):
        setattr(config, "wasm_" + feature, False)
    config.wasm_function_references = False
    config.wasm_tail_call = True
    config.wasm_custom_page_sizes = True
    return wasmtime.Engine(config)


def wasmtime_rejects(engine: wasmtime.Engine, binary: bytes) -> str:
    try:
        wasmtime.Module.validate(engine, binary)
    except wasmtime.WasmtimeError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", SAMPLES)
def test_mutants(name: str, engine: wasmtime.Engine) -> None:
    binary = wat(SAMPLES[name])
    accepted = 0
    for mutant in mutants(binary, name, MUTANTS_EACH):
        ours = verdict(mutant)
        theirs = wasmtime_rejects(engine, mutant)
        assert bool(ours) == bool(theirs), f"ours: {ours}, wasmtime's: {theirs}, module: {mutant.hex()}"
        if ours:
            assert ours.kind in ("malformed", "invalid")
            assert 0 <= ours.offset <= len(mutant)
            assert "\n" not in str(ours)
        else:
            accepted += 1
            assert wasmc.compile(mutant)[:4] == b"WIMG"
    assert 0.01 * MUTANTS_EACH < accepted < 0.9 * MUTANTS_EACH
