"""Ways out of linear memory that native code once had: a number of the guest's that a stale one stood in for.

What is right here is what wasmtime gives; the board must live, and its own memory be as it was.
"""

from __future__ import annotations

import wasmtime

from tests.wat import wat

END = 65280  # where they store to, so that a byte more would be beyond the end

MODULE = wat(f"""(module (memory (export "memory") 1 1)
  (data (i32.const 0) "\\07\\00\\ff\\10")
  (func (export "byte") (param $p i32) (param $v i32) (result i32) (local $i i32)
    (local.set $i (local.get $p))
    (local.set $i (i32.load8_u (local.get $i)))
    (i32.store8 offset={END} (local.get $i) (local.get $v))
    (local.get $i))
  (func (export "half") (param $p i32) (param $v i32) (result i32) (local $i i32)
    (local.set $i (local.get $p))
    (local.set $i (i32.and (i32.load16_u (local.get $i)) (i32.const 254)))
    (i32.store16 offset={END} (local.get $i) (local.get $v))
    (local.get $i))
  (func (export "bit") (param $p i32) (param $v i32) (result i32) (local $i i32)
    (local.set $i (i32.and (local.get $p) (i32.const 7)))
    (local.set $i (i32.rotl (i32.const 1) (local.get $i)))
    (i32.store8 offset={END} (local.get $i) (local.get $v))
    (local.get $i))
  (func (export "sum") (param $p i32) (param $v i32) (result i32) (local $i i32)
    (local.set $i (i32.and (local.get $p) (i32.const 127)))
    (local.set $i (i32.add (local.get $i) (local.get $i)))
    (i32.store8 offset={END} (local.get $i) (local.get $v))
    (i32.load8_u offset={END} (local.get $i)))
  (func (export "high") (param $p i32) (param $v i32) (result i32) (local $i i64)
    (local.set $i (i64.extend_i32_u (local.get $p)))
    (local.set $i (i64.shl (local.get $i) (i64.const 32)))
    (i32.store8 offset={END} (i32.and (i32.wrap_i64 (local.get $i)) (i32.const 255)) (local.get $v))
    (i32.wrap_i64 (local.get $i)))
  (func (export "quotient") (param $p i32) (param $v i32) (result i32)
    (local.set $p (i32.or (i32.mul (local.get $p) (i32.const 3)) (i32.const 1)))
    (i32.store8 offset={END} (i32.and (local.get $p) (i32.const 255)) (local.get $v))
    (i32.div_u (local.get $p) (local.get $p))))""")

NAMES = ("byte", "half", "bit", "sum", "high", "quotient")
PLACES = (0, 1, 2, 3, 300, 4096, 60000, 65279, 65534, 65535, 65536, 100000, 0x3FFFFFFF, -1)

# On a board: what each call gives, and at last a sum over memory.
SCRIPT = f"""
def ways_out(app):
    found = []
    for name in {NAMES!r}:
        for place in {PLACES!r}:
            try:
                found.append(app[name](place, 5 + len(found)))
            except Exception as error:
                found.append(getattr(error, "kind", "MemoryError"))
    total = 0
    for at in range(0, 65536, 256):
        for byte in app.memory.read(at, 256):
            total = (total * 31 + byte) & 0xFFFFFF
    return found + [total]
"""


def right() -> list[int | str]:
    """The same of wasmtime."""
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, MODULE), []).exports(store)
    found: list[int | str] = []
    for name in NAMES:
        for place in PLACES:
            try:
                found.append(exports[name](store, place, 5 + len(found)))
            except wasmtime.Trap:
                found.append("out of bounds memory access")
    total = 0
    for byte in exports["memory"].read(store, 0, 65536):
        total = (total * 31 + byte) & 0xFFFFFF
    return [*found, total]
