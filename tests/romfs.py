"""An image that is mostly code, and a ROMFS with it."""

from __future__ import annotations

import wasmc
from mpremote.romfs import VfsRomWriter  # type: ignore[import-untyped]

from tests.wat import wat

LINES = 400
CODE = 8 * LINES  # bytes, at least

BULKY = wat(f"""(module (memory 1) (data (i32.const 0) "\\2a") (global $g (mut i32) (i32.const 1))
    (func (export "go") (result i32)
        {'(global.set $g (i32.add (i32.mul (global.get $g) (i32.const 3)) (i32.const 77777)))' * LINES}
        (i32.add (i32.load8_u (i32.const 0)) (global.get $g)))
    (func (export "trap") unreachable))""")
IMAGE = wasmc.compile(BULKY)


def rom() -> tuple[bytes, list[int]]:
    """A ROMFS with IMAGE in files ``0.img`` to ``3.img``, and how far behind a word each begins."""
    for padding in range(4):
        writer = VfsRomWriter()
        for i in range(4):
            writer.mkfile(f"{i}.img", IMAGE)
            writer.mkfile(f"{i}.txt", bytes(padding))
        made = bytes(writer.finalise())
        parts = made.split(IMAGE)
        starts = [len(IMAGE.join(parts[: i + 1])) % 4 for i in range(4)]
        if len(set(starts)) == 4:
            return made, starts
    raise AssertionError("files of no length move the next one by an odd number of bytes")
