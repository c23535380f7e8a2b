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
(import "wasi_gpio" "take_edges" (func $take_edges (param i32 i32) (result i32)))
(import "env" "again" (func $again (result i32)))
(import "env" "edge" (func $edge))
(memory (export "memory") 1 2)
(table 1 2 funcref)
(global $edges (export "edges") (mut i32) (i32.const 0))
(func $edges (export "wasi_gpio_edge") (param i32 i32) (global.set $edges (i32.add (global.get $edges) (i32.const 1))))
"""

_READ = 0x02
_WRITE = 0x42


@dataclass(frozen=True)
class Attempt:
    """``right`` is an errno, or the kind of a trap; on FAT it may be another. ``imports`` are those beside PRELUDE."""

    name: str
    code: str
    right: int | str
    denied: str = ""
    data: bytes = b""
    on_fat: int | None = None
    imports: str = ""


def _open(
    path: bytes, how: int = 0, rights: int = _READ, folder: str = "(i32.const 3)", at: int = 1024
) -> str:
    return (
        f"(call $path_open {folder} (i32.const 1) (i32.const {at}) (i32.const {len(path)}) (i32.const {how})"
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
    for path, right in (
        ("..\\secret", 76), ("inner\\..\\..\\secret", 76), ("inner/..\\..\\secret", 76), ("\\secret", 76), ("..\\", 76),
        ("..\1", 28), ("..\x1f/secret", 28), ("inner/..\1/secret", 28), ("... ", 28), ("inner./../../secret", 28),
    ):  # fmt: skip
        text, counted = path.encode(), f"{_W}.path_open" if right == 76 else ""
        found.append(Attempt(f"read {path!r}", _open(text), right, counted, text))
        found.append(Attempt(f"list {path!r}", _open(text, 2), right, counted, text))
        found.append(Attempt(f"create {path!r}", _open(text, 9, _WRITE), right, counted, text))
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


def _all_handles(call: str, right: int, first: int = -600, end: int = 600) -> str:
    """Tries all handles from the first on: the first result that isn't right, or the right one."""
    return f"""(local $h i32) (local $e i32) (local.set $h (i32.const {first}))
      (loop $next (local.set $e {call}) (if (i32.ne (local.get $e) (i32.const {right})) (then (return (local.get $e))))
        (local.set $h (i32.add (local.get $h) (i32.const 1)))
        (br_if $next (i32.lt_s (local.get $h) (i32.const {end}))))
      (local.get $e)"""


def _others() -> list[Attempt]:
    """Handles that another module holds, through every interface that it holds one of."""
    found = []
    for module, function, parameters in (
        ("wasi_gpio", "take_edges", "h o"), ("wasi_gpio", "toggle", "h"), ("wasi_gpio", "get_config", "h o"),
        ("wasi_adc", "read_raw", "h o"), ("wasi_adc", "close", "h"), ("wasi_pwm", "set_duty", "h 9"),
        ("wasi_pwm", "set_frequency", "h 9"), ("wasi_pwm", "close", "h"), ("wasi_spi", "write", "h 0 9"),
        ("wasi_spi", "transaction", "h 0 1"), ("wasi_spi", "close", "h"), ("wasi_uart", "write", "h 0 9 o"),
        ("wasi_uart", "read", "h 0 9 o"), ("wasi_uart", "close", "h"), ("wasi_sensor", "read_milli", "h 0 o"),
        ("wasi_sensor", "close", "h"), ("wasi_i2c", "close", "h"),
    ):  # fmt: skip
        letters = parameters.split()
        words = {"h": "(local.get $h)", "o": "(i32.const 64)"}
        arguments = " ".join(words.get(letter, f"(i32.const {letter})") for letter in letters)
        kind = f"(param {'i32 ' * len(letters)}) (result i32)"
        imported = f'(import "{module}" "{function}" (func $tried {kind}))'
        name = f"{module}.{function} of another module's handles"
        code = _all_handles(f"(call $tried {arguments})", 8, -70, 70)  # a module has 64 at most
        found.append(Attempt(name, code, 8, imports=imported))
    # The streams and the folders, up to 5, are its own.
    for name, call in (
        ("fd_read", "(call $fd_read (local.get $h) (i32.const 0) (i32.const 0) (i32.const 64))"),
        ("fd_write", "(call $fd_write (local.get $h) (i32.const 0) (i32.const 0) (i32.const 64))"),
        ("fd_close", "(call $fd_close (local.get $h))"),
        ("fd_renumber", "(call $renumber (local.get $h) (i32.const 3))"),
        ("fd_renumber to", "(call $renumber (i32.const 3) (local.get $h))"),
        ("path_open", _open(b"held", 0, _WRITE, "(local.get $h)")),
    ):
        found.append(Attempt(f"{name} of another module's handles", _all_handles(call, 8, 6, 70), 8, data=b"held"))
    return found


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
        Attempt("a file that another module writes, in capitals", _open(b"HELD", 0, _WRITE), 44, data=b"HELD", on_fat=10),
        Attempt("unlink what another module has open, in capitals",
                "(call $unlink (i32.const 3) (i32.const 1024) (i32.const 4))", 44, data=b"HeLD", on_fat=10),
        Attempt("a file by another name that FAT gives it", _open(b"inner/LONGNA~1.TEX"), 44,
                data=b"inner/LONGNA~1.TEX", on_fat=28),
        Attempt("an address that isn't listed", "(drop (call $i2c_open (i32.const 1024) (i32.const 3) (i32.const 64)))"
                "(call $i2c_write (i32.load (i32.const 64)) (i32.const 81) (i32.const 0) (i32.const 1))", 76,
                "wasi_i2c.write", b"bus"),
        Attempt("an address beyond a byte", "(drop (call $i2c_open (i32.const 1024) (i32.const 3) (i32.const 64)))"
                "(call $i2c_write (i32.load (i32.const 64)) (i32.const 336) (i32.const 0) (i32.const 1))", 76,
                "wasi_i2c.write", b"bus"),
    ]  # fmt: skip


def _across() -> list[Attempt]:
    """Links and renames from folder to folder: 3 is data, 4 is to be read only, 5 is shared."""
    mine = f"(drop {_open(b'mine', 9, _WRITE)}) (drop (call $fd_close (i32.load (i32.const 64))))"
    data = b"mine".ljust(16) + b"kept".ljust(16) + b"held".ljust(16) + b"../shared/mine".ljust(16) + b"inner/mine"
    at = dict(zip(("mine", "kept", "held", "up", "inner"), range(1024, 1100, 16), strict=True))
    size = {"up": 14, "inner": 10}

    def place(folder: int, name: str) -> str:
        return f"(i32.const {folder}) (i32.const {at[name]}) (i32.const {size.get(name, 4)})"

    def rename(source: tuple[int, str], target: tuple[int, str]) -> str:
        return f"(call $rename {place(*source)} {place(*target)})"

    def link(source: tuple[int, str], target: tuple[int, str]) -> str:
        folder, rest = place(*source).split(") ", 1)
        return f"(call $link {folder}) (i32.const 0) {rest} {place(*target)})"

    denied = f"{_W}.path_rename"
    inner = f"(drop {_open(b'inner', 2, 1 << 17, at=at['inner'])})"
    return [
        Attempt("rename out of what is to be read", rename((4, "kept"), (3, "mine")), 76, denied, data),
        Attempt("rename into what is to be read", mine + rename((3, "mine"), (4, "mine")), 76, denied, data),
        Attempt("rename over what is to be read", mine + rename((3, "mine"), (4, "kept")), 76, denied, data),
        Attempt("rename within what is to be read", rename((4, "kept"), (4, "mine")), 76, denied, data),
        Attempt("rename by .. into a folder that is granted", mine + rename((3, "mine"), (3, "up")), 76, denied, data),
        Attempt("rename and back", mine + f"(drop {rename((3, 'mine'), (5, 'mine'))})" + rename((5, "mine"), (3, "mine")),
                0, "", data),
        Attempt("rename what another module has open", rename((3, "held"), (5, "mine")), 10, "", data),
        Attempt("rename over what another module has open", mine + rename((3, "mine"), (3, "held")), 10, "", data),
        Attempt("rename to a folder that was closed",
                mine + "(drop (call $fd_close (i32.const 5)))" + rename((3, "mine"), (5, "mine")), 8, "", data),
        Attempt("rename to what is no folder", mine + rename((3, "mine"), (1, "mine")), 54, "", data),
        Attempt("rename a folder into itself",
                f"(call $rename (i32.const 3) (i32.const 1088) (i32.const 5) {place(3, 'inner')})", 28, "", data),
        Attempt("rename a folder into itself by its handle", inner + "(call $rename (i32.const 3) (i32.const 1088)"
                " (i32.const 5) (i32.load (i32.const 64)) (i32.const 1024) (i32.const 4))", 28, "", data),
        Attempt("link out of what is to be read", link((4, "kept"), (3, "mine")), 76, f"{_W}.path_link", data),
        Attempt("link into what is to be read", link((3, "held"), (4, "mine")), 76, f"{_W}.path_link", data),
        Attempt("link to a folder that is shared", link((3, "held"), (5, "mine")), 58, "", data),
        Attempt("symlink out of a folder", f"(call $symlink (i32.const 1072) (i32.const 14) {place(3, 'mine')})", 58, "",
                data),
        Attempt("symlink into what is to be read", f"(call $symlink (i32.const 1072) (i32.const 14) {place(4, 'mine')})",
                76, f"{_W}.path_symlink", data),
        Attempt("unlink what is to be read", f"(call $unlink {place(4, 'kept')})", 76, f"{_W}.path_unlink_file", data),
        Attempt("write to what is to be read, in place of a folder that isn't",
                "(drop (call $renumber (i32.const 4) (i32.const 3)))" + _open(b"mine", 1, _WRITE), 76, f"{_W}.path_open",
                data),
        Attempt("rights that a folder to be read lacks", "(call $set_rights (i32.const 4) (i64.const -1) (i64.const 0))",
                76, f"{_W}.fd_fdstat_set_rights"),
    ]  # fmt: skip


def _watches() -> list[Attempt]:
    """A button's edges once it is closed: a late one comes from MicroPython's own scheduler."""
    watch = (
        "(drop (call $open_in (i32.const 1024) (i32.const 6) (i32.const 64)))"
        "(drop (call $watch (i32.load (i32.const 64)) (i32.const 3)))"
    )
    close = "(drop (call $close (i32.load (i32.const 64))))"
    poll = "(i32.store8 (i32.const 136) (i32.const 1)) (i32.store (i32.const 144) (i32.load (i32.const 64)))"
    return [
        Attempt("a watch of what was closed", watch + close + "(call $watch (i32.load (i32.const 64)) (i32.const 3))", 8,
                data=b"button"),
        Attempt("edges of what was closed", watch + close + "(call $take_edges (i32.load (i32.const 64)) (i32.const 68))",
                8, data=b"button"),
        Attempt("an edge after the close", watch + close + "(call $edge) (global.get $edges)", 0, data=b"button"),
        Attempt("an edge after the watch", watch + "(drop (call $watch (i32.load (i32.const 64)) (i32.const 0)))"
                " (call $edge) (drop (call $take_edges (i32.load (i32.const 64)) (i32.const 68)))"
                " (i32.load (i32.const 68))", 0, data=b"button"),
        Attempt("an edge after the end", watch + "(i32.const 0)", 0, data=b"button"),
        Attempt("to wait for what was closed", watch + close + poll
                + "(drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 68)))"
                " (i32.load8_u (i32.const 264))", 8, data=b"button"),
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
        Attempt("a function where there is none", "(call_indirect (result i32) (i32.const 0))", "uninitialized element"),
        Attempt("a function as another type", "(table.set (i32.const 0) (ref.func $edges))"
                "(call_indirect (result i32) (i32.const 0))", "indirect call type mismatch"),
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


ATTEMPTS = _paths() + _handles() + _others() + _across() + _watches() + _labels() + _pointers() + _exhaustion()


def module(attempt: Attempt) -> str:
    """The text of the module that makes an attempt."""
    text = "".join(f"\\{byte:02x}" for byte in attempt.data)
    function = f'(func $self (export "attack") (result i32) {attempt.code})'
    return f'(module {attempt.imports} {PRELUDE} (data (i32.const 1024) "{text}") {function})'
