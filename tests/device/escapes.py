"""What hostile modules try, each the body of a function in WebAssembly's text: it returns an errno, or it traps.

``PRELUDE`` has the imports and a memory; strings lie from 1024 on. An attempt is its name, its code, the result that
is right, and which function counts it as denied, if one does.
"""
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

_W = "wasi_snapshot_preview1"
PRELUDE = f"""
(import "{_W}" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
(import "{_W}" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
(import "{_W}" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
(import "{_W}" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
(import "{_W}" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
(import "{_W}" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
(import "{_W}" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
(import "{_W}" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "{_W}" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
(import "{_W}" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
(import "{_W}" "fd_close" (func $fd_close (param i32) (result i32)))
(import "{_W}" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
(import "{_W}" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
(import "{_W}" "fd_fdstat_set_rights" (func $set_rights (param i32 i64 i64) (result i32)))
(import "{_W}" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
(import "{_W}" "fd_filestat_set_size" (func $set_size (param i32 i64) (result i32)))
(import "{_W}" "fd_prestat_dir_name" (func $dir_name (param i32 i32 i32) (result i32)))
(import "{_W}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
(import "{_W}" "random_get" (func $random (param i32 i32) (result i32)))
(import "{_W}" "args_get" (func $args_get (param i32 i32) (result i32)))
(import "{_W}" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
(import "wasi_gpio" "get_digital_out" (func $open_out (param i32 i32 i32) (result i32)))
(import "wasi_gpio" "get_digital_in" (func $open_in (param i32 i32 i32) (result i32)))
(import "wasi_gpio" "set_active" (func $set_active (param i32) (result i32)))
(import "wasi_gpio" "read" (func $read (param i32 i32) (result i32)))
(import "wasi_gpio" "watch" (func $watch (param i32 i32) (result i32)))
(import "wasi_gpio" "close" (func $close (param i32) (result i32)))
(import "wasi_gpio" "delay_us" (func $delay (param i32) (result i32)))
(import "wasi_i2c" "open" (func $i2c_open (param i32 i32 i32) (result i32)))
(import "wasi_i2c" "write" (func $i2c_write (param i32 i32 i32 i32) (result i32)))
(import "wasi_i2c" "transaction" (func $i2c_list (param i32 i32 i32 i32) (result i32)))
(import "env" "again" (func $again (result i32)))
(memory (export "memory") 1 2)
(table 1 2 funcref)
"""

_READ = 0x02
_WRITE = 0x42


@dataclass(frozen=True)
class Attempt:
    """``right`` is an errno, or the kind of a trap."""

    name: str
    code: str
    right: int | str
    denied: str = ""
    data: bytes = b""


def _open(path: bytes, how: int = 0, rights: int = _READ, folder: str = "(i32.const 3)") -> str:
    return (
        f"(call $path_open {folder} (i32.const 1) (i32.const 1024) (i32.const {len(path)}) (i32.const {how})"
        f" (i64.const {rights}) (i64.const -1) (i32.const 0) (i32.const 64))"
    )


def _paths() -> list[Attempt]:
    found = []
    for path in (
        "../secret", "/secret", "inner/../../secret", "./../secret", "inner/./../.././secret", "..", "/", "//secret",
        "inner/../..", "../data/../secret", "../../../../../etc/passwd", "/etc/passwd", "/wasmdev/victim.json",
        "../wasmdev/victim.json", "/lib/wasm.py", "inner/../inner/../../lib/wasm.py", "/data/../secret", "/data/mine",
        "outward", "outward/secret", "inner/../outward/secret", "file-outward",
    ):  # fmt: skip
        text = path.encode()
        found.append(Attempt(f"read {path}", _open(text), 76, f"{_W}.path_open", text))
    for path in ("../mine", "/mine", "inner/../../mine", "outward/mine", "/wasmdev/mine.json", "../lib/wasm.py"):
        text = path.encode()
        found.append(Attempt(f"create {path}", _open(text, 9, _WRITE), 76, f"{_W}.path_open", text))
    for path, right in (("inner\0/../../secret", 28), ("", 44), ("none/../../secret", 44), ("x" * 300, 37)):
        found.append(Attempt(f"read {path[:20]!r}", _open(path.encode()), right, data=path.encode()))
    found.append(Attempt("read no UTF-8", _open(b"\xff\xfe/.."), 28, data=b"\xff\xfe/.."))
    at, to = "(i32.const 3) (i32.const 1024) (i32.const 9)", "(i32.const 3) (i32.const 1040) (i32.const 4)"
    both = b"../secret".ljust(16) + b"mine"
    for name, code in (
        ("unlink", f"(call $unlink {at})"),
        ("mkdir", f"(call $mkdir {at})"),
        ("rmdir", f"(call $rmdir {at})"),
        ("rename", f"(call $rename {at} {to})"),
        ("rename", f"(call $rename {to} {at})"),
        ("filestat_get", "(call $stat (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 9) (i32.const 64))"),
        ("symlink", f"(call $symlink (i32.const 1024) (i32.const 9) {at})"),
        ("link", f"(call $link (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 9) {to})"),
    ):
        function = {"unlink": "unlink_file", "mkdir": "create_directory", "rmdir": "remove_directory"}.get(name, name)
        right, counted = (44, "") if code == f"(call $rename {to} {at})" else (76, f"{_W}.path_{function}")
        found.append(Attempt(f"{name} outside", code, right, counted, both))
    return found


def _all_handles(call: str, right: int) -> str:
    """Tries handles from -600 to 599: the first result that isn't right, or the right one."""
    return f"""(local $h i32) (local $e i32) (local.set $h (i32.const -600))
      (loop $next (local.set $e {call}) (if (i32.ne (local.get $e) (i32.const {right})) (then (return (local.get $e))))
        (local.set $h (i32.add (local.get $h) (i32.const 1)))
        (br_if $next (i32.lt_s (local.get $h) (i32.const 600))))
      (local.get $e)"""


def _handles() -> list[Attempt]:
    h = "(local.get $h)"
    return [
        Attempt("guess a pin to drive", _all_handles(f"(call $set_active {h})", 8), 8),
        Attempt("guess a pin to read", _all_handles(f"(call $read {h} (i32.const 64))", 8), 8),
        Attempt("guess a pin to watch", _all_handles(f"(call $watch {h} (i32.const 3))", 8), 8),
        Attempt("guess a pin to close", _all_handles(f"(call $close {h})", 8), 8),
        Attempt("guess a bus", _all_handles(f"(call $i2c_write {h} (i32.const 80) (i32.const 0) (i32.const 1))", 8), 8),
        Attempt("a folder as a file", "(call $fd_write (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 64))", 8),
        Attempt("the console as a folder", _open(b"x", 1, _WRITE, "(i32.const 1)"), 54, data=b"x"),
        Attempt("write to the input", "(call $fd_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64))", 76,
                f"{_W}.fd_write"),
        Attempt("a folder that was closed", "(drop (call $fd_close (i32.const 3)))" + _open(b"x", 1, _WRITE), 8,
                data=b"x"),
        Attempt("rights that a folder lacks", "(call $set_rights (i32.const 3) (i64.const -1) (i64.const -1))", 76,
                f"{_W}.fd_fdstat_set_rights"),
        Attempt("a folder under another number", "(drop (call $renumber (i32.const 3) (i32.const 1)))"
                + _open(b"../secret", 0, _READ, "(i32.const 1)"), 76, f"{_W}.path_open", b"../secret"),
        Attempt("the console, closed, as a new handle", "(drop (call $fd_close (i32.const 0)))"
                "(drop (call $open_out (i32.const 1024) (i32.const 4) (i32.const 64))) (call $set_active (i32.const 0))",
                8, data=b"mine"),
        Attempt("a pin that another module has", "(call $open_out (i32.const 1024) (i32.const 6) (i32.const 64))", 10,
                data=b"theirs"),
        Attempt("a file that another module writes", _open(b"held", 0, _WRITE), 10, data=b"held"),
        Attempt("unlink what another module has open",
                "(call $unlink (i32.const 3) (i32.const 1024) (i32.const 4))", 10, data=b"held"),
        Attempt("an address that isn't listed", "(drop (call $i2c_open (i32.const 1024) (i32.const 3) (i32.const 64)))"
                "(call $i2c_write (i32.load (i32.const 64)) (i32.const 81) (i32.const 0) (i32.const 1))", 76,
                "wasi_i2c.write", b"bus"),
        Attempt("an address beyond a byte", "(drop (call $i2c_open (i32.const 1024) (i32.const 3) (i32.const 64)))"
                "(call $i2c_write (i32.load (i32.const 64)) (i32.const 336) (i32.const 0) (i32.const 1))", 76,
                "wasi_i2c.write", b"bus"),
    ]  # fmt: skip


def _labels() -> list[Attempt]:
    found = []
    for label in (b"led", b"LED", b"mine\0", b"", b"\xff", b"x" * 65, b"button", b"25"):
        code = f"(call $open_out (i32.const 1024) (i32.const {len(label)}) (i32.const 64))"
        found.append(Attempt(f"drive {label[:8]!r}", code, 76, "wasi_gpio.get_digital_out", label))
    code = "(call $open_in (i32.const 1024) (i32.const 4) (i32.const 64))"
    found.append(Attempt("watch a pin that another module watches", code, 10, data=b"door"))
    found.append(Attempt("watch an output", code, 76, "wasi_gpio.get_digital_in", b"mine"))
    code = "(drop (call $open_out (i32.const 1024) (i32.const 4) (i32.const 64)))"
    code += "(call $watch (i32.load (i32.const 64)) (i32.const 3))"
    found.append(Attempt("watch what it only drives", code, 76, "wasi_gpio.watch", b"mine"))
    return found


def _pointers() -> list[Attempt]:
    wraps = "(i32.store (i32.const 0) (i32.const -8)) (i32.store (i32.const 4) (i32.const 16))"
    write = "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64))"
    return [
        Attempt("a buffer that wraps", wraps + write, 21),
        Attempt("a buffer of 4 GB", "(i32.store (i32.const 4) (i32.const -1))" + write, 21),
        Attempt("vectors that wrap", "(call $fd_write (i32.const 1) (i32.const -8) (i32.const 2) (i32.const 64))", 21),
        Attempt("2^29 vectors", "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 0x20000000) (i32.const 64))",
                21),
        Attempt("a result that wraps", "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const -2))", 21),
        Attempt("random bytes over the end", "(call $random (i32.const 0) (i32.const 0x10001))", 21),
        Attempt("random bytes that wrap", "(call $random (i32.const -16) (i32.const 32))", 21),
        Attempt("arguments over the end", "(call $args_get (i32.const 0xffff) (i32.const 0))", 21),
        Attempt("a path that wraps", "(call $unlink (i32.const 3) (i32.const -4) (i32.const 8))", 21),
        Attempt("entries over the end",
                "(call $readdir (i32.const 3) (i32.const 0xfff0) (i32.const 32) (i64.const 0) (i32.const 64))", 21),
        Attempt("a name over the end", "(call $dir_name (i32.const 3) (i32.const 0xfffe) (i32.const 99))", 21),
        Attempt("2^26 subscriptions", "(call $poll (i32.const 0) (i32.const 0) (i32.const 0x4000000) (i32.const 64))",
                21),
        Attempt("a time over the end", "(call $clock (i32.const 1) (i64.const 0) (i32.const 0xfffc))", 21),
        Attempt("operations that point outside", "(drop (call $i2c_open (i32.const 1024) (i32.const 3) (i32.const 64)))"
                "(i32.store (i32.const 4) (i32.const 0xfff8)) (i32.store (i32.const 8) (i32.const 64))"
                "(call $i2c_list (i32.load (i32.const 64)) (i32.const 80) (i32.const 0) (i32.const 1))", 21,
                data=b"bus"),
        Attempt("a load beyond memory", "(i32.load (i32.const 0x10000))", "out of bounds memory access"),
        Attempt("a load that wraps", "(i32.load offset=0xffffffff (i32.const 4))", "out of bounds memory access"),
        Attempt("a function that isn't there", "(call_indirect (result i32) (i32.const 0x7fffffff))",
                "undefined element"),
    ]  # fmt: skip


def _exhaustion() -> list[Attempt]:
    mine = _open(b"mine", 1, _WRITE | 1 << 8 | 1 << 22)  # also fd_allocate, fd_filestat_set_size
    return [
        Attempt("all handles", f"(local $e i32) (loop $next (local.set $e {_open(b'.', 2)})"
                " (br_if $next (i32.eqz (local.get $e)))) (local.get $e)", 33, data=b"."),
        Attempt("all memory", "(loop $next (br_if $next (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0))))"
                " (i32.const 48)", 48),
        Attempt("the stack", "(call $self)", "call stack exhausted"),
        Attempt("the fuel", "(loop $next (br $next)) (i32.const 0)", "all fuel consumed"),
        Attempt("the fuel, with calls out", "(loop $next (drop (call $delay (i32.const 0))) (br $next)) (i32.const 0)",
                "all fuel consumed"),
        Attempt("the flash, at once", f"(drop {mine}) (call $allocate (i32.load (i32.const 64)) (i64.const 0)"
                " (i64.const 0x3fffffff))", 51, data=b"mine"),
        Attempt("the flash, by its size", f"(drop {mine}) (call $set_size (i32.load (i32.const 64))"
                " (i64.const 0x100000000))", 22, data=b"mine"),
        Attempt("the flash, bit by bit", f"(local $e i32) (drop {mine}) (i32.store (i32.const 4) (i32.const 256))"
                " (loop $next (local.set $e (call $fd_write (i32.load (i32.const 64)) (i32.const 0) (i32.const 1)"
                " (i32.const 68))) (br_if $next (i32.eqz (local.get $e)))) (local.get $e)", 51, data=b"mine"),
        Attempt("the host's stack, by calls back", "(call $again)", "deep"),
        Attempt("unreachable", "unreachable", "unreachable"),
        Attempt("a division by zero", "(i32.div_s (i32.const 1) (i32.const 0))", "integer divide by zero"),
    ]  # fmt: skip


ATTEMPTS = _paths() + _handles() + _labels() + _pointers() + _exhaustion()


def module(attempt: Attempt) -> str:
    """The text of the module that makes an attempt."""
    text = "".join(f"\\{byte:02x}" for byte in attempt.data)
    function = f'(func $self (export "attack") (result i32) {attempt.code})'
    return f'(module {PRELUDE} (data (i32.const 1024) "{text}") {function})'
