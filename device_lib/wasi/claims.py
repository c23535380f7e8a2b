"""Who holds what of the board, across all instances: what is exclusive is refused to the second who asks.

A claim is a name such as ``"pin 4"`` with the way in which it is used. Uses that can be shared, two devices on one
bus, are of the same way; what can't has the way None.
"""

_held = {}  # claim -> [way, how many hold it]


def _claims(grant):
    """``(claim, way)`` of each part of the board that a grant takes."""
    kind, first = grant[0], grant[1]
    if kind in ("i2c", "sensor.bme280", "sensor.mpu6050"):
        way = "i2c %s %s" % (first, grant[4])
        pins = [("pin %s" % pin, way) for pin in grant[2:4]]
        chips = grant[5] if kind == "i2c" else (grant[5],)
        return pins + [("i2c %s" % first, way)] + [("i2c %s chip %d" % (first, chip), None) for chip in chips]
    if kind == "spi":
        way = "spi %s" % first
        pins = [("pin %s" % pin, way) for pin in grant[2:5] if pin is not None]
        return pins + [("pin %s" % grant[5], None)]
    if kind == "uart":
        return [("uart %s" % first, None)] + [("pin %s" % pin, None) for pin in grant[2:4]]
    if kind == "sensor.builtin":
        return ((first, first),)
    if kind[:4] in ("gpio", "pwm") or kind == "sensor.ds18b20":
        return (("pin %s" % first, None),)
    return (("adc %s" % first, None),)


def claim(grant):
    """Take what a grant needs: what to ``release`` afterwards, or None if some of it is held already."""
    claims = _claims(grant)
    for name, way in claims:
        held = _held.get(name)
        if held and (way is None or held[0] != way):
            return None
    for name, way in claims:
        _held.setdefault(name, [way, 0])[1] += 1
    return claims


def release(claims):
    """Give back what ``claim`` took."""
    for name, _ in claims:
        held = _held[name]
        held[1] -= 1
        if not held[1]:
            del _held[name]
