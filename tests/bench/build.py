"""Build the benchmarks' .wasm files from their sources, byte for byte as they are checked in.

    python -m tests.bench.build [NAME ...]

Without names it builds all. Needs ziglang: pip install ziglang==0.17.1 (others may give other bytes).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.suite import GUESTS, load

PAGE = 65536
C = (
    "cc -target wasm32-freestanding -mcpu=mvp -Os -nostdlib -Wl,--no-entry -Wl,-s -Wl,-z,stack-size=4096 "
    f"-Wl,--initial-memory={PAGE} -Wl,--max-memory={PAGE}"
).split()
ZIG = (
    "build-exe -target wasm32-freestanding -mcpu=mvp -OReleaseSmall -fno-entry -rdynamic -fstrip --stack 4096 "
    f"--initial-memory={PAGE} --max-memory={PAGE}"
).split()


def command(name: str, output: Path) -> list[str]:
    """The compiler's command line for a benchmark."""
    zig = [sys.executable, "-m", "ziglang"]
    source = GUESTS / f"{name}.zig"
    if source.exists():
        return [*zig, *ZIG, str(source), f"-femit-bin={output}"]
    return [*zig, *C, "-o", str(output), str(GUESTS / f"{name}.c"), str(GUESTS / "memops.c")]


def main() -> int:
    known = [benchmark.name for benchmark in load()]
    names = sys.argv[1:] or known
    for name in names:
        if name not in known:
            print(f"no benchmark {name!r}, there are: {', '.join(known)}", file=sys.stderr)
            return 2
        output = GUESTS / f"{name}.wasm"
        subprocess.run(command(name, output), check=True)
        output.chmod(0o644)
    return 0


if __name__ == "__main__":
    sys.exit(main())
