"""Every function that a guest can import, under every condition: the errno that is documented, and nothing raised.

``TABLE`` has a line for each function: what its parameters are, a letter each, and a column for each condition.
"""

import os
from struct import pack

import machine
import wasi
from guest import OUT, TEXT, Guest

BADF, FAULT, NOTCAPABLE = 8, 21, 76
FOLDER = getattr(os, "getenv", lambda _, none: none)("WASM_GUESTS", "") + "/conditions"  # in / on a board
ADDRESS = 0x50

GRANTS = {
    "wasi_gpio": ("gpio.out", 25),
    "input": ("gpio.in", 14),
    "wasi_adc": ("adc", 26),
    "wasi_pwm": ("pwm", 16, 1000),
    "wasi_i2c": ("i2c", 0, 4, 5, 400000, [ADDRESS]),
    "wasi_spi": ("spi", 0, 18, 19, None, 17, 1000000, 0),
    "wasi_uart": ("uart", 0, 0, 1, 9600),
    "wasi_sensor": ("sensor.temperature", 4, 437227, -8924, 305),
    "folder": ("folder", FOLDER, "read-write"),
}
NO_GRANTS = {"folder": ("folder", FOLDER, "read-only")}
PREVIEW1 = "wasi_snapshot_preview1"
PARTS = {
    PREVIEW1: ("streams", "descriptors", "paths", "process", "clock", "poll", "nosys"),
    "wasi_gpio": ("gpio",),
    "wasi_adc": ("adc",),
    "wasi_pwm": ("pwm",),
    "wasi_i2c": ("i2c",),
    "wasi_spi": ("spi",),
    "wasi_uart": ("uart",),
    "wasi_sensor": ("sensor",),
}

# Parameters of the interfaces to hardware: h a handle, o where a u32 goes, b with z a buffer and its size, l a
# list of operations with n how many, a the address of a chip, any digit that number.
HARDWARE = {
    "wasi_gpio.get_config": "ho",
    "wasi_gpio.set_state": "h0",
    "wasi_gpio.set_active": "h",
    "wasi_gpio.set_inactive": "h",
    "wasi_gpio.toggle": "h",
    "wasi_gpio.read": "ho",
    "wasi_gpio.is_active": "ho",
    "wasi_gpio.is_inactive": "ho",
    "wasi_gpio.watch": "h1",
    "wasi_gpio.take_edges": "ho",
    "wasi_gpio.close": "h",
    "wasi_adc.read_raw": "ho",
    "wasi_adc.read_millivolts": "ho",
    "wasi_adc.close": "h",
    "wasi_pwm.set_duty": "h5",
    "wasi_pwm.get_duty": "ho",
    "wasi_pwm.set_frequency": "h9",
    "wasi_pwm.get_frequency": "ho",
    "wasi_pwm.close": "h",
    "wasi_i2c.read": "habz",
    "wasi_i2c.write": "habz",
    "wasi_i2c.write_read": "habzbz",
    "wasi_i2c.transaction": "haln",
    "wasi_i2c.close": "h",
    "wasi_spi.read": "hbz",
    "wasi_spi.write": "hbz",
    "wasi_spi.transfer": "hbbz",
    "wasi_spi.transaction": "hln",
    "wasi_spi.close": "h",
    "wasi_uart.read": "hbzo",
    "wasi_uart.write": "hbzo",
    "wasi_uart.available": "ho",
    "wasi_uart.close": "h",
    "wasi_sensor.channel_count": "ho",
    "wasi_sensor.channel_name": "h0bzo",
    "wasi_sensor.channel_unit": "h0bzo",
    "wasi_sensor.read": "h0o",
    "wasi_sensor.read_milli": "h0o",
    "wasi_sensor.close": "h",
}
INPUTS = ("read", "is_active", "is_inactive", "watch", "take_edges")
OPENS = [
    ("wasi_gpio", "get_digital_out", b"wasi_gpio"),
    ("wasi_gpio", "get_digital_in", b"input"),
] + [(module, "open", module.encode()) for module in PARTS if module not in ("wasi_gpio", PREVIEW1)]

OUTSIDE = (4096, 4097, 4093, -1, -4, 0x7FFFFFFF, -0x80000000)


# What was done to the hardware, where ``machine`` records that; a board's doesn't.
touched = getattr(machine, "calls", [])


def _prepare_inputs():
    """Let there be something to measure where ``machine`` is not a board's."""
    if hasattr(machine, "readings"):
        machine.readings.update({26: 100, 4: 14000})
        machine.levels[14] = 0


def _names(module):
    for part in PARTS[module]:
        types = __import__("wasi." + part, None, None, ("TYPES",)).TYPES
        for name in types:
            yield name, types[name]


def _arguments(form, handle, address=ADDRESS, out=OUT, buffer=3072, size=1):
    values = {"h": handle, "o": out, "b": buffer, "z": size, "l": buffer, "n": size, "a": address}
    return [int(letter) if letter.isdigit() else values[letter] for letter in form]


def _opened(module, name):
    _prepare_inputs()
    guest = Guest(GRANTS)
    inside = module == "wasi_gpio" and name in INPUTS
    function, label = (
        ("get_digital_in", b"input")
        if inside
        else ("get_digital_out" if module == "wasi_gpio" else "open", module.encode())
    )
    assert guest.call(module, function, label, OUT) == 0, module
    guest.memory.write(3072, bytes(16))
    touched.clear()
    return guest, guest.out()


def test_every_function_is_in_the_table():
    opens = {module + "." + name for module, name, _ in OPENS}
    for module in PARTS:
        if module != PREVIEW1:
            for name, kind in _names(module):
                full = module + "." + name
                if full not in opens and full != "wasi_gpio.delay_us":
                    assert len(HARDWARE[full]) == len(kind) - 2, full
    assert len(HARDWARE) + len(OPENS) + 1 == sum(
        [len(list(_names(module))) for module in PARTS if module != PREVIEW1]
    )


def test_granted():
    for full in HARDWARE:
        module, name = full.split(".")
        guest, handle = _opened(module, name)
        assert guest.table.bind(module, name)[0](*_arguments(HARDWARE[full], handle)) == 0, full
        guest.table.close()


def test_not_granted():
    for module, name, label in OPENS:
        guest = Guest({})
        before = wasi.denied.get(module + "." + name, 0)
        assert guest.call(module, name, label, OUT) == NOTCAPABLE, (module, name)
        assert guest.out() == 0xAAAAAAAA
        assert wasi.denied[module + "." + name] == before + 1
    assert touched == []
    for name in ("read", "write", "write_read", "transaction"):
        guest, handle = _opened("wasi_i2c", name)
        form = HARDWARE["wasi_i2c." + name]
        function = guest.table.bind("wasi_i2c", name)[0]
        assert function(*_arguments(form, handle, address=ADDRESS + 1)) == NOTCAPABLE
        guest.table.close()
    assert [call for call in touched if call[0].startswith("I2C.")] == []
    for name in ("set_state", "set_active", "toggle", "watch", "read", "take_edges"):
        guest, handle = _opened("wasi_gpio", "set_state" if name in INPUTS else "read")
        form = HARDWARE["wasi_gpio." + name]
        assert guest.table.bind("wasi_gpio", name)[0](*_arguments(form, handle)) == NOTCAPABLE, name
        assert touched == []
        guest.table.close()


def test_handles_of_another_kind_closed_and_invented():
    for full in HARDWARE:
        module, name = full.split(".")
        guest, handle = _opened(module, name)
        function = guest.table.bind(module, name)[0]
        other = "wasi_adc" if module != "wasi_adc" else "wasi_pwm"
        assert guest.call(other, "open", other.encode(), OUT) == 0
        wrong = guest.out()
        touched.clear()
        for value in (wrong, 0, 1, 2, 3, 63, 64, -1, 0x7FFFFFFF, -0x80000000):
            assert function(*_arguments(HARDWARE[full], value)) == BADF, (full, value)
        assert guest.call(module, "close", handle) == 0
        touched.clear()
        assert function(*_arguments(HARDWARE[full], handle)) == BADF, full
        assert touched == [], full
        guest.table.close()


def test_pointers_and_lengths_beyond_memory():
    for full in HARDWARE:
        module, name = full.split(".")
        form = HARDWARE[full]
        guest, handle = _opened(module, name)
        function = guest.table.bind(module, name)[0]
        for at in OUTSIDE:
            if "o" in form:
                assert function(*_arguments(form, handle, out=at)) == FAULT, (full, at)
            if "b" in form or "l" in form:
                assert function(*_arguments(form, handle, buffer=at, size=16)) == FAULT, (full, at)
        if "b" in form:
            for size in (1025, 4096, -1, 0x7FFFFFFF, -0x80000000):
                assert function(*_arguments(form, handle, size=size)) == FAULT, (full, size)
        if "l" in form:
            for count in (17, -1, 0x7FFFFFFF):
                assert function(*_arguments(form, handle, size=count)) == 28, (full, count)
            # The operations are in memory, and what they point at isn't.
            spi = module == "wasi_spi"
            guest.memory.write(3072, pack("<IiiI", 0, 0, 4090, 64) if spi else pack("<Iii", 0, 4090, 64))
            assert function(*_arguments(form, handle)) == FAULT, full
        moved = [call for call in touched if call[0][:5] in ("I2C.w", "I2C.r", "SPI.w", "SPI.r", "UART.")]
        assert moved == [], (full, moved)
        guest.table.close()


def test_zero_length():
    for full in HARDWARE:
        module, name = full.split(".")
        form = HARDWARE[full]
        if "z" in form or "n" in form:
            guest, handle = _opened(module, name)
            function = guest.table.bind(module, name)[0]
            assert function(*_arguments(form, handle, size=0)) == 0, full
            assert function(*_arguments(form, handle, size=0, buffer=4096)) == 0, full
            guest.table.close()


def test_open_with_pointers_beyond_memory():
    for module, name, label in OPENS:
        guest = Guest(GRANTS)
        function = guest.table.bind(module, name)[0]
        guest.memory.write(TEXT, label)
        for at in OUTSIDE:
            assert function(at, len(label), OUT) == FAULT, (module, at)
            assert function(TEXT, len(label), at) == FAULT, (module, at)
        for length in (4096, -1, 0x7FFFFFFF):
            assert function(TEXT, length, OUT) == FAULT
        assert function(TEXT, 0, OUT) == NOTCAPABLE
        assert touched == []


# Preview 1. f a file, d the granted folder, p with s a path and its size; v with n vectors and how many, q a u64.
FILES = {
    "fd_advise": "fqq0",
    "fd_allocate": "fqq",
    "fd_close": "f",
    "fd_datasync": "f",
    "fd_fdstat_get": "fo",
    "fd_fdstat_set_flags": "f0",
    "fd_fdstat_set_rights": "fq0",
    "fd_filestat_get": "fo",
    "fd_filestat_set_size": "fq",
    "fd_filestat_set_times": "fqq0",
    "fd_pread": "fvnqo",
    "fd_prestat_dir_name": "dbs",
    "fd_prestat_get": "do",
    "fd_pwrite": "fvnqo",
    "fd_read": "fvno",
    "fd_readdir": "dbs0o",
    "fd_renumber": "ff",
    "fd_seek": "fq0o",
    "fd_sync": "f",
    "fd_tell": "fo",
    "fd_write": "fvno",
    "path_create_directory": "dps",
    "path_filestat_get": "d0pso",
    "path_filestat_set_times": "d0psqq0",
    "path_link": "d0psdps",
    "path_open": "d0ps1q00o",
    "path_readlink": "dpsbso",
    "path_remove_directory": "dps",
    "path_rename": "dpsdps",
    "path_symlink": "psdps",
    "path_unlink_file": "dps",
}
GRANTED = {
    "fd_filestat_set_times": 58,
    "path_filestat_set_times": 44,
    "path_link": 44,
    "path_filestat_get": 44,
    "path_readlink": 44,
    "path_remove_directory": 44,
    "path_rename": 44,
    "path_symlink": 58,
    "path_unlink_file": 44,
}
READS = ("path_filestat_get", "path_readlink")
WRITES = [name for name in FILES if name.startswith("path_") and name not in READS]
FILE_WRITES = ["fd_allocate", "fd_filestat_set_size", "fd_filestat_set_times", "fd_pwrite", "fd_write"]
FREE = ("clock_", "args_", "environ_", "random_", "sched_", "proc_", "poll_", "sock_")


def _guest(grants, rights):
    guest = Guest(grants)
    guest.memory.write(TEXT, b"file")
    how = rights >> 6 & 1  # create it, if it may be written
    assert guest.table.bind(PREVIEW1, "path_open")[0](3, 0, TEXT, 4, how, rights, 0, 0, OUT) == 0
    guest.memory.write(TEXT, b"none")
    guest.memory.write(16, pack("<II", 3072, 8))
    return guest, guest.out()


def _values(form, handle, folder=3, out=OUT, buffer=3072, path=TEXT, size=8, length=4, vectors=16, count=1):
    values = {"f": handle, "d": folder, "o": out, "b": buffer, "p": path, "v": vectors, "n": count, "q": 64}
    after_path = False
    passed = []
    for letter in form:
        if letter == "s":
            passed.append(length if after_path else size)
        else:
            passed.append(int(letter) if letter.isdigit() else values[letter])
        after_path = letter == "p"
    return passed


def test_every_function_of_preview1_is_in_the_table():
    for name, kind in _names(PREVIEW1):
        if not name.startswith(FREE):
            assert len(FILES[name]) == len(kind.split(">")[0]), name
    assert len(FILES) + len([name for name, _ in _names(PREVIEW1) if name.startswith(FREE)]) == 46


def test_files_granted():
    for name in sorted(FILES):
        guest, handle = _guest(GRANTS, (1 << 29) - 1)
        done = guest.table.bind(PREVIEW1, name)[0](*_values(FILES[name], handle))
        assert done == GRANTED.get(name, 0), (name, done)
        guest.table.close()
        for left, *_ in list(os.ilistdir(FOLDER)):
            if left == "none":
                try:
                    os.remove(FOLDER + "/none")
                except OSError:
                    os.rmdir(FOLDER + "/none")


def test_files_not_granted():
    _guest(GRANTS, (1 << 29) - 1)[0].table.close()
    for name in WRITES + FILE_WRITES:
        guest, handle = _guest(NO_GRANTS, 1 << 1)
        before = wasi.denied.get(PREVIEW1 + "." + name, 0)
        done = guest.table.bind(PREVIEW1, name)[0](*_values(FILES[name], handle))
        assert done == NOTCAPABLE, (name, done)
        counted = "fd_write" if name == "fd_write" else name
        assert wasi.denied[PREVIEW1 + "." + counted] == before + 1, name
        guest.table.close()
    assert [name for name, *_ in os.ilistdir(FOLDER)] == ["file"]


def test_files_wrong_and_closed_handles():
    for name in sorted(FILES):
        form = FILES[name]
        guest, handle = _guest(GRANTS, (1 << 29) - 1)
        function = guest.table.bind(PREVIEW1, name)[0]
        _prepare_inputs()
        assert guest.call("wasi_adc", "open", b"wasi_adc", OUT) == 0
        wrong = [] if name == "fd_close" else [guest.out()]  # that closes any handle
        for value in wrong + [60, 64, -1, 0x7FFFFFFF, -0x80000000]:
            assert function(*_values(form, value, folder=value)) == BADF, (name, value)
        assert guest.call(PREVIEW1, "fd_close", handle) == 0
        if "f" in form:
            assert function(*_values(form, handle)) == BADF, name
        guest.table.close()


def test_files_pointers_and_lengths_beyond_memory():
    for name in sorted(FILES):
        form = FILES[name]
        guest, handle = _guest(GRANTS, (1 << 29) - 1)
        function = guest.table.bind(PREVIEW1, name)[0]
        guest.memory.write(TEXT, b"file")
        for at in OUTSIDE:
            if "o" in form and name != "path_readlink":  # there is never a link to tell of
                assert function(*_values(form, handle, out=at)) == FAULT, (name, at)
            if "p" in form:
                assert function(*_values(form, handle, path=at)) == FAULT, (name, at)
            if "v" in form:
                assert function(*_values(form, handle, vectors=at)) == FAULT, (name, at)
                guest.memory.write(16, pack("<iI", at, 8))
                assert function(*_values(form, handle)) == FAULT, (name, at)
                guest.memory.write(16, pack("<II", 3072, 8))
        for size in (4096, -1, 0x7FFFFFFF):
            if "p" in form:
                assert function(*_values(form, handle, length=size)) == FAULT, (name, size)
            if "v" in form:
                assert function(*_values(form, handle, count=size)) == FAULT, (name, size)
        guest.table.close()


def test_files_zero_length():
    for name in sorted(FILES):
        form = FILES[name]
        guest, handle = _guest(GRANTS, (1 << 29) - 1)
        function = guest.table.bind(PREVIEW1, name)[0]
        if "v" in form:
            assert function(*_values(form, handle, count=0)) == 0, name
        if "p" in form:
            assert function(*_values(form, handle, length=0)) == 44, name
        guest.table.close()
