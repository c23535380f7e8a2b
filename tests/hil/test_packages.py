"""Modules from npm on the emulated Pico: its own heap, memory in the shape that is chosen by default."""

from __future__ import annotations

import pytest

from tests.hil.conftest import FIRMWARE
from tests.sampling import of_the_day
from tests.thirdparty import fetch, pico
from tests.thirdparty.cases import CASES

# Written in C, Rust, AssemblyScript and by hand; of 1, 2, 10, 17 and 258 pages; images of 1 to 93 KB.
SAMPLE = (
    "hash-wasm@4.13.0:md5",
    "hash-wasm@4.13.0:crc64",
    "siphash24@1.3.1:siphash24",
    "@chainsafe/as-sha256@1.2.5:wasmCode",
    "farmhash-modern@1.1.0:farmhash_modern_bg",
    "base64-encoding@0.14.3:base64",
    "xterm-wasm-parts@0.4.1:QoiDecoder",
    "hysnappy@1.1.1:uncompress",
    "xz-decompress@0.2.3:xz-decompress",
    "es-module-lexer@3.0.5:lexer",
    "undici@8.12.4:llhttp-wasm",
    "uxn.wasm@0.9.0:uxn",
)


def failures(cases, folder):
    """Why those failed that did; the test is skipped where packages can't be had."""
    try:
        results = [*pico.run(cases, folder / "flash.bin", FIRMWARE / "pico-wasm.uf2")]
    except fetch.Missing as why:
        pytest.skip(f"no packages: {why}")
    return {str(result.case): result.why for result in results if result.why}


@pytest.mark.ports("pico")
def test_a_sample_of_modules(port, tmp_path, request):
    """All of them with ``--soak``, else a few of them each day."""
    cases = [case for case in CASES if str(case) in SAMPLE]
    assert len(cases) == len(SAMPLE)
    if not request.config.getoption("--soak"):
        cases = [cases[i] for i in of_the_day(len(cases), 3)]
    assert failures(cases, tmp_path) == {}


@pytest.mark.soak
@pytest.mark.ports("pico")
def test_all_modules_from_packages(port, tmp_path):
    """Those that don't fit end with MemoryError, and the next runs."""
    failed = failures(CASES, tmp_path)
    assert failed.keys() == {str(case) for case in CASES if not case.fits}
    assert all("MemoryError" in why for why in failed.values())
