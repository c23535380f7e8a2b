"""On MicroPython: brings every function of the interfaces to each errno that it has, and prints both.

The lines are ``wasi_gpio.toggle 76``. What functions take is in the table of ``upy_conditions``.
"""

from struct import pack

import machine
from guest import OUT, Guest
from upy_conditions import ADDRESS, GRANTS, HARDWARE, INPUTS, OPENS, _arguments, _opened, _prepare_inputs

TRANSFERS = ("read", "write", "write_read", "transfer", "transaction")
# What the hardware of an interface does where it fails.
FAILURES = {
    "wasi_gpio": ([OSError(5)], ("set_", "toggle", "read", "is_")),
    "wasi_adc": ([OSError(5)], ("read_",)),
    "wasi_pwm": ([ValueError()], ("set_frequency",)),
    "wasi_i2c": ([OSError(1000), OSError(19), MemoryError()], TRANSFERS),
    "wasi_spi": ([OSError(5), MemoryError()], TRANSFERS),
    "wasi_uart": ([OSError(5), MemoryError()], TRANSFERS),
    "wasi_sensor": ([OSError(5)], ("read",)),
}

failure = []


def _let_fail(kind, name, otherwise=None):
    """Let a method of ``machine``'s raise what is in ``failure``."""
    original = getattr(kind, name, otherwise)

    def method(self, *arguments, **named):
        if failure:
            raise failure[0]
        return original(self, *arguments, **named)

    setattr(kind, name, method)


def _told(full, errno):
    if errno:
        print(full, errno)


def _failing(error, function, *arguments):
    failure.append(error)
    try:
        return function(*arguments)
    finally:
        failure.clear()


def _opens():
    for module, name, label in OPENS:
        full = module + "." + name
        _prepare_inputs()
        _told(full, Guest({}).call(module, name, label, OUT))
        guest = Guest(GRANTS)
        _told(full, guest.call(module, name, label, 4093))
        _told(full, _failing(ValueError(), guest.call, module, name, label, OUT))
        assert guest.call(module, name, label, OUT) == 0
        _told(full, guest.call(module, name, label, OUT))
        while guest.table._lowest() < 64:
            guest.table.add((None, 0, guest, None))
        _told(full, guest.call(module, name, label, OUT))
        guest.table.close()


def _calls(full):
    module, name = full.split(".")
    form = HARDWARE[full]
    guest, handle = _opened(module, name)
    function = guest.table.bind(module, name)[0]
    _told(full, function(*_arguments(form, 63)))
    for at in (4096, 4093):
        if name != "close":
            _told(full, function(*_arguments(form, handle, out=at, buffer=at, size=16)))
    for value in (4, 65536, -1):
        changed = _arguments(form, handle)
        for i, letter in enumerate(form):
            changed[i] = value if letter.isdigit() else changed[i]
        _told(full, function(*changed) if name != "close" else 0)
    if "n" in form:
        _told(full, function(*_arguments(form, handle, size=17)))
        guest.memory.write(3072, pack("<Iiii", 3, 0, 0, 0))
        _told(full, function(*_arguments(form, handle)))
        guest.memory.write(3072, pack("<Iiii", 0, *((3000, 4, 0) if module == "wasi_i2c" else (0, 3000, 4))))
    if "a" in form:
        _told(full, function(*_arguments(form, handle, address=ADDRESS + 1)))
    if module == "wasi_gpio":
        other = "get_digital_out" if name in INPUTS else "get_digital_in"
        assert guest.call(module, other, b"wasi_gpio" if name in INPUTS else b"input", OUT) == 0
        if name != "close":
            _told(full, function(*_arguments(form, guest.out())))
    errors, names = FAILURES[module]
    for error in errors:
        if name != "take_edges" and any(name.startswith(each) for each in names):
            _told(full, _failing(error, function, *_arguments(form, handle)))
    if name == "close":
        _told(full, _failing(OSError(5), function, handle))
    guest.table.close()


for kind, names in (
    (machine.Pin, ("__init__", "value", "init")),
    (machine.ADC, ("__init__", "read_u16")),
    (machine.I2C, ("__init__", "writeto", "readfrom")),
    (machine.SPI, ("__init__", "write", "readinto", "write_readinto")),
    (machine.UART, ("__init__", "read", "write", "deinit")),
    (machine.PWM, ("__init__", "freq", "deinit")),
):
    for name in names:
        _let_fail(kind, name)
_let_fail(machine.ADC, "deinit", lambda self: None)
_opens()
for full in sorted(HARDWARE):
    _calls(full)
_told("wasi_gpio.delay_us", Guest({}).call("wasi_gpio", "delay_us", -1))
