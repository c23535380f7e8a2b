"""Build the examples' .wasm files from their sources, byte for byte as they are checked in.

    python examples/build.py [NAME ...]

Without names it builds all. Needs ziglang: pip install ziglang==0.17.1 (others give other bytes).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GUEST = HERE.parent / "device_lib" / "guest"

ZIG = "0.17.1"  # the version that the checked-in files are from

# What every module of one page takes: no names, 4 KiB of stack, the instructions of the first WebAssembly.
COMMON = ["-mcpu=mvp", "-Os", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wl,-s", "-Wl,-z,stack-size=4096"]
PAGE = ["-Wl,--initial-memory=65536"]
FREESTANDING = ["-target", "wasm32-freestanding", "-nostdlib", "-Wl,--no-entry", *COMMON, *PAGE]
LIBC = ["-target", "wasm32-wasi", *COMMON, *PAGE]

EXAMPLES = {"blink": FREESTANDING, "thermometer": LIBC, "hello": LIBC, "weather": FREESTANDING}


def command(name: str, output: Path) -> list[str]:
    """The compiler's command line for an example."""
    source = HERE / name / f"{name}.c"
    flags = [*EXAMPLES[name], f"-I{GUEST}", "-o", str(output)]
    return [sys.executable, "-m", "ziglang", "cc", *flags, str(source)]


def build(name: str, output: Path) -> None:
    """Build one example. Raises CalledProcessError when the compiler fails."""
    subprocess.run(command(name, output), check=True)
    output.chmod(0o644)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in EXAMPLES]
    if unknown:
        print(f"no example {unknown[0]!r}, there are: {', '.join(EXAMPLES)}", file=sys.stderr)
        return 2
    for name in names or EXAMPLES:
        output = HERE / name / f"{name}.wasm"
        build(name, output)
        print(f"{output.relative_to(HERE.parent)}: {output.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
