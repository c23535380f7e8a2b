"""Build the examples' .wasm files from their sources, byte for byte as they are checked in.

    python examples/build.py [NAME ...]

Without names it builds all. Other versions of the compilers than those below give other bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from wasmdev.source import building

HERE = Path(__file__).resolve().parent

# Of ziglang (twice), rustc and assemblyscript, by the ending of a source.
VERSIONS = {"c": "0.17.1", "zig": "0.17.1", "rs": "1.63.0", "ts": "0.28.20"}
FLAGS = {"c": ("-std=c11", "-Werror"), "rs": ("-Dwarnings",)}


def source(name: str, folder: Path = HERE) -> Path:
    """The source of an example."""
    return next(path for path in (folder / name).glob(f"{name}.*") if path.suffix[1:] in VERSIONS)


def build(path: Path, output: Path) -> None:
    """Build an example's source. Raises WasmdevError when the compiler fails."""
    building.build(path, FLAGS.get(path.suffix[1:], ()), output)


def main(names: list[str]) -> int:
    known = sorted(path.parent.name for path in HERE.glob("*/README.md"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no example {unknown[0]!r}, there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        build(source(name), HERE / name / f"{name}.wasm")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
