"""The check of grants, once, when an instance is made. Their forms are in ``table``."""

_ACCESS = ("read-only", "read-write")
# What decides what runs, and with which grants: MicroPython imports from / before it does from /lib.
_OWN = ("/lib", "/wasmdev", "/wasm", "/wasmc", "/wasi", "/boot.py", "/main.py")
_WIRING = {"gpio.out": ("active-low",), "gpio.in": ("up", "down", "active-low"), "pwm": ("active-low",)}


def _number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _positive(value):
    return _number(value) and value > 0


def _place(value):
    """True for what names a pin or a channel: a number, or a name as ``machine`` takes it."""
    return bool(value) if isinstance(value, str) else _number(value) and value >= 0


def _free(value):
    return value is None or _place(value)


def _text(value):
    return isinstance(value, str)


def _names(label):
    """Whether a guest can ask for these bytes, and a user can read them."""
    return 0 < len(label) <= 64 and min(label) >= 32 and 127 not in label


def _address(value):
    return _number(value) and 8 <= value < 120


def _addresses(value):
    return isinstance(value, (list, tuple)) and all(_address(each) for each in value)


def _mode(value):
    return _number(value) and 0 <= value < 4


# kind -> what must follow the kind, in words, and the check of each.
_LINE = (_place, _number, _number, _positive)
_LINE_WORDS = "offset, numerator and denominator (whole numbers, the last above 0) after the channel"
_CHIP = (_place, _place, _place, _positive, _address)
_CHIP_WORDS = "bus, sda, scl, frequency and an address from 8 to 119"
_FORMS = {
    "i2c": (_CHIP[:4] + (_addresses,), "bus, sda, scl, frequency and a list of addresses from 8 to 119"),
    "spi": (
        (_place, _place, _place, _free, _place, _positive, _mode),
        "bus, sck, mosi, miso, cs, baud and a mode from 0 to 3",
    ),
    "uart": ((_place, _place, _place, _positive), "number, tx, rx and baud"),
    "sensor.temperature": (_LINE, _LINE_WORDS),
    "sensor.analog": (_LINE + (_text, _text), _LINE_WORDS + ", then name and unit"),
    "sensor.builtin": ((_text, _text), "a function as module.function and its unit, C or F"),
    "sensor.bme280": (_CHIP, _CHIP_WORDS),
    "sensor.mpu6050": (_CHIP, _CHIP_WORDS),
    "sensor.ds18b20": ((_place,), "a pin"),
}
_KINDS = sorted(tuple(_WIRING) + ("adc", "folder") + tuple(_FORMS))


def _complaint(grant):
    """What is wrong with a grant, or None."""
    if not isinstance(grant, (list, tuple)) or not grant:
        return 'must be a list such as ["gpio.out", 25]'
    kind = grant[0]
    if kind not in _KINDS:
        return "has unknown kind %r, expected one of %s" % (kind, ", ".join(_KINDS))
    if len(grant) < 2 or not _place(grant[1]):
        return "needs a pin or channel after %r, a number from 0 or a name" % kind
    if kind == "folder":
        return _folder_complaint(grant)
    if kind in _WIRING:
        return _wiring_complaint(kind, grant[2:])
    if kind == "adc":
        rest = grant[2:]
        if len(rest) > 1 or not all(_positive(value) for value in rest):
            return "takes one number after the channel, the millivolts of full scale"
        return None
    checks, words = _FORMS[kind]
    rest = grant[1:]
    if len(rest) != len(checks) or not all(check(value) for check, value in zip(checks, rest)):
        return "needs " + words
    return None


def _wiring_complaint(kind, rest):
    if kind == "pwm":
        if not rest or not _positive(rest[0]):
            return "needs a frequency in hertz after the pin"
        rest = rest[1:]
    for word in rest:
        if word is not None and word not in _WIRING[kind]:
            return "has unknown option %r, %s takes %s" % (word, kind, ", ".join(_WIRING[kind]))
    if "up" in rest and "down" in rest:
        return "pulls both up and down, choose one"
    return None


def _folder_complaint(grant):
    path = grant[1]
    if not isinstance(path, str) or path[:1] != "/" or ".." in path.split("/"):
        return "needs a folder's path from / on, without .."
    if len(grant) != 3 or grant[2] not in _ACCESS:
        return "needs one of %s after the path" % ", ".join(_ACCESS)
    if grant[2] == "read-write":
        path = "/" + "/".join([part for part in path.lower().split("/") if part not in ("", ".")])
        for own in _OWN:
            if path == "/" or path == own or path.startswith(own + "/"):
                return "may not be written below %s: that is where the board's programs are" % path
    return None


def check(grants):
    """Return ``grants`` (label -> grant) when each is right.

    Raises ValueError, one line that names the label and what was expected.
    """
    for label, grant in grants.items():
        if not isinstance(label, str) or not _names(label.encode()):
            raise ValueError("grant %r: a label is text of 1 to 64 bytes, no control characters" % (label,))
        complaint = _complaint(grant)
        if complaint:
            raise ValueError("grant %r: it %s" % (label, complaint))
    return grants
