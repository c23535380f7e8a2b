"""The check of grants, once, when an instance is made. Their forms are in ``table``."""

_OTHERS = ("adc", "folder", "sensor.temperature")
_ACCESS = ("read-only", "read-write")
_OWN = ("/lib", "/wasmdev", "/boot.py", "/main.py")  # what decides what runs, and with which grants
_WIRING = {"gpio.out": ("active-low",), "gpio.in": ("up", "down", "active-low")}


def _number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _place(value):
    """True for what names a pin or a channel: a number, or a name as ``machine`` takes it."""
    return bool(value) if isinstance(value, str) else _number(value) and value >= 0


def _complaint(grant):
    """What is wrong with a grant, or None."""
    if not isinstance(grant, (list, tuple)) or not grant:
        return 'must be a list such as ["gpio.out", 25]'
    kind = grant[0]
    if kind not in _WIRING and kind not in _OTHERS:
        return "has unknown kind %r, expected %s" % (kind, ", ".join(tuple(_WIRING) + _OTHERS))
    if len(grant) < 2 or not _place(grant[1]):
        return "needs a pin or channel after %r, a number from 0 or a name" % kind
    rest = grant[2:]
    if kind == "folder":
        return _folder_complaint(grant)
    if kind in _WIRING:
        for word in rest:
            if word is not None and word not in _WIRING[kind]:
                return "has unknown option %r, %s takes %s" % (word, kind, ", ".join(_WIRING[kind]))
        if "up" in rest and "down" in rest:
            return "pulls both up and down, choose one"
    elif kind == "adc":
        if len(rest) > 1 or not all(_number(value) and value > 0 for value in rest):
            return "takes one number after the channel, the millivolts of full scale"
    elif len(rest) != 3 or not all(_number(value) for value in rest) or rest[2] <= 0:
        return "needs offset, numerator and denominator (whole numbers, the last above 0) after the channel"
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
        if not isinstance(label, str) or not label:
            raise ValueError("grant %r: a label is text of at least one letter" % (label,))
        complaint = _complaint(grant)
        if complaint:
            raise ValueError("grant %r: it %s" % (label, complaint))
    return grants
