"""The front end in real MicroPython, with a board's heap: the same verdicts as on CPython."""

import subprocess
from pathlib import Path

import pytest

from tests.desk import micropython64, need_micropython32
from tests.mutants import mutants
from tests.samples import SAMPLES
from tests.verdict import verdict
from tests.wat import wat

FIRMWARE = Path(__file__).parents[2] / "firmware"
MUTANTS_EACH = 150

# Prints a line for each module of a file that holds them one after another, each behind its size.
ON_BOARD = """
import sys
sys.path.insert(0, sys.argv[1])
import wasmc
with open(sys.argv[2], "rb") as modules:
    while True:
        size = int.from_bytes(modules.read(4), "little")
        if not size:
            break
        try:
            wasmc.validate(wasmc.decode(modules.read(size)))
            print("valid")
        except wasmc.WasmError as error:
            print(error)
"""


@pytest.fixture(params=[64, 32])
def micropython(request: pytest.FixtureRequest) -> list[str]:
    return micropython64() if request.param == 64 else need_micropython32()


def on_board(micropython: list[str], binaries: list[bytes], folder: Path) -> list[str]:
    program = folder / "program.py"
    program.write_text(ON_BOARD)
    modules = folder / "modules"
    sized = [len(binary).to_bytes(4, "little") + binary for binary in [*binaries, b""]]
    modules.write_bytes(b"".join(sized))
    command = [*micropython, "-X", "heapsize=190k", str(program), str(FIRMWARE), str(modules)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", SAMPLES)
def test_same_verdicts(name: str, micropython: list[str], tmp_path: Path) -> None:
    binary = wat(SAMPLES[name])
    binaries = [binary, *(mutant for mutant in mutants(binary, name, MUTANTS_EACH) if mutant)]
    here = [verdict(each) for each in binaries]
    there = on_board(micropython, binaries, tmp_path)
    assert there == ["valid" if error is None else str(error) for error in here]
    assert here[0] is None
    assert sum(error is not None for error in here) > MUTANTS_EACH // 10
