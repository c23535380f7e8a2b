"""Build the examples' .wasm files from their sources, byte for byte as they are checked in.

    python examples/build.py [NAME ...]

Without names it builds all. Needs ziglang: pip install ziglang==0.17.1 (others give other bytes).
"""

from __future__ import annotations

import sys
from pathlib import Path

from wasmdev import building

HERE = Path(__file__).resolve().parent

ZIG = "0.17.1"  # the version that the checked-in files are from

EXAMPLES = ("blink", "thermometer", "hello", "weather")


def build(name: str, output: Path) -> None:
    """Build one example. Raises WasmdevError when the compiler fails."""
    building.build(HERE / name / f"{name}.c", ("-std=c11", "-Werror"), output)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in EXAMPLES]
    if unknown:
        print(f"no example {unknown[0]!r}, there are: {', '.join(EXAMPLES)}", file=sys.stderr)
        return 2
    for name in names or EXAMPLES:
        build(name, HERE / name / f"{name}.wasm")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
