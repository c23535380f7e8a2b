"""Random modules come to the same in real MicroPython as in wasmtime.

The environment variable ``WASM_SMITH`` says how many; a few hundred where it isn't set.
"""

import os

import pytest

from tests.unit.smith import Oracle, Record, generate, records

MODULES = int(os.environ.get("WASM_SMITH", "300"))
CHUNK = 50


def in_order(record: Record) -> Record:
    """The record with its exports by name: a dict of MicroPython has no order."""
    return sorted(record, key=lambda part: str(part[0]))


@pytest.mark.parametrize("first", range(0, MODULES, CHUNK))
def test_smith(first: int) -> None:
    seeds = range(first, min(first + CHUNK, MODULES))
    modules = [generate(seed) for seed in seeds]
    oracles = [Oracle(binary, seed) for binary, seed in zip(modules, seeds, strict=True)]
    theirs = [oracle.record() for oracle in oracles]
    calls = [oracle.calls for oracle in oracles]
    differing = []
    for bits in (64, 32):
        for seed, ours, right in zip(seeds, records(bits, modules, calls), theirs, strict=True):
            if in_order(ours) != in_order(right):
                parts = zip(in_order(ours), in_order(right), strict=False)
                differing.append((bits, seed, [pair for pair in parts if pair[0] != pair[1]][:3]))
    assert not differing
