"""``wasmdev validate`` on what may be on a disk: one line for each file, with the byte and what belongs there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wasmdev.cli import main

from tests.mutants import mutants

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.wasm"))
MUTANTS = 10_000
PLACE = r"at offset 0x([0-9a-f]+)(?: in function [0-9]+(?: \(.*\))?)?"
REJECTED = re.compile(rf"error: \S+: (?:malformed|invalid) module: .+ {PLACE}, expected .+")
BEYOND = re.compile(rf"error: \S+: it needs .+, which this engine doesn't have: .+ {PLACE}(?:; leave it out .+)?")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_mutants_of_the_examples(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for i, mutant in enumerate(mutants(example.read_bytes(), example.stem, MUTANTS // len(EXAMPLES) + 1)):
        files.append(tmp_path / f"{i}.wasm")
        files[-1].write_bytes(mutant)
    with pytest.raises(SystemExit) as end:
        main(["validate", *map(str, files)])
    assert end.value.code == 1
    out, err = capsys.readouterr()
    rejected = err.splitlines()
    assert len(out.splitlines()) + len(rejected) == len(files)
    assert len(rejected) > len(files) / 2
    for line in rejected:
        match = REJECTED.fullmatch(line) or BEYOND.fullmatch(line)
        assert match, line
        assert int(match[1], 16) <= example.stat().st_size + 4
    assert sum(map(bool, map(REJECTED.fullmatch, rejected))) > len(rejected) / 2
