"""Files below granted folders, through ``wasi_snapshot_preview1``."""

import gc
import os
from struct import pack, unpack

import wasi
from guest import OUT, Guest, refused

WASI = "wasi_snapshot_preview1"
VECTORS, BUFFER = 16, 3072
ROOT = getattr(os, "getenv", lambda _, none: none)("WASM_GUESTS", "") + "/files"  # in / on a board

FILE_SYSTEMS = ("VfsFat", "VfsLfs2")

CREATE, DIRECTORY, EXCLUSIVE, TRUNCATE = 1, 2, 4, 8
ALL = (1 << 29) - 1
READS = ALL & ~(1 << 6 | 1 << 8 | 1 << 22)


def _guest(access="read-write", **limits):
    guest = Guest({"data": ("folder", ROOT, access)}, **limits)
    assert guest.table.entry(3)
    return guest


def _fresh(access="read-write", **limits):
    _remove(ROOT)
    guest = _guest("read-write")
    guest.table.close()
    return _guest(access, **limits)


def _remove(path):
    try:
        entries = list(os.ilistdir(path))
    except OSError:
        return
    for name, kind, *_ in entries:
        if kind == 0x4000:
            _remove(path + "/" + name)
        else:
            os.remove(path + "/" + name)
    os.rmdir(path)


def _open(guest, path, how=0, rights=ALL, flags=0, folder=3):
    return guest.call(WASI, "path_open", folder, 0, path, how, rights, ALL, flags, OUT)


def _opened(guest, path, how=0, rights=ALL, flags=0, folder=3):
    assert _open(guest, path, how, rights, flags, folder) == 0
    return guest.out()


def _write(guest, handle, data, offset=None):
    guest.memory.write(BUFFER, data)
    guest.memory.write(VECTORS, pack("<II", BUFFER, len(data)))
    if offset is None:
        return guest.call(WASI, "fd_write", handle, VECTORS, 1, OUT)
    return guest.call(WASI, "fd_pwrite", handle, VECTORS, 1, offset, OUT)


def _read(guest, handle, size, offset=None):
    guest.memory.write(VECTORS, pack("<II", BUFFER, size))
    if offset is None:
        errno = guest.call(WASI, "fd_read", handle, VECTORS, 1, OUT)
    else:
        errno = guest.call(WASI, "fd_pread", handle, VECTORS, 1, offset, OUT)
    assert errno == 0, errno
    return guest.memory.read(BUFFER, guest.out())


def _close(guest, handle):
    assert guest.call(WASI, "fd_close", handle) == 0


def _contents(name):
    with open(ROOT + "/" + name, "rb") as file:
        return file.read()


def test_the_folder_is_there_under_its_label():
    guest = _fresh()
    assert guest.call(WASI, "fd_prestat_get", 3, OUT) == 0
    assert unpack("<II", guest.memory.read(OUT, 8)) == (0, 4)
    assert guest.call(WASI, "fd_prestat_dir_name", 3, BUFFER, 4) == 0
    assert guest.memory.read(BUFFER, 4) == b"data"
    assert guest.call(WASI, "fd_prestat_dir_name", 3, BUFFER, 3) == 37
    assert guest.call(WASI, "fd_prestat_get", 4, OUT) == 8
    assert guest.call(WASI, "fd_prestat_get", 0, OUT) == 8
    assert guest.call(WASI, "fd_prestat_get", 3, 4093) == 21


def test_write_and_read():
    guest = _fresh()
    handle = _opened(guest, b"log.txt", CREATE)
    assert handle == 4
    assert _write(guest, handle, b"hello, ") == 0 and guest.out() == 7
    assert _write(guest, handle, b"world") == 0
    assert guest.call(WASI, "fd_seek", handle, 7, 0, OUT) == 0
    assert _read(guest, handle, 100) == b"world"
    assert _read(guest, handle, 100) == b""
    assert guest.call(WASI, "fd_tell", handle, OUT) == 0 and guest.out() == 12
    assert guest.call(WASI, "fd_seek", handle, -5, 2, OUT) == 0 and guest.out() == 7
    assert guest.call(WASI, "fd_seek", handle, -2, 1, OUT) == 0 and guest.out() == 5
    assert guest.call(WASI, "fd_seek", handle, -6, 1, OUT) == 28
    assert guest.call(WASI, "fd_seek", handle, 0, 3, OUT) == 28
    assert _read(guest, handle, 3) == b", w"
    _close(guest, handle)
    assert _contents("log.txt") == b"hello, world"


def test_positions_of_their_own():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    assert _write(guest, handle, b"0123456789") == 0
    assert _write(guest, handle, b"ab", 2) == 0
    assert _read(guest, handle, 4, 1) == b"1ab4"
    assert guest.call(WASI, "fd_tell", handle, OUT) == 0 and guest.out() == 10
    assert guest.call(WASI, "fd_pread", handle, VECTORS, 1, -1, OUT) == 28
    assert guest.call(WASI, "fd_pwrite", handle, VECTORS, 1, 1 << 40, OUT) == 22


def test_more_than_a_chunk_and_holes():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    data = bytes([i & 0xFF for i in range(900)])
    assert _write(guest, handle, data) == 0
    assert _read(guest, handle, 900, 0) == data
    assert guest.call(WASI, "fd_seek", handle, 1500, 0, OUT) == 0
    assert _write(guest, handle, b"end") == 0
    _close(guest, handle)
    assert _contents("f") == data + bytes(600) + b"end"


def test_append():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE, flags=1)
    assert _write(guest, handle, b"one") == 0
    assert guest.call(WASI, "fd_seek", handle, 0, 0, OUT) == 0
    assert _write(guest, handle, b"two") == 0
    assert guest.call(WASI, "fd_fdstat_get", handle, OUT) == 0
    assert guest.memory.read(OUT, 4) == b"\4\0\1\0"
    assert guest.call(WASI, "fd_fdstat_set_flags", handle, 0) == 0
    assert guest.call(WASI, "fd_seek", handle, 1, 0, OUT) == 0
    assert _write(guest, handle, b"N") == 0
    _close(guest, handle)
    assert _contents("f") == b"oNetwo"


def test_how_files_are_opened():
    guest = _fresh()
    assert _open(guest, b"f") == 44
    _close(guest, _opened(guest, b"f", CREATE | EXCLUSIVE))
    assert _open(guest, b"f", CREATE | EXCLUSIVE) == 20
    assert _open(guest, b"f", DIRECTORY) == 54
    assert _open(guest, b"f/") == 54
    assert _open(guest, b"f/g") in (44, 54)
    assert _open(guest, b"none/f", CREATE) == 44
    assert _open(guest, b"") == 44
    assert _open(guest, b"f\0g", CREATE) == 28
    assert _open(guest, b"\xff", CREATE) == 28
    assert _open(guest, b"f" * 256, CREATE) == 37
    handle = _opened(guest, b"f")
    assert _write(guest, handle, b"abc") == 0
    _close(guest, handle)
    _close(guest, _opened(guest, b"f", TRUNCATE))
    assert _contents("f") == b""
    handle = _opened(guest, b".", DIRECTORY, READS)
    assert _open(guest, b"f", folder=handle) == 0
    assert _open(guest, b".", 0, ALL) == 31


def test_what_leads_out_of_the_folder():
    guest = _fresh()
    with open(ROOT + "/../secret-of-the-board", "w") as file:
        file.write("secret")
    try:
        assert guest.call(WASI, "path_create_directory", 3, b"inner") == 0
        inner = _opened(guest, b"inner", DIRECTORY, READS)
        tries = (
            b"../secret-of-the-board",
            b"/secret-of-the-board",
            b"inner/../../secret-of-the-board",
            b"./../secret-of-the-board",
            b"inner/./../.././secret-of-the-board",
            b"..",
            b"/",
            b"//",
            ROOT.encode(),
        )
        for path in tries:
            assert _open(guest, path, 0, READS) == 76, path
            assert _open(guest, path, CREATE, ALL) == 76, path
            assert guest.call(WASI, "path_filestat_get", 3, 0, path, OUT) == 76
            assert guest.call(WASI, "path_unlink_file", 3, path) == 76
        assert _open(guest, b"../f", CREATE, ALL, folder=inner) == 76
        assert guest.call(WASI, "path_rename", 3, b"inner", 3, b"../outer") == 76
        assert guest.call(WASI, "path_rename", 3, b"../secret-of-the-board", 3, b"mine") == 76
        assert _open(guest, b"none/../f", CREATE) == 44
        assert wasi.denied[WASI + ".path_open"] == 2 * len(tries) + 1
        assert wasi.asked[WASI + ".path_open"] == (b"../f", {"data": ("folder", ROOT, "read-write")})
    finally:
        os.remove(ROOT + "/../secret-of-the-board")


def _folds():
    """Whether the file system is FAT, which has a file under more names than one."""
    try:
        os.stat(ROOT + "/*")
    except OSError as error:
        return error.args[0] == 22
    return False


def _names_of(path):
    return sorted([entry[0] for entry in os.ilistdir(path)])


def _try_all(guest, path):
    """What each function says to a path in folder 3, and in place of both paths where there are two."""
    guest.memory.write(BUFFER, b"f")
    at = 3072 + 16
    guest.memory.write(at, path)
    odd, fine = (at, len(path)), (BUFFER, 1)
    stat = 64
    return [
        guest.call(WASI, "path_open", 3, 0, *odd, 0, READS, ALL, 0, OUT),
        guest.call(WASI, "path_open", 3, 0, *odd, CREATE, ALL, ALL, 0, OUT),
        guest.call(WASI, "path_open", 3, 0, *odd, DIRECTORY, READS, ALL, 0, OUT),
        guest.call(WASI, "path_create_directory", 3, *odd),
        guest.call(WASI, "path_remove_directory", 3, *odd),
        guest.call(WASI, "path_unlink_file", 3, *odd),
        guest.call(WASI, "path_rename", 3, *odd, 3, *fine),
        guest.call(WASI, "path_rename", 3, *fine, 3, *odd),
        guest.call(WASI, "path_filestat_get", 3, 0, *odd, stat),
        guest.call(WASI, "path_filestat_set_times", 3, 0, *odd, 0, 0, 0),
        guest.call(WASI, "path_symlink", *fine, 3, *odd),
        guest.call(WASI, "path_link", 3, 0, *odd, 3, *fine),
        guest.call(WASI, "path_link", 3, 0, *fine, 3, *odd),
        guest.call(WASI, "path_readlink", 3, *odd, BUFFER + 512, 9, OUT),
    ]


def test_names_that_a_file_system_takes_for_others():
    guest = _fresh()
    outside = _names_of(ROOT + "/..")
    _close(guest, _opened(guest, b"f", CREATE))
    assert guest.call(WASI, "path_create_directory", 3, b"inner") == 0
    for paths, errno in (
        ((b"..\\main.py", b"inner\\..\\..\\main.py", b"..\\", b"\\main.py", b"inner\\f", b"inner/..\\f"), 76),
        ((b"..\1", b"..\x1f", b"inner/..\1/f", b"f\1g", b"f\n", b"\tf", b"f\1/../../main.py"), 28),
        ((b"f.", b"f ", b"f. .", b"...", b".. ", b". .", b" ", b"inner./f", b"inner /f"), 28),
    ):
        for path in paths:
            assert _try_all(guest, path) == [errno] * 14, path
    assert _names_of(ROOT) == ["f", "inner"] and _names_of(ROOT + "/inner") == []
    assert _names_of(ROOT + "/..") == outside


def test_what_a_file_system_does_not_take_is_an_errno():
    guest = _fresh()
    for path in (b"a:b", b"0:f", b"a*b", b"a?b", b'a"b', b"a<b", b"a>b", b"a|b", b"a\x7f", b"\xc3\xa4" * 128):
        assert _open(guest, path, CREATE) in (0, 28, 37), path
    for path in (b"CON", b"aux.txt", b"LPT1", b" f", b".f", b"f" * 255):
        assert _open(guest, path, CREATE) == 0, path
        assert path.decode() in _names_of(ROOT)
    assert _open(guest, b"f" * 256, CREATE) == 37


def test_a_file_has_one_name_whatever_the_file_system_makes_of_its_case():
    guest = _fresh()
    other = _guest()
    same = 10 if _folds() else 44
    handle = _opened(guest, b"up.txt", CREATE)
    assert _write(guest, handle, b"abc") == 0
    for name in (b"UP.TXT", b"Up.txt"):
        assert _open(other, name) == same
        assert other.call(WASI, "path_unlink_file", 3, name) == same
        assert other.call(WASI, "path_rename", 3, name, 3, b"f") == same
    if _folds():
        reader = _opened(other, b"UP.txt", 0, READS)
        assert _read(other, reader, 9) == b"abc"
        assert _open(other, b"UP.TXT", CREATE | EXCLUSIVE) == 20
        _close(other, reader)
        _close(other, _opened(other, b"f", CREATE))
        assert other.call(WASI, "path_rename", 3, b"f", 3, b"UP.TXT") == 10
        _close(guest, handle)
        assert other.call(WASI, "path_rename", 3, b"up.txt", 3, b"UP.TXT") == 0
        assert _names_of(ROOT) == ["f", "up.txt"]


def test_a_folder_has_one_name_whatever_the_file_system_makes_of_its_case():
    guest = _fresh()
    assert guest.call(WASI, "path_create_directory", 3, b"Dir") == 0
    handle = _opened(guest, b"Dir/f", CREATE)
    if not _folds():
        assert _open(guest, b"dir/f") == 44
        return
    assert _open(guest, b"dir/f") == 10
    assert guest.call(WASI, "path_rename", 3, b"dir", 3, b"e") == 10
    inner = _opened(guest, b"DIR", DIRECTORY, READS)
    assert _open(guest, b"F", folder=inner) == 10
    _close(guest, handle)
    assert guest.call(WASI, "path_rename", 3, b"Dir", 3, b"DIR/e") == 28
    assert guest.call(WASI, "path_rename", 3, b"dir", 3, b"Dir") == 0
    assert guest.call(WASI, "path_create_directory", 3, b"DIR") == 20
    assert _names_of(ROOT) == ["Dir"]


def test_a_name_that_is_not_listed_opens_nothing():
    guest = _fresh()
    # FAT makes LONGNA~1.TEX for it, and its code page takes a-umlaut for an a with a ring.
    for name in (b"f", b"long name.text", b"\xc3\xa4"):
        _close(guest, _opened(guest, name, CREATE))
    assert guest.call(WASI, "path_create_directory", 3, b"long folder") == 0
    aliases = b"LONGNA~1.TEX", b"longna~1.tex", b"\xc3\xa5", b"LONGFO~1"
    for alias in aliases:
        found = 28 if _folds() else 44
        assert [_open(guest, alias), guest.call(WASI, "path_unlink_file", 3, alias)] == [found] * 2, alias
        if _folds():
            assert _try_all(guest, alias) == [28] * 14
    assert _open(guest, b"LONGFO~1/f", CREATE) == found
    assert sorted(_names(guest, 3, 512)) == sorted(
        [(".", 3), ("..", 3), ("f", 4), ("long name.text", 4), ("\xe4", 4), ("long folder", 3)]
    )


def test_two_grants_of_one_folder_are_one_folder():
    _fresh()
    os.mkdir(ROOT + "/Logs of it")
    names = {"a": "/Logs of it", "b": "/logs OF it"}
    guest = Guest({label: ("folder", ROOT + name, "read-write") for label, name in names.items()})
    assert _open(guest, b"f", CREATE) == 0
    assert _open(guest, b"f", folder=4) == (10 if _folds() else 44)
    guest.table.close()
    for path in ("/Logs of it.", "/..\\files", "/a\1") + (("/LOGSOF~1",) if _folds() else ()):
        text = refused(wasi.Table, {"a": ("folder", ROOT + path, "read-only")})
        assert "grant 'a'" in text and "no name that a board keeps" in text


def test_to_read_beyond_the_end_brings_back_nothing_that_was_deleted():
    guest = _fresh(files=2000)
    with open(ROOT + "/secret", "wb") as file:
        file.write(b"secret" * 1000)
    os.remove(ROOT + "/secret")
    handle = _opened(guest, b"f", CREATE)
    assert _write(guest, handle, b"abc") == 0
    assert _read(guest, handle, 100, 4000) == b""
    assert guest.call(WASI, "fd_seek", handle, 5000, 0, OUT) == 0
    assert _read(guest, handle, 100) == b""
    assert _read(guest, handle, 512, 0) == b"abc"
    _close(guest, handle)
    assert _contents("f") == b"abc"


def test_who_reads_a_file_that_is_written_anew_reads_nothing_of_others():
    for cut in (True, False):
        guest = _fresh()
        handle = _opened(guest, b"f", CREATE)
        for _ in range(8):
            assert _write(guest, handle, b"first" * 100) == 0
        assert guest.call(WASI, "fd_sync", handle) == 0
        readers = [_opened(guest, b"f", 0, READS) for _ in range(2)]
        assert _read(guest, readers[0], 5, 3000) == b"first"
        if cut:
            assert guest.call(WASI, "fd_filestat_set_size", handle, 0) == 0
        else:
            assert guest.call(WASI, "fd_seek", handle, 0, 0, OUT) == 0
            for _ in range(8):
                assert _write(guest, handle, b"again" * 100) == 0
        _close(guest, handle)
        with open(ROOT + "/others", "wb") as file:
            for _ in range(40):
                file.write(b"others" * 100)
        for reader in readers:
            assert _read(guest, reader, 500, 3000) == (b"" if cut else b"again" * 100)
        guest.table.close()


def test_names_that_are_no_utf8_are_passed_over():
    guest = _fresh(files=1000)
    name = (ROOT + "/").encode() + b"\x9abung"  # a U-umlaut that a PC wrote on a card, in the code page
    try:
        file = open(name, "wb")
    except UnicodeError:  # sim makes a str of each path
        return
    file.write(bytes(600))
    file.close()
    try:
        handle = _opened(guest, b"f", CREATE)
        assert _names(guest, 3, 100) == [(".", 3), ("..", 3), ("f", 4)]
        assert _write(guest, handle, bytes(500)) == 0 and guest.out() == 500
        assert _open(guest, b"\x9abung") == 28
    finally:
        os.remove(name)


def test_names_that_were_asked_for_are_not_kept():
    guest = _fresh()
    free = 0
    for letter in range(2000):
        path = bytes((0xE4, 0x80 | letter >> 6, 0x80 | letter & 63))  # another letter each time
        assert _open(guest, path) == 44
        if letter == 100:
            gc.collect()
            free = gc.mem_free()
    gc.collect()
    assert gc.mem_free() > free - 2048


def test_read_only_means_it():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    assert _write(guest, handle, b"abc") == 0
    guest.table.close()
    guest = _guest("read-only")
    assert _open(guest, b"f", 0, ALL) == 76
    assert _open(guest, b"new", CREATE, READS) == 76
    assert _open(guest, b"f", TRUNCATE, READS) == 76
    handle = _opened(guest, b"f", 0, READS)
    assert _read(guest, handle, 9) == b"abc"
    assert _write(guest, handle, b"x") == 76
    assert guest.call(WASI, "fd_filestat_set_size", handle, 0) == 76
    assert guest.call(WASI, "fd_allocate", handle, 0, 9) == 76
    assert guest.call(WASI, "path_create_directory", 3, b"d") == 76
    assert guest.call(WASI, "path_remove_directory", 3, b"d") == 76
    assert guest.call(WASI, "path_unlink_file", 3, b"f") == 76
    assert guest.call(WASI, "path_rename", 3, b"f", 3, b"g") == 76
    assert guest.call(WASI, "path_link", 3, 0, b"f", 3, b"g") == 76
    assert guest.call(WASI, "path_symlink", b"f", 3, b"g") == 76
    assert guest.call(WASI, "path_filestat_set_times", 3, 0, b"f", 0, 0, 0) == 76
    assert _contents("f") == b"abc"


def test_to_create_is_a_right_of_the_folder_not_of_what_is_in_it():
    guest = _fresh()
    create, set_size, read_write = 1 << 10, 1 << 19, 1 << 1 | 1 << 6
    for rights, creates, cuts in ((create, 0, 76), (set_size, 76, 0), (create | set_size, 0, 0)):
        assert guest.call(WASI, "path_open", 3, 0, b".", DIRECTORY, 1 << 13 | rights, read_write, 0, OUT) == 0
        folder = guest.out()
        assert _open(guest, b"f", CREATE, read_write, folder=folder) == creates
        if creates:
            _opened(guest, b"f", CREATE)
        assert guest.call(WASI, "fd_close", guest.out()) == 0
        assert _open(guest, b"f", TRUNCATE, 1 << 1, folder=folder) == cuts
        guest.table.close()
        os.remove(ROOT + "/f")


def test_rights_can_only_be_given_up():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    assert guest.call(WASI, "fd_fdstat_set_rights", handle, ALL, 0) == 76
    assert guest.call(WASI, "fd_fdstat_set_rights", handle, 1 << 1, 0) == 0
    assert _write(guest, handle, b"x") == 76
    assert guest.call(WASI, "fd_seek", handle, 0, 0, OUT) == 76
    assert guest.call(WASI, "fd_fdstat_set_rights", 3, 1 << 13, 1 << 1) == 0
    assert _open(guest, b"g", CREATE, ALL) == 76
    assert guest.call(WASI, "path_unlink_file", 3, b"f") == 76
    assert guest.call(WASI, "fd_fdstat_set_rights", 3, ALL, ALL) == 76


def test_folders():
    guest = _fresh()
    assert guest.call(WASI, "path_create_directory", 3, b"d") == 0
    assert guest.call(WASI, "path_create_directory", 3, b"d") == 20
    assert guest.call(WASI, "path_create_directory", 3, b"d/e/") == 0
    assert guest.call(WASI, "path_remove_directory", 3, b"d") == 55
    assert guest.call(WASI, "path_unlink_file", 3, b"d") == 31
    _close(guest, _opened(guest, b"d/f", CREATE))
    assert guest.call(WASI, "path_remove_directory", 3, b"d/f") == 54
    assert guest.call(WASI, "path_unlink_file", 3, b"d/f/") == 54
    assert guest.call(WASI, "path_unlink_file", 3, b"d/f") == 0
    assert guest.call(WASI, "path_unlink_file", 3, b"d/f") == 44
    assert guest.call(WASI, "path_remove_directory", 3, b"d/e") == 0
    assert guest.call(WASI, "path_remove_directory", 3, b"d") == 0
    assert guest.call(WASI, "path_remove_directory", 3, b".") == 28
    assert list(os.ilistdir(ROOT)) == []


def test_rename():
    guest = _fresh()
    for name in (b"a", b"b"):
        handle = _opened(guest, name, CREATE)
        _write(guest, handle, name)
        _close(guest, handle)
    assert guest.call(WASI, "path_create_directory", 3, b"d") == 0
    assert guest.call(WASI, "path_rename", 3, b"a", 3, b"d") == 31
    assert guest.call(WASI, "path_rename", 3, b"d", 3, b"a") == 54
    assert guest.call(WASI, "path_rename", 3, b"d", 3, b"d/e") == 28
    assert guest.call(WASI, "path_rename", 3, b"none", 3, b"c") == 44
    assert guest.call(WASI, "path_rename", 3, b"a", 3, b"b") == 0
    assert _contents("b") == b"a"
    inner = _opened(guest, b"d", DIRECTORY, READS)
    assert guest.call(WASI, "path_rename", 3, b"b", inner, b"c") == 0
    assert _contents("d/c") == b"a"
    handle = _opened(guest, b"d/c")
    assert guest.call(WASI, "path_rename", 3, b"d/c", 3, b"x") == 10
    assert guest.call(WASI, "path_rename", 3, b"d", 3, b"x") == 10
    assert guest.call(WASI, "path_unlink_file", 3, b"d/c") == 10
    _close(guest, handle)
    assert guest.call(WASI, "path_rename", 3, b"d", 3, b"x") == 0
    assert _contents("x/c") == b"a"


def test_sizes():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    _write(guest, handle, b"0123456789")
    for size, contents in ((10, b"0123456789"), (4, b"0123"), (6, b"0123\0\0"), (0, b"")):
        assert guest.call(WASI, "fd_filestat_set_size", handle, size) == 0
        assert guest.call(WASI, "fd_sync", handle) == 0
        assert _contents("f") == contents
        for name, first in (("fd_filestat_get", (handle,)), ("path_filestat_get", (3, 0, b"f"))):
            assert guest.call(WASI, name, *first, OUT) == 0
            stat = unpack("<QQBQQQQQ", guest.memory.read(OUT, 17) + guest.memory.read(OUT + 24, 40))
            assert (stat[2], stat[3], stat[4]) == (4, 1, size) and stat[6] > 1600000000000000000
    assert guest.call(WASI, "fd_filestat_set_size", handle, -1) == 28
    assert guest.call(WASI, "fd_filestat_set_size", handle, 1 << 40) == 22
    assert guest.call(WASI, "fd_allocate", handle, 4, 600) == 0
    assert guest.call(WASI, "fd_datasync", handle) == 0
    assert _contents("f") == bytes(604)
    assert guest.call(WASI, "fd_advise", handle, 0, 1, 5) == 0
    assert guest.call(WASI, "fd_advise", handle, 0, 1, 6) == 28
    assert [name for name, *_ in os.ilistdir(ROOT)] == ["f"]


def test_what_boards_file_systems_lack():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    assert guest.call(WASI, "fd_filestat_set_times", handle, 0, 0, 0) == 58
    assert guest.call(WASI, "path_filestat_set_times", 3, 0, b"f", 0, 0, 0) == 58
    for which in (3, 12, 16):
        assert guest.call(WASI, "fd_filestat_set_times", handle, 0, 0, which) == 28
        assert guest.call(WASI, "path_filestat_set_times", 3, 0, b"f", 0, 0, which) == 28
    assert guest.call(WASI, "fd_filestat_set_times", 3, 0, 0, 1) == 58
    assert guest.call(WASI, "path_symlink", b"f", 3, b"g") == 58
    assert guest.call(WASI, "path_symlink", b"g", 3, b"f") == 20
    assert guest.call(WASI, "path_symlink", b"f", 3, b"g/") == 44
    assert guest.call(WASI, "path_link", 3, 0, b"f", 3, b"g") == 58
    assert guest.call(WASI, "path_readlink", 3, b"f", BUFFER, 9, OUT) == 28
    assert guest.call(WASI, "path_readlink", 3, b"g", BUFFER, 9, OUT) == 44
    assert guest.call(WASI, "fd_fdstat_set_flags", handle, 16) == 58


def _names(guest, handle, size):
    """All names, read with a buffer of that size, as libc does it."""
    names = []
    cookie = 0
    while True:
        assert guest.call(WASI, "fd_readdir", handle, BUFFER, size, cookie, OUT) == 0
        used = guest.out()
        data = guest.memory.read(BUFFER, used)
        at = 0
        while at + 24 <= used:
            following, _, length, kind = unpack("<QQII", data[at : at + 24])
            if at + 24 + length > used:
                break
            names.append((data[at + 24 : at + 24 + length].decode(), kind))
            cookie = following
            at += 24 + length
        if used < size:
            return names


def test_readdir():
    guest = _fresh()
    expected = [(".", 3), ("..", 3), ("folder", 3)] + [("file%d" % i, 4) for i in range(9)]
    guest.call(WASI, "path_create_directory", 3, b"folder")
    for i in range(9):
        _close(guest, _opened(guest, b"file%d" % i, CREATE))
    for size in (40, 64, 100, 1000):
        names = _names(guest, 3, size)
        assert names[:2] == expected[:2] and sorted(names) == sorted(expected), names
    handle = _opened(guest, b"file1")
    assert guest.call(WASI, "fd_readdir", handle, BUFFER, 40, 0, OUT) == 54
    assert guest.call(WASI, "fd_readdir", 3, 4090, 40, 0, OUT) == 21


def test_wrong_kinds_of_handles():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    assert _write(guest, 3, b"x") == 8
    assert guest.call(WASI, "fd_read", 3, VECTORS, 1, OUT) == 8
    assert guest.call(WASI, "fd_seek", 3, 0, 0, OUT) == 8
    assert _open(guest, b"g", CREATE, folder=handle) == 54
    assert _open(guest, b"g", CREATE, folder=1) == 54
    assert _open(guest, b"g", CREATE, folder=9) == 8
    assert guest.call(WASI, "fd_pread", 0, VECTORS, 1, 0, OUT) == 70
    assert guest.call(WASI, "sock_shutdown", handle, 0) == 57
    assert guest.call(WASI, "sock_shutdown", 9, 0) == 8


def test_renumber_puts_a_file_in_place_of_the_console():
    guest = _fresh()
    handle = _opened(guest, b"f", CREATE)
    assert guest.call(WASI, "fd_renumber", handle, 1) == 0
    assert _write(guest, 1, b"to the file") == 0
    assert guest.call(WASI, "fd_tell", handle, OUT) == 8
    assert guest.call(WASI, "fd_renumber", 9, 1) == 8
    assert guest.call(WASI, "fd_renumber", 1, 9) == 8
    assert guest.call(WASI, "fd_renumber", 1, 1) == 0
    guest.table.close()
    assert _contents("f") == b"to the file"


def test_one_writes_at_a_time_and_readers_see_it():
    guest = _fresh()
    other = _guest()
    handle = _opened(guest, b"f", CREATE)
    _write(guest, handle, b"abc")
    assert _open(other, b"f", 0, ALL) == 10
    assert _open(other, b"f", TRUNCATE, READS) == 10
    reader = _opened(other, b"f", 0, READS)
    assert _read(other, reader, 9) == b"abc"
    _close(guest, handle)
    assert _open(other, b"f", 0, ALL) == 0


def test_a_limit_on_all_files():
    guest = _fresh(files=1000)
    a = _opened(guest, b"a", CREATE)
    b = _opened(guest, b"b", CREATE)
    assert _write(guest, a, bytes(600)) == 0
    assert _write(guest, b, bytes(600)) == 0 and guest.out() == 256
    assert _write(guest, b, bytes(300)) == 51
    assert guest.call(WASI, "fd_allocate", b, 0, 700) == 51
    assert guest.call(WASI, "fd_filestat_set_size", a, 100) == 0
    assert _write(guest, a, bytes(300), 0) == 0
    assert _write(guest, b, bytes(300)) == 0
    _close(guest, a)
    assert guest.call(WASI, "path_unlink_file", 3, b"a") == 0
    assert _write(guest, b, bytes(400)) == 0
    guest.table.close()
    assert len(_contents("b")) == 956
    assert _opened(guest, b"b") == 4
    assert guest.call(WASI, "fd_seek", 4, 0, 2, OUT) == 0
    assert _write(guest, 4, bytes(50)) == 51


def test_handles_run_out():
    guest = _fresh()
    for handle in range(4, 64):
        assert _opened(guest, b".", DIRECTORY, READS) == handle
    assert _open(guest, b"f", CREATE) == 33
    assert list(os.ilistdir(ROOT)) == []
    _close(guest, 40)
    assert _opened(guest, b"f", CREATE) == 40
    guest.table.close()
    assert _opened(guest, b"f", CREATE) == 4


def test_what_may_be_granted():
    for grant, words in (
        (("folder", "data", "read-only"), "path from /"),
        (("folder", "/data/../lib", "read-only"), "path from /"),
        (("folder", "/data"), "read-only, read-write"),
        (("folder", "/data", "rw"), "read-only, read-write"),
        (("folder", "/", "read-write"), "may not be written"),
        (("folder", "/lib/", "read-write"), "may not be written"),
        (("folder", "//WASMDEV/./x", "read-write"), "may not be written"),
        (("folder", "/wasi", "read-write"), "may not be written"),
    ):
        try:
            wasi.Table({"d": grant})
        except ValueError as error:
            assert words in str(error)
        else:
            raise AssertionError(grant)
    wasi.Table({"d": ("folder", "/", "read-only")})
