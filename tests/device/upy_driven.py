"""The console while wasmdev drives the board: output that can't be mistaken, input that is asked for."""

import wasm

wasm.driven = True

from struct import pack, unpack  # noqa: E402

import wasi  # noqa: E402, F401
from guest import OUT, Guest  # noqa: E402

WASI = "wasi_snapshot_preview1"
VECTORS, EVENTS, BUFFER = 16, 1536, 3072

CONSOLE = {
    "test_output_is_escaped": ("", "plain\nraw \x10D \x10P \x10M\n\x10M\x10D\x10D\x10D\x10P\x10M"),
    "test_input_comes_when_it_is_asked_for": ("03YWIK" "02YwQ=" "00" "01/w==", "\x10R40\x10R40\x10R40\x10R40"),
    "test_more_than_is_at_hand_is_not_waited_for": ("06YWJjZGVm", "\x10R02"),
    "test_a_vector_is_filled_from_what_came": ("05YWJjZGU=", "\x10Rc0"),
    "test_poll_asks_once_and_the_read_finds_it": ("04bGluZQ==00", "\x10Rc0\x10Rc0"),
    "test_a_line_that_is_cut_is_an_error_of_the_stream": ("03YW", "\x10R08"),
}


def _vectors(guest, *vectors):
    guest.memory.write(VECTORS, b"".join([pack("<II", *vector) for vector in vectors]))
    return VECTORS, len(vectors)


def _write(guest, data, handle=1):
    guest.memory.write(BUFFER, data)
    assert guest.call(WASI, "fd_write", handle, *_vectors(guest, (BUFFER, len(data))), OUT) == 0
    assert guest.out() == len(data)


def _read(guest, *vectors):
    assert guest.call(WASI, "fd_read", 0, *_vectors(guest, *(vectors or ((BUFFER, 64),))), OUT) == 0
    return guest.memory.read(BUFFER, guest.out())


def _poll(guest, milliseconds):
    """Wait for input or time, whichever is first: the kinds of events and what can be read."""
    clock = pack("<QBxxxxxxxIxxxxQQHxxxxxx", 1, 0, 1, milliseconds * 1000000, 0, 0)
    guest.memory.write(VECTORS, clock + pack("<QBxxxxxxxIxxxxQQHxxxxxx", 2, 1, 0, 0, 0, 0))
    assert guest.call(WASI, "poll_oneoff", VECTORS, EVENTS, 2, OUT) == 0
    events = [guest.memory.read(EVENTS + 32 * i, 32) for i in range(guest.out())]
    return [(event[10], unpack("<Q", event[16:24])[0]) for event in events]


def test_output_is_escaped():
    guest = Guest()
    _write(guest, b"plain\n")
    _write(guest, b"raw \x04 \x10 \r\n")
    _write(guest, b"\r\x04\x04", 2)
    for alone in (b"\x04", b"\x10", b"\r"):
        _write(guest, alone)


def test_input_comes_when_it_is_asked_for():
    guest = Guest()
    assert [_read(guest) for _ in range(4)] == [b"ab\n", b"c\x04", b"", b"\xff"]


def test_more_than_is_at_hand_is_not_waited_for():
    guest = Guest()
    assert _read(guest, (BUFFER, 2)) == b"ab"
    assert _poll(guest, 1000) == [(1, 4)]
    assert _read(guest) == b"cdef"


def test_a_vector_is_filled_from_what_came():
    guest = Guest()
    assert _poll(guest, 1000) == [(1, 5)]
    assert _read(guest, (BUFFER, 2), (BUFFER + 2, 2)) == b"abcd"
    assert _read(guest, (BUFFER, 2)) == b"e"


def test_poll_asks_once_and_the_read_finds_it():
    guest = Guest()
    assert _poll(guest, 1000) == [(1, 4)]
    assert _poll(guest, 0)[-1] == (1, 4)
    assert _read(guest, (BUFFER, 3)) == b"lin"
    assert _read(guest) == b"e"
    assert _poll(guest, 1000) == [(1, 1)]  # the end is there to be read, too
    assert _read(guest) == b""


def test_a_line_that_is_cut_is_an_error_of_the_stream():
    guest = Guest()
    assert guest.call(WASI, "fd_read", 0, *_vectors(guest, (BUFFER, 8)), OUT) == 29
