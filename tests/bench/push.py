"""How long 20 KB take to a board, by wasmdev and by ``mpremote cp``, in one run.

    python -m tests.bench.push [--port pico]

On the emulated Pico in seconds of the board; on sim in real ones, mpremote's start included.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from wasmdev.board.files import Files
from wasmdev.board.link import Link
from wasmdev.board.ports import EMULATORS

SIZE = 20_000  # bytes
LIMIT = 600  # seconds for mpremote, on a slow machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", choices=tuple(EMULATORS), default="pico")
    port = parser.parse_args().port
    data = random.Random(1).randbytes(SIZE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WASMDEV_SIM"] = os.environ["WASMDEV_PICO"] = folder
        source = Path(folder, "source")
        source.write_bytes(data)
        with EMULATORS[port]() as board:

            def seconds() -> float:
                return board.time_us / 1e6 if port == "pico" else time.monotonic()

            with Link(board.port, patience=10) as link:
                files = Files(link)
                began = seconds()
                files.write("/wasmdev-20k", data)
                ours = seconds() - began
            mpremote = [sys.executable, "-m", "mpremote", "connect", board.port, "resume"]
            began = seconds()
            copy = [*mpremote, "cp", str(source), ":mpremote-20k"]
            subprocess.run(copy, check=True, stdout=subprocess.DEVNULL, timeout=LIMIT)
            theirs = seconds() - began
            with Link(board.port, patience=10) as link:
                assert Files(link).has("/wasmdev-20k", data)
                assert Files(link).has("/mpremote-20k", data)
    print(f"{SIZE:,} bytes to {port}: wasmdev {ours:.2f} s, with a hash check; mpremote cp {theirs:.2f} s")
    print(f"ratio {theirs / ours:.1f}x")


if __name__ == "__main__":
    main()
