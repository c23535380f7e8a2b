"""The capability table in a snapshot: handles are opened again by label, under the grants that hold then."""

import json
import os
from struct import pack

import machine
from guest import OUT, Guest
from wasi.kept import restore, save

WASI = "wasi_snapshot_preview1"
GPIO = "wasi_gpio"
ROOT = getattr(os, "getenv", lambda _, none: none)("WASM_GUESTS", "") + "/kept"
NOTCAPABLE, BADF = 76, 8
GRANTS = {
    "led": ["gpio.out", 25, "active-low"],
    "button": ["gpio.in", 14, "up"],
    "light": ["pwm", 15, 1000],
    "data": ["folder", ROOT, "read-write"],
}
CREATE = 1
ALL = (1 << 29) - 1


def _moved(guest, grants=GRANTS):
    """The same guest with another table, through what is in a file."""
    text = json.dumps(save(guest.table))
    guest.table.close()
    machine.calls.clear()
    other = Guest(grants)
    restore(other.table, json.loads(text))
    return other


def _opened(guest, module, name, label):
    assert guest.call(module, name, label, OUT) == 0
    return guest.out()


def _file(guest, path, folder=3):
    assert guest.call(WASI, "path_open", folder, 0, path, CREATE, ALL, ALL, 0, OUT) == 0
    return guest.out()


def _write(guest, handle, data):
    guest.memory.write(3072, data)
    guest.memory.write(16, pack("<II", 3072, len(data)))
    return guest.call(WASI, "fd_write", handle, 16, 1, OUT)


def _read(guest, handle, size):
    guest.memory.write(16, pack("<II", 3072, size))
    errno = guest.call(WASI, "fd_read", handle, 16, 1, OUT)
    return guest.memory[3072 : 3072 + guest.out()] if errno == 0 else errno


def test_outputs_keep_their_level():
    guest = Guest(GRANTS)
    led = _opened(guest, GPIO, "get_digital_out", b"led")
    light = _opened(guest, "wasi_pwm", "open", b"light")
    assert guest.call(GPIO, "set_active", led) == 0
    assert guest.call("wasi_pwm", "set_duty", light, 20000) == 0
    assert guest.call("wasi_pwm", "set_frequency", light, 50) == 0
    guest = _moved(guest)
    assert ("value", 25, 0) in machine.calls
    assert guest.call("wasi_pwm", "get_duty", light, OUT) == 0 and guest.out() == 20000
    assert guest.call(GPIO, "toggle", led) == 0
    assert machine.calls[-1] == ("value", 25, 1)
    guest.table.close()


def test_edges_are_counted_on():
    guest = Guest(GRANTS)
    button = _opened(guest, GPIO, "get_digital_in", b"button")
    assert guest.call(GPIO, "watch", button, 3) == 0
    machine.handlers[14](None)
    guest = _moved(guest)
    machine.handlers[14](None)
    assert guest.call(GPIO, "take_edges", button, OUT) == 0 and guest.out() == 2
    guest.table.close()


def test_files_come_back_at_their_offset():
    guest = Guest(GRANTS)
    handle = _file(guest, b"notes.txt")
    closed = _file(guest, b"other.txt")
    assert _write(guest, handle, b"one two three") == 0
    guest.call(WASI, "fd_close", closed)
    assert guest.call(WASI, "fd_seek", handle, 4, 0, OUT) == 0
    guest = _moved(guest)
    assert _read(guest, handle, 3) == b"two"
    assert _write(guest, handle, b"!") == 0
    assert guest.call(WASI, "fd_close", closed) == BADF
    assert _file(guest, b"other.txt") == closed
    with open(ROOT + "/notes.txt") as file:
        guest.call(WASI, "fd_close", handle)
        assert file.read()[:13] == "one two!three"
    guest.table.close()


def test_what_is_granted_no_more_is_refused():
    guest = Guest(GRANTS)
    led = _opened(guest, GPIO, "get_digital_out", b"led")
    button = _opened(guest, GPIO, "get_digital_in", b"button")
    guest.call(GPIO, "set_active", led)
    handle = _file(guest, b"notes.txt")
    guest = _moved(guest, {"button": GRANTS["button"]})
    assert [call[:2] for call in machine.calls] == [("new", 14)], machine.calls
    for _ in range(2):
        assert guest.call(GPIO, "set_active", led) == NOTCAPABLE
        assert guest.call(GPIO, "toggle", led) == NOTCAPABLE
        assert _read(guest, handle, 3) == NOTCAPABLE
        assert _write(guest, handle, b"x") == NOTCAPABLE
        assert guest.call(WASI, "path_open", 3, 0, b"new.txt", CREATE, ALL, ALL, 0, OUT) == NOTCAPABLE
        assert guest.call(WASI, "fd_seek", handle, 0, 0, OUT) == NOTCAPABLE
        guest = _moved(guest, {"button": GRANTS["button"]})
    machine.levels[14] = 0
    assert guest.call(GPIO, "is_active", button, OUT) == 0
    assert guest.call(GPIO, "close", led) == 0 and guest.call(GPIO, "close", led) == BADF
    assert guest.call(WASI, "fd_close", handle) == 0
    # What was revoked stays so for a handle, also where the grant is back.
    guest = _moved(guest, GRANTS)
    assert guest.call(WASI, "path_open", 3, 0, b"new.txt", CREATE, ALL, ALL, 0, OUT) == NOTCAPABLE
    guest.table.close()


def test_a_grant_for_reading_takes_the_right_to_write():
    guest = Guest(GRANTS)
    handle = _file(guest, b"notes.txt")
    assert _write(guest, handle, b"kept") == 0
    grants = dict(GRANTS)
    grants["data"] = ["folder", ROOT, "read-only"]
    guest = _moved(guest, grants)
    assert _write(guest, handle, b"more") == NOTCAPABLE
    assert guest.call(WASI, "path_open", 3, 0, b"new.txt", CREATE, ALL, ALL, 0, OUT) == NOTCAPABLE
    assert guest.call(WASI, "fd_seek", handle, 0, 0, OUT) == 0
    assert _read(guest, handle, 4) == b"kept"
    guest.table.close()


def test_a_reduced_stream_stays_so():
    guest = Guest(GRANTS)
    assert guest.call(WASI, "fd_fdstat_set_rights", 1, 0, 0) == 0
    assert guest.call(WASI, "fd_close", 2) == 0
    guest = _moved(guest)
    assert _write(guest, 1, b"x") == NOTCAPABLE
    assert _write(guest, 2, b"x") == BADF
    guest.table.close()


def test_a_pin_that_is_another_guests_now():
    guest = Guest(GRANTS)
    _opened(guest, GPIO, "get_digital_out", b"led")
    text = json.dumps(save(guest.table))
    guest.table.close()
    other = Guest(GRANTS)
    _opened(other, GPIO, "get_digital_out", b"led")
    assert _in_use(text)[:13] == "led is in use"
    other.table.close()


def _in_use(text):
    """Why a table can't be had again now."""
    guest = Guest(GRANTS)
    try:
        restore(guest.table, json.loads(text))
    except RuntimeError as error:
        return str(error)
    finally:
        guest.table.close()
    raise AssertionError("two have it")


def test_forged_tables():
    guest = Guest(GRANTS)
    _opened(guest, GPIO, "get_digital_out", b"led")
    handle = _file(guest, b"notes.txt")
    whole = save(guest.table)
    guest.table.close()
    size = len(whole["open"])

    def forged(**changed):
        kept = json.loads(json.dumps(whole))
        kept.update(changed)
        other = Guest({"data": ["folder", ROOT, "read-only"]})
        try:
            restore(other.table, kept)
        except (ValueError, TypeError, KeyError, IndexError):
            return None
        finally:
            for each in other.table.entries:
                assert each is None or each[0] != GPIO or each[1] == 0
        return other

    assert forged(first=0) is None and forged(first=size + 1) is None and forged(open=[None] * 65) is None
    assert forged(open=7) is None and forged(open=[["wasi_nothing", "led", []]] * 5) is None
    with open(ROOT + "/../secret", "w") as file:
        file.write("secret")
    for path in ("../secret", "/secret", "..", "../kept/../secret"):
        kept = whole["open"][:]
        kept[handle] = [WASI, "data", path, ALL, 4, 0, 0]
        other = forged(open=kept)
        assert other is not None and other.table.entry(handle)[1] == 0
        other.table.close()
    kept = whole["open"][:]
    kept[handle] = [WASI, "data", "notes.txt", ALL, 4, 0, 0]
    other = forged(open=kept)
    assert _write(other, handle, b"x") == NOTCAPABLE
    other.table.close()
    os.remove(ROOT + "/../secret")


def test_a_handle_keeps_the_label_that_it_was_opened_through():
    _fresh(ROOT + "/in")
    grants = {"a": ["folder", ROOT, "read-write"], "b": ["folder", ROOT + "/in", "read-only"]}
    guest = Guest(grants)
    handle = _file(guest, b"in/file.txt")
    assert guest.call(WASI, "path_open", 3, 0, b".", 2, 0x264E011, ALL, 0, OUT) == 0
    folder = guest.out()
    assert guest.call(WASI, "fd_prestat_get", folder, OUT) == BADF
    guest = _moved(guest, grants)
    assert _write(guest, handle, b"x") == 0
    assert guest.call(WASI, "fd_prestat_get", folder, OUT) == BADF
    assert [entry[2].name for entry in guest.table.entries[3:5]] == ["a", "b"]
    guest.table.close()


def _fresh(path):
    for each in path.rsplit("/", 1)[0], path:
        try:
            os.mkdir(each)
        except OSError:
            pass  # it is there


def test_two_labels_of_one_folder():
    _fresh(ROOT)
    grants = {"a": ["folder", ROOT, "read-write"], "b": ["folder", ROOT, "read-only"]}
    guest = _moved(Guest(grants), grants)
    assert [entry[2].name for entry in guest.table.entries[3:5]] == ["a", "b"]
    assert guest.call(WASI, "path_open", 4, 0, b"new.txt", CREATE, ALL, ALL, 0, OUT) == NOTCAPABLE
    guest.table.close()


def test_a_file_that_another_guest_writes_to_now():
    guest = Guest(GRANTS)
    _file(guest, b"notes.txt")
    text = json.dumps(save(guest.table))
    guest.table.close()
    other = Guest(GRANTS)
    _file(other, b"notes.txt")
    assert "notes.txt is in use" in _in_use(text)
    other.table.close()


def test_nothing_is_told_of_what_is_granted_no_more():
    guest = Guest(GRANTS)
    handle = _file(guest, b"notes.txt")
    guest = _moved(guest, {})
    for each in 3, handle:
        assert guest.call(WASI, "fd_filestat_get", each, OUT) == NOTCAPABLE
    guest.table.close()


def test_forged_states():
    guest = Guest(GRANTS)
    handle = _file(guest, b"notes.txt")
    button = _opened(guest, GPIO, "get_digital_in", b"button")
    whole = json.dumps(save(guest.table))
    guest.table.close()
    for at, value in ((5, "z"), (6, "x"), (6, -5), (6, 1 << 70), (6, [1]), (3, "all"), (3, None)):
        kept = json.loads(whole)
        kept["open"][handle][at] = value
        _refused(kept)
    for state in ([0, 3, "x"], ["x", 0, 0], [0, 3], [0, 3, -1], 7):
        kept = json.loads(whole)
        kept["open"][button][2] = state
        _refused(kept)


def _refused(kept):
    guest = Guest(GRANTS)
    try:
        restore(guest.table, kept)
    except (ValueError, TypeError, IndexError):
        return
    finally:
        guest.table.close()
    raise AssertionError("it was taken")
