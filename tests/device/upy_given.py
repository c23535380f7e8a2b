"""What Python gives a guest in place of the console: streams and functions."""

import io
import json
from struct import pack, unpack

from guest import OUT, Guest
from wasi.kept import restore, save

WASI = "wasi_snapshot_preview1"


def _write(guest, data, handle=1):
    guest.memory.write(3072, data)
    guest.memory.write(16, pack("<II", 3072, len(data)))
    return guest.call(WASI, "fd_write", handle, 16, 1, OUT)


def _read(guest, *sizes):
    for i, size in enumerate(sizes):
        guest.memory.write(16 + 8 * i, pack("<II", 3072 + 100 * i, size))
    errno = guest.call(WASI, "fd_read", 0, 16, len(sizes), OUT)
    return guest.memory[3072 : 3072 + guest.out()] if errno == 0 else errno


def test_functions():
    printed = []
    lines = [b"one\n", b"two and more", b""]
    guest = Guest(stdout=printed.append, stdin=lambda size: lines.pop(0)[:size])
    assert _write(guest, b"hello ") == 0 and _write(guest, b"\x00\x10\x04\r\n") == 0
    assert b"".join(printed) == b"hello \x00\x10\x04\r\n"
    assert _read(guest, 50) == b"one\n"
    assert _read(guest, 3, 50) == b"two"
    assert _read(guest, 50) == b""
    assert guest.call(WASI, "fd_close", 1) == 0
    assert _write(guest, b"more") == 8 and len(printed) == 2
    guest.table.close()
    assert _write(guest, b"again") == 0 and printed[-1] == b"again"


def test_streams():
    out = io.BytesIO()
    guest = Guest(stdout=out, stdin=io.StringIO("zwölf\nzeilen"))
    assert _write(guest, b"text") == 0 and out.getvalue() == b"text"
    assert _read(guest, 3)[:2] == b"zw"
    while _read(guest, 60):
        pass
    # What is there can be had at once.
    guest.memory[200:248] = pack("<QB7xI28x", 7, 1, 0)
    assert guest.call(WASI, "poll_oneoff", 200, 400, 1, OUT) == 0 and guest.out() == 1
    assert unpack("<QHB", guest.memory[400:411]) == (7, 0, 1)


def test_errors_are_errnos_and_nothing_is_lost():
    def full(data):
        raise OSError(28)

    guest = Guest(stdout=full)
    assert _write(guest, b"text") == 51
    assert _write(guest, b"") == 0


def test_a_snapshot_takes_what_is_given_there():
    here, there = [], []
    guest = Guest(stdout=here.append)
    text = json.dumps(save(guest.table))
    other = Guest(stdout=there.append)
    restore(other.table, json.loads(text))
    assert _write(other, b"moved") == 0
    assert (here, there) == ([], [b"moved"])


def test_text_is_cut_nowhere():
    guest = Guest(stdin=io.StringIO("äöü" * 20))
    got = b""
    while True:
        data = _read(guest, 10)
        if not data:
            break
        got += data
    assert got == ("äöü" * 20).encode()


def test_what_is_not_taken_is_told():
    class Narrow:
        def write(self, data):
            return 2

    guest = Guest(stdout=Narrow())
    assert _write(guest, b"hello") == 0 and guest.out() == 2


def test_one_stream_for_both():
    stream = io.BytesIO()
    guest = Guest(stdin=stream, stdout=stream)
    text = json.dumps(save(guest.table))
    other = Guest(stdin=stream, stdout=stream)
    restore(other.table, json.loads(text))
    assert _write(other, b"x") == 0 and stream.getvalue() == b"x"
