"""``wasi_snapshot_preview1`` as a board has it: console, arguments, clocks, sleep."""

import time
from struct import pack, unpack

import wasi
from guest import OUT, Guest

WASI = "wasi_snapshot_preview1"
LONG = 15_000_000  # microseconds, in which a busy machine comes to everything
VECTORS, EVENTS, BUFFER = 16, 1536, 3072

CONSOLE = {
    "test_write_gathers": ("", "hello, world\n"),
    "test_write_more_than_a_chunk": ("", "0123456789" * 90),
    "test_read_takes_a_line_at_a_time": ("first\nsecond\nrest", ""),
    "test_read_scatters": ("abcdefgh\n", ""),
    "test_read_ends_at_control_d": ("a\x04", ""),
    "test_poll_finds_input": ("x", ""),
    "test_output_keeps_to_its_rate": ("", "." * 1500),
}


def _vectors(guest, *vectors):
    guest.memory.write(VECTORS, b"".join([pack("<II", *vector) for vector in vectors]))
    return VECTORS, len(vectors)


def test_write_gathers():
    guest = Guest()
    guest.memory.write(BUFFER, b"hello, world\n")
    vectors = _vectors(guest, (BUFFER, 7), (0, 0), (BUFFER + 7, 6))
    assert guest.call(WASI, "fd_write", 1, *vectors, OUT) == 0
    assert guest.out() == 13
    assert guest.call(WASI, "fd_write", 2, VECTORS, 0, OUT) == 0
    assert guest.out() == 0


def test_write_more_than_a_chunk():
    guest = Guest()
    guest.memory.write(BUFFER, b"0123456789" * 90)
    assert guest.call(WASI, "fd_write", 1, *_vectors(guest, (BUFFER, 900)), OUT) == 0
    assert guest.out() == 900


def test_write_out_of_bounds_prints_nothing():
    guest = Guest()
    for vector in ((4090, 7), (0xFFFFFFFF, 2), (BUFFER, 0xFFFFFFFF), (5000, 0)):
        assert guest.call(WASI, "fd_write", 1, *_vectors(guest, vector), OUT) == 21, vector
    for vectors, count, out in (
        (4090, 1, OUT),
        (-8, 1, OUT),
        (16, -1, OUT),
        (16, 0x20000000, OUT),
        (16, 0, 4093),
    ):
        assert guest.call(WASI, "fd_write", 1, vectors, count, out) == 21, (vectors, count)


def test_rights_of_streams():
    guest = Guest()
    assert guest.call(WASI, "fd_write", 0, VECTORS, 0, OUT) == 76
    assert guest.call(WASI, "fd_read", 1, VECTORS, 0, OUT) == 76
    assert wasi.denied == {"wasi_snapshot_preview1.fd_write": 1, "wasi_snapshot_preview1.fd_read": 1}
    for handle in (3, -1):
        assert guest.call(WASI, "fd_write", handle, VECTORS, 0, OUT) == 8
        assert guest.call(WASI, "fd_read", handle, VECTORS, 0, OUT) == 8


def _line(guest, size=64):
    assert guest.call(WASI, "fd_read", 0, *_vectors(guest, (BUFFER, size)), OUT) == 0
    return guest.memory.read(BUFFER, guest.out())


def test_read_takes_a_line_at_a_time():
    guest = Guest()
    assert [_line(guest), _line(guest, 4), _line(guest)] == [b"first\n", b"seco", b"nd\n"]
    assert [_line(guest), _line(guest), _line(guest)] == [b"rest", b"", b""]


def test_read_scatters():
    guest = Guest()
    vectors = _vectors(guest, (BUFFER, 2), (0, 0), (BUFFER + 10, 3))
    assert guest.call(WASI, "fd_read", 0, *vectors, OUT) == 0
    assert guest.out() == 5
    assert guest.memory.read(BUFFER, 2) + guest.memory.read(BUFFER + 10, 3) == b"abcde"
    assert guest.call(WASI, "fd_read", 0, *_vectors(guest, (4090, 7)), OUT) == 21
    assert _line(guest) == b"fgh\n"


def test_read_ends_at_control_d():
    guest = Guest()
    assert _line(guest) == b"a"
    assert _line(guest) == b""


def test_streams_have_no_position():
    guest = Guest()
    for handle in (0, 1, 2):
        assert guest.call(WASI, "fd_seek", handle, 0, 1, OUT) == 70
        assert guest.call(WASI, "fd_tell", handle, OUT) == 70
    assert guest.call(WASI, "fd_seek", 3, 0, 1, OUT) == 8


def test_streams_look_like_terminals():
    guest = Guest()
    for handle, rights in ((0, 1 << 1 | 1 << 27), (1, 1 << 6 | 1 << 27), (2, 1 << 6 | 1 << 27)):
        assert guest.call(WASI, "fd_fdstat_get", handle, OUT) == 0
        assert unpack("<BBHIQQ", guest.memory.read(OUT, 24)) == (2, 0, 0, 0, rights, 0)
    assert guest.call(WASI, "fd_fdstat_get", 3, OUT) == 8
    assert guest.call(WASI, "fd_fdstat_get", 1, 4080) == 21
    assert wasi.denied == {}


def test_nothing_is_preopened():
    guest = Guest()
    assert guest.call(WASI, "fd_prestat_get", 3, OUT) == 8
    assert guest.call(WASI, "fd_prestat_dir_name", 3, BUFFER, 8) == 8


def test_the_rest_links_and_refuses():
    guest = Guest()
    for name, errno in (
        ("path_open", 54),
        ("path_unlink_file", 54),
        ("sock_send", 57),
        ("fd_readdir", 54),
        ("fd_filestat_set_size", 70),
        ("proc_raise", 52),
    ):
        function, kind = guest.table.bind(WASI, name)[:2]
        assert function(*[0] * (len(kind) - 2)) == errno, name


def _strings(guest, sizes, get):
    assert guest.call(WASI, sizes, OUT, OUT + 4) == 0
    count, size = unpack("<II", guest.memory.read(OUT, 8))
    assert guest.call(WASI, get, VECTORS, BUFFER) == 0
    assert guest.memory.read(BUFFER + size, 1) == b"\xaa"
    pointers = unpack("<%dI" % count, guest.memory.read(VECTORS, 4 * count))
    return [guest.memory.read(at, 64).split(b"\0")[0].decode() for at in pointers]


def test_arguments_and_environment():
    guest = Guest(args=["app", "", "gr\u00fc\u00df"], env={"TZ": "UTC", "EMPTY": ""})
    assert _strings(guest, "args_sizes_get", "args_get") == ["app", "", "gr\u00fc\u00df"]
    assert sorted(_strings(guest, "environ_sizes_get", "environ_get")) == ["EMPTY=", "TZ=UTC"]
    assert guest.call(WASI, "args_get", 4090, BUFFER) == 21
    assert guest.call(WASI, "args_get", VECTORS, 4090) == 21
    bare = Guest()
    assert _strings(bare, "args_sizes_get", "args_get") == []
    assert _strings(bare, "environ_sizes_get", "environ_get") == []


def test_exit_carries_the_code():
    from wasm.errors import Exit

    for code, seen in ((0, 0), (76, 76), (-1, 0xFFFFFFFF)):
        try:
            Guest().call(WASI, "proc_exit", code)
        except Exit as end:
            assert end.code == seen
        else:
            raise AssertionError("no Exit")


def test_random_fills_exactly():
    guest = Guest()
    assert guest.call(WASI, "random_get", BUFFER, 600) == 0
    assert guest.memory.read(BUFFER + 600, 2) == b"\xaa\xaa"
    assert len(set(guest.memory.read(BUFFER, 600))) > 100
    assert guest.memory.read(BUFFER + 580, 20) != b"\xaa" * 20
    assert guest.call(WASI, "random_get", 4000, 600) == 21
    assert guest.call(WASI, "random_get", 0, -1) == 21
    assert guest.call(WASI, "sched_yield") == 0


def _time(guest, clock):
    assert guest.call(WASI, "clock_time_get", clock, 0, OUT) == 0
    return unpack("<Q", guest.memory.read(OUT, 8))[0]


def test_clocks():
    guest = Guest()
    assert abs(_time(guest, 0) - time.time_ns()) < 1000000000
    before = _time(guest, 1)
    time.sleep_us(20000)
    assert 20000000 <= _time(guest, 1) - before < 1000000000
    for clock in (0, 1):
        assert guest.call(WASI, "clock_res_get", clock, OUT) == 0
        assert unpack("<Q", guest.memory.read(OUT, 8))[0] == 1000
    for clock in (2, 3, -1):
        assert guest.call(WASI, "clock_time_get", clock, 0, OUT) == 28
        assert guest.call(WASI, "clock_res_get", clock, OUT) == 28
    assert guest.call(WASI, "clock_time_get", 1, 0, 4089) == 21


def test_monotonic_survives_wraps_of_a_boards_ticks():
    from wasi import clock

    wrap = (1 << 30) - 1
    now = 0
    clock._WRAP = wrap
    clock.ticks_us = lambda: now & wrap
    clock.ticks_ms = lambda: now // 1000 & wrap
    clock._us = clock._ms = 0
    start = clock.monotonic()
    for step in (1, 999, 1 << 29, (1 << 30) - 1, 1 << 30, (1 << 30) + 1, 5 << 30, 86400000000 * 11, 17):
        now += step
        assert clock.monotonic() - start == now, step


def _subscribe(guest, *subscriptions):
    packed = [pack("<QBxxxxxxxIxxxxQQHxxxxxx", *subscription) for subscription in subscriptions]
    guest.memory.write(VECTORS, b"".join(packed))
    return guest.call(WASI, "poll_oneoff", VECTORS, EVENTS, len(subscriptions), OUT)


def _events(guest):
    """(userdata, errno, type) of each event stored."""
    return [unpack("<QHB", guest.memory.read(EVENTS + 32 * i, 11)) for i in range(guest.out())]


def _elapsed(function):
    start = time.ticks_us()
    function()
    return time.ticks_diff(time.ticks_us(), start)


def test_sleep_is_never_short_and_hardly_long():
    guest = Guest()
    for us in (0, 1, 300, 1500, 2500, 30000):

        def sleep(us=us):
            assert _subscribe(guest, (7, 0, 1, us * 1000, 0, 0)) == 0

        assert us <= min([_elapsed(sleep) for _ in range(5)]) < us + 2000, us
        assert _events(guest) == [(7, 0, 0)]


def test_sleep_until():
    guest = Guest()
    for clock in (0, 1):

        def until(clock=clock):
            assert _subscribe(guest, (1 << 63, 0, clock, _time(guest, clock) + 20000000, 0, 1)) == 0

        assert 19900 <= _elapsed(until) < LONG
        assert _events(guest) == [(1 << 63, 0, 0)]

        def past(clock=clock):
            assert _subscribe(guest, (2, 0, clock, 5, 0, 1)) == 0

        assert _elapsed(past) < LONG


def test_poll_reports_the_first():
    guest = Guest()
    assert _subscribe(guest, (1, 0, 1, 1 << 60, 0, 0), (2, 0, 1, 5000000, 0, 0), (3, 0, 0, 4000000, 0, 0)) == 0
    assert (3, 0, 0) in _events(guest) and (1, 0, 0) not in _events(guest)
    assert _subscribe(guest, (1, 0, 1, 1 << 60, 0, 0), (2, 2, 1, 0, 0, 0)) == 0
    assert _events(guest) == [(2, 0, 2)]


def test_poll_reports_errors_at_once():
    guest = Guest()
    wrong = (
        (1, 0, 9, 0, 0, 0),
        (2, 1, 5, 0, 0, 0),
        (3, 2, 0, 0, 0, 0),
        (4, 3, 0, 0, 0, 0),
        (5, 0, 1, 1 << 60, 0, 0),
    )
    assert _elapsed(lambda: _subscribe(guest, *wrong)) < LONG
    assert _events(guest) == [(1, 28, 0), (2, 8, 1), (3, 76, 2), (4, 28, 3)]
    assert wasi.denied == {"wasi_snapshot_preview1.poll_oneoff": 1}


def test_poll_finds_input():
    guest = Guest()
    assert _subscribe(guest, (1, 1, 0, 0, 0, 0), (2, 0, 1, 1 << 60, 0, 0)) == 0
    assert _events(guest) == [(1, 0, 1)]


def test_poll_refuses_what_is_wrong():
    guest = Guest()
    poll = guest.table.bind(WASI, "poll_oneoff")[0]
    assert poll(VECTORS, EVENTS, 0, OUT) == 28
    for arguments in (
        (4090, EVENTS, 1, OUT),
        (VECTORS, 4090, 1, OUT),
        (VECTORS, EVENTS, -1, OUT),
        (16, 1536, 1, 4093),
    ):
        assert poll(*arguments) == 21, arguments


def test_output_keeps_to_its_rate():
    guest = Guest(output=1000)
    guest.memory.write(BUFFER, b"." * 500)
    vectors = _vectors(guest, (BUFFER, 500))
    assert _elapsed(lambda: guest.call(WASI, "fd_write", 1, *vectors, OUT)) < 300000
    assert _elapsed(lambda: guest.call(WASI, "fd_write", 1, *vectors, OUT)) < 300000
    assert 400000 < _elapsed(lambda: guest.call(WASI, "fd_write", 1, *vectors, OUT)) < 1500000
    assert guest.out() == 500
